"""Owns what blogs load from us: the script of the elements, that of frames, texts."""

import gzip
import json
from functools import cache

from flask import Response, request
from werkzeug.exceptions import NotFound

from moderation.services.element import (
    KEPT,
    keep_script,
    make_element_script,
    make_frame_script,
)
from moderation.web.context import get_settings
from moderation.web.languages import LANGUAGES, load_language

FOREVER = "public, max-age=31536000, immutable"
# A blog that pins no version gets a new one within the hour.
AN_HOUR = "public, max-age=3600"


def serve_element_script() -> Response:
    """Answer with the newest script of the elements."""
    return _serve(make_element_script().text, kept=AN_HOUR)


def serve_pinned_script(version: str) -> Response:
    """Answer with one version of the script, for good.

    :raises NotFound: if it was never served here.
    """
    script = make_element_script()
    if version == script.version:
        keep_script(get_settings().data_dir, script)
        return _serve(script.text, kept=FOREVER)
    if not version.isalnum() or not version.isascii():
        raise NotFound
    try:
        path = get_settings().data_dir / KEPT / f"{version}.js"
        return _serve(path.read_text("utf-8"), kept=FOREVER)
    except OSError as error:
        raise NotFound from error


def serve_frame_script() -> Response:
    """Answer with the script that fits frames."""
    return _serve(make_frame_script().text, kept=AN_HOUR)


def serve_words(tag: str) -> Response:
    """Answer with what the elements say in a language.

    :raises NotFound: if it is none of ours.
    """
    if tag not in LANGUAGES:
        raise NotFound
    words = dict(load_language(tag).element)
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return _serve(text, kept=AN_HOUR, mimetype="application/json")


@cache
def _pack(text: str) -> bytes:
    return gzip.compress(text.encode(), 9, mtime=0)


def _serve(text: str, *, kept: str, mimetype: str = "text/javascript") -> Response:
    is_packed = request.accept_encodings["gzip"] > 0
    response = Response(_pack(text) if is_packed else text, mimetype=mimetype)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = kept
    # Module scripts are loaded as by a script of the page, by pages of any origin;
    # they are the same for everybody.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response
