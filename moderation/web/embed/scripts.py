"""Owns what blogs load from us: the script of the elements, that of frames, texts.

The element's script is made once per process from the sources in `static`: comments
and white space are taken off, and its styles put in. Its version is its content.
"""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin
from flask import Response, request
from werkzeug.exceptions import NotFound

from moderation.web.context import get_settings
from moderation.web.languages import LANGUAGES, load_language

STATIC = Path(__file__).parents[2] / "static"
STYLES = "'@embed-element.css'"
DIGEST_CHARACTERS = 16
FOREVER = "public, max-age=31536000, immutable"
# A blog that pins no version gets a new one within the hour.
AN_HOUR = "public, max-age=3600"
# Where each version that was ever served is kept: pages that pin one go on working.
KEPT = "embed"


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script as it is served, and what names its content."""

    text: str
    version: str
    integrity: str


@cache
def make_element_script() -> Script:
    """Return the script of the elements."""
    styles = rcssmin.cssmin((STATIC / "embed-element.css").read_text("utf-8"))
    source = rjsmin.jsmin((STATIC / "embed.js").read_text("utf-8"))
    return _name_script(source.replace(STYLES, json.dumps(styles)))


@cache
def make_frame_script() -> Script:
    """Return the script by which a page fits the height of our frames."""
    return _name_script(rjsmin.jsmin((STATIC / "embed-frame.js").read_text("utf-8")))


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


def keep_script(data_dir: Path, script: Script) -> None:
    """Keep a version for when there is a newer one; without a place, it is not kept."""
    path = data_dir / KEPT / f"{script.version}.js"
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(script.text, "utf-8")
        draft.replace(path)
    except OSError:
        return


def _name_script(text: str) -> Script:
    digest = hashlib.sha384(text.encode()).digest()
    return Script(
        text=text,
        version=digest.hex()[:DIGEST_CHARACTERS],
        integrity=f"sha384-{base64.b64encode(digest).decode()}",
    )


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
