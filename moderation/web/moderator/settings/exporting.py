"""Owns the download of all comments of a site."""

import tempfile
from collections.abc import Iterator
from typing import IO

from flask import Response, request
from flask_security import current_user

from moderation.domain.errors import InvalidInputError
from moderation.formats.writing import FORMATS
from moderation.services.access import load_actor, lock_own_site
from moderation.services.changes import record_change
from moderation.services.exports import export_site
from moderation.web.context import get_database, get_settings, unit_of_work
from moderation.web.moderator.inputs import read_single

SUFFIXES = {"jsonl": "jsonl", "wxr": "xml", "disqus": "xml", "csv": "csv"}
TYPES = {"jsonl": "application/jsonl", "csv": "text/csv"}
CHUNK_BYTES = 65_536


def export(site_key: str) -> Response:
    """Answer with all comments, as a file; that it was made is recorded.

    It is written whole before any of it is sent: what breaks down half-way must not
    look like all there is.
    """
    format_ = read_single(request.form, "format")
    if format_ not in FORMATS:
        raise InvalidInputError({"format": ["Choose one of the formats."]})
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        site = lock_own_site(session, actor, site_key)
        record_change(session, site, actor, f"Exported all comments ({format_}).")
    # Deleted by the system when it is closed, or the process ends.
    file = tempfile.TemporaryFile(dir=get_settings().data_dir)  # noqa: SIM115
    for part in export_site(get_database(), site_key, format_):
        file.write(part.encode())
    answer = Response(_read_on(file), mimetype=TYPES.get(format_, "application/xml"))
    answer.content_length = file.tell()
    file.seek(0)
    answer.call_on_close(file.close)
    name = f"{site_key}-comments.{SUFFIXES[format_]}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _read_on(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
