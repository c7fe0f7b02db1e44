"""Owns the page on which owners move comments in and out of a site.

A file is sent in pieces by a script; without one, a file that fits into one request is
sent with the form. The worker does the rest.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from flask import Response as FlaskResponse
from flask import jsonify, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError, NotAllowedError
from moderation.formats.reading import READERS
from moderation.formats.writing import FORMATS as WRITTEN
from moderation.services.access import Actor, load_actor
from moderation.services.imports import uploads
from moderation.services.imports.uploads import FOLDER, OPEN, PIECE_BYTES, Wish
from moderation.storage.models import Upload, UploadState
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.negotiation import wants_json

Errors = Mapping[str, Sequence[str]]
Answer = Response | str | tuple[str, int]
MOST_DIGITS = 15
OFF = "Uploads are turned off here. Whoever runs the service can use the command."
READ_NAMES = {
    "wxr": "WordPress (WXR)",
    "disqus": "Disqus (XML)",
    "isso": "Isso (its database)",
    "isso-json": "Isso (JSON)",
    "remark42": "Remark42 (backup)",
    "artrans": "Artalk, Waline, Twikoo, Valine (Artrans)",
    "jsonl": "Leave a Reply (JSON lines)",
}
WRITTEN_NAMES = {
    "jsonl": "JSON lines: all there is, to move to another Leave a Reply",
    "wxr": "WXR: for WordPress, Isso and most others",
    "disqus": "XML of Disqus: for what reads that",
    "csv": "CSV: for people and their spreadsheets",
}
assert READ_NAMES.keys() == READERS.keys()  # noqa: S101 the two tables are one
assert WRITTEN_NAMES.keys() == set(WRITTEN)  # noqa: S101 likewise


def show_moving(site_key: str) -> str:
    """Show what is on its way in, what came of it, and the forms."""
    with reading() as session:
        return _render(session, site_key)


def show_progress(site_key: str, upload_id: int) -> Answer | FlaskResponse:
    """Show how far an upload is; once it is elsewhere, have the page loaded anew."""
    with reading() as session:
        upload = uploads.find_upload(session, _load(session), site_key, upload_id)
        if upload.state in uploads.AT_WORK:
            return render_template(
                "moderator/settings/_progress.html",
                upload=upload,
                site_key=site_key,
            )
    return FlaskResponse(headers={"HX-Refresh": "true"})


def begin_upload(site_key: str) -> Answer | FlaskResponse:
    """Begin an upload; the whole file may come with the form."""
    settings = get_settings()
    if not settings.import_megabytes:
        raise NotAllowedError(OFF)
    sent = request.files.get("file")
    data = sent.read() if sent is not None else b""
    wish = Wish(
        format=read_single(request.form, "format"),
        size=len(data) or _read_number(read_single(request.form, "size")),
        learns=read_single(request.form, "learns") == "yes",
    )
    try:
        uploads.check_wish(wish, most_bytes=settings.import_megabytes * 1_000_000)
        with unit_of_work() as session:
            upload = uploads.begin_upload(session, _load(session), site_key, wish)
            if data:
                uploads.add_piece(session, upload, data, at=0, folder=_find_folder())
    except InvalidInputError as error:
        return _refuse(site_key, error)
    if wants_json(request):
        return jsonify(_describe(site_key, upload))
    return _go_back(site_key)


def send_piece(site_key: str, upload_id: int) -> FlaskResponse:
    """Take the next piece of a file."""
    data = request.get_data()
    at = _read_number(read_single(request.args, "at"))
    with unit_of_work() as session:
        upload = uploads.find_upload(session, _load(session), site_key, upload_id)
        uploads.add_piece(session, upload, data, at=at, folder=_find_folder())
    return jsonify(_describe(site_key, upload))


def accept_upload(site_key: str, upload_id: int) -> Response:
    """Have stored what was looked at."""
    with unit_of_work() as session:
        actor = _load(session)
        upload = uploads.find_upload(session, actor, site_key, upload_id)
        uploads.accept_upload(session, actor, upload)
    return _go_back(site_key)


def cancel_upload(site_key: str, upload_id: int) -> Response:
    """End an upload."""
    with unit_of_work() as session:
        actor = _load(session)
        upload = uploads.find_upload(session, actor, site_key, upload_id)
        uploads.cancel_upload(session, actor, upload)
    return _go_back(site_key)


def read_report(upload: Upload) -> Sequence[Sequence[str]]:
    """Return the lines of a report, each its words, number and places."""
    lines = [line.split("\t") for line in upload.report.splitlines()]
    return [
        [words, f"{int(number):,}" if number.isdecimal() else number, where]
        for words, number, where in ([*line, "", ""][:3] for line in lines)
        if number != "0"
    ]


def _load(session: Session) -> Actor:
    return load_actor(session, current_user.id)


def _find_folder() -> Path:
    return get_settings().data_dir / FOLDER


def _read_number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    raise InvalidInputError({"file": ["Choose a file."]})


def _describe(site_key: str, upload: Upload) -> Mapping[str, object]:
    place = url_for(".send_piece", site_key=site_key, upload_id=upload.id)
    return {
        "id": upload.id,
        "received": upload.received,
        "size": upload.size,
        "pieces": place,
    }


def _go_back(site_key: str) -> Response:
    place = url_for(".show_moving", site_key=site_key)
    return redirect(place, HTTPStatus.SEE_OTHER)


def _refuse(site_key: str, error: InvalidInputError) -> Answer:
    if wants_json(request):
        raise error
    with reading() as session:
        page = _render(session, site_key, errors=error.errors)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _render(session: Session, site_key: str, *, errors: Errors | None = None) -> str:
    actor = _load(session)
    site = uploads.find_own_site(session, actor, site_key)
    found = uploads.list_uploads(session, site)
    newest = found[0] if found else None
    is_open = newest is not None and newest.state in OPEN
    report = read_report(newest) if newest else ()
    return render_template(
        "moderator/settings/moving.html",
        actor=actor,
        site=site,
        site_key=site_key,
        place="moving",
        upload=newest,
        is_open=is_open,
        is_at_work=is_open and newest.state in uploads.AT_WORK if newest else False,
        report=report,
        has_places=any(where for _, _, where in report),
        States=UploadState,
        READ_NAMES=READ_NAMES,
        WRITTEN_NAMES=WRITTEN_NAMES,
        piece_bytes=PIECE_BYTES,
        most_megabytes=get_settings().import_megabytes,
        errors=errors or {},
        notice="",
    )
