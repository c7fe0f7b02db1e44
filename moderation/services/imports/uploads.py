"""Owns uploads: files that owners move in by page, in pieces, looked at first.

An upload goes arriving → looking → looked → storing → done. The worker looks and
stores; it may be killed, and another goes on. Files lie in a folder of their own under
names that we give, and are deleted when their upload has ended.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotFoundError,
)
from moderation.formats.reading import READERS
from moderation.services.access import Actor, find_visible_site, require_owner
from moderation.services.changes import record_change
from moderation.storage.models import Site, Upload, UploadState
from moderation.storage.models.base import now
from moderation.storage.session import announce_work

# What the worker's queue calls this work.
UPLOADS = "uploads"
FOLDER = "uploads"
# What is sent in one request: well below what a request may have.
PIECE_BYTES = 512 * 1024
OPEN = (
    UploadState.ARRIVING,
    UploadState.LOOKING,
    UploadState.LOOKED,
    UploadState.STORING,
)
AT_WORK = (UploadState.LOOKING, UploadState.STORING)
# Nobody's files lie here for good.
KEPT = timedelta(days=2)
GIVEN_UP = "Nothing was done about it for two days, so the file was deleted."
ERASED = "Somebody was erased meanwhile, so the file was deleted. Upload a newer one."
GONE = "The file is gone. Upload it again."


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an owner wants to upload. `format` "" is to be found out."""

    format: str
    size: int
    learns: bool


def check_wish(wish: Wish, *, most_bytes: int) -> None:
    """Refuse what can't be uploaded. :raises InvalidInputError: saying why."""
    if wish.format and wish.format not in READERS:
        raise InvalidInputError({"format": ["Choose one of the formats."]})
    if not wish.size:
        raise InvalidInputError({"file": ["Choose a file that is not empty."]})
    if wish.size > most_bytes:
        most = most_bytes // 1_000_000
        raise InvalidInputError(
            {"file": [f"The file has more than {most:,} MB. Use `moderation import`."]}
        )


def begin_upload(session: Session, actor: Actor, site_key: str, wish: Wish) -> Upload:
    """Return a new upload, of which nothing has come yet.

    :raises NotFoundError, NotAllowedError: if the site is not the actor's own.
    :raises InvalidInputError: if another is open.
    """
    site = find_own_site(session, actor, site_key)
    if find_open(session, site) is not None:
        raise InvalidInputError(
            {"file": ["Another file is on its way in. Wait for it, or cancel it."]}
        )
    upload = Upload(
        site_id=site.id,
        moderator_id=actor.author_id,
        format=wish.format,
        size=wish.size,
        learns=wish.learns,
    )
    session.add(upload)
    session.flush()
    return upload


def add_piece(
    session: Session, upload: Upload, data: bytes, *, at: int, folder: Path
) -> None:
    """Write the next piece of a file; what came already is passed over.

    When all is there the worker is told to look.

    :raises ChangedMeanwhileError: if it is not the next one, or none is expected.
    """
    if upload.state is not UploadState.ARRIVING or at > upload.received:
        raise ChangedMeanwhileError("This piece was not expected. Load the page again.")
    if at + len(data) > upload.size:
        raise InvalidInputError(
            {"file": ["The file is longer than it was said to be."]}
        )
    new = data[upload.received - at :]
    _write(find_file(folder, upload.id), new, at=upload.received)
    upload.received += len(new)
    upload.changed_at = now()
    if upload.received == upload.size:
        upload.state = UploadState.LOOKING
        announce_work(session, UPLOADS)
    session.flush()


def accept_upload(session: Session, actor: Actor, upload: Upload) -> None:
    """Have the worker store what was looked at.

    :raises ChangedMeanwhileError: if it was not looked at, or is stored already.
    """
    if upload.state is not UploadState.LOOKED:
        raise ChangedMeanwhileError("This was done already. Load the page again.")
    upload.state = UploadState.STORING
    upload.is_read, upload.position, upload.total = False, 0, upload.size
    upload.changed_at = now()
    text = f"Began to import a file ({upload.format})."
    record_change(session, upload.site, actor, text)
    announce_work(session, UPLOADS)


def cancel_upload(session: Session, actor: Actor, upload: Upload) -> None:
    """End an upload, unless it has ended; what was stored of it stays."""
    if upload.state not in OPEN:
        return
    if upload.state is UploadState.STORING:
        text = "Cancelled an import; what it had stored stays."
        record_change(session, upload.site, actor, text)
    upload.state = UploadState.CANCELLED
    upload.changed_at = now()
    announce_work(session, UPLOADS)


def give_up_uploads(session: Session, sites: Sequence[Site]) -> int:
    """End what is on its way into sites, as it may tell of somebody who was erased."""
    ended = session.scalars(
        update(Upload)
        .where(Upload.site_id.in_([site.id for site in sites]), Upload.state.in_(OPEN))
        .values(
            state=UploadState.FAILED,
            error=ERASED,
            changed_at=now(),
            report="",
            lease="",
        )
        .returning(Upload.id)
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        announce_work(session, UPLOADS)
    return len(ended)


def find_own_site(session: Session, actor: Actor, site_key: str) -> Site:
    """Return a site. :raises NotFoundError, NotAllowedError: if it is not one's own."""
    site = find_visible_site(session, actor, site_key)
    require_owner(actor, site.id)
    return site


def find_upload(
    session: Session, actor: Actor, site_key: str, upload_id: int
) -> Upload:
    """Return an upload into a site, locked if the session writes.

    :raises NotFoundError: if there is no such upload, or no such site.
    :raises NotAllowedError: if the actor does not own the site.
    """
    site = find_own_site(session, actor, site_key)
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.site_id != site.id:
        raise NotFoundError("There is no such upload.")
    return upload


def find_open(session: Session, site: Site) -> Upload | None:
    """Return the upload that is on its way into a site, None if there is none."""
    return session.scalar(
        select(Upload).where(Upload.site_id == site.id, Upload.state.in_(OPEN))
    )


def list_uploads(session: Session, site: Site, *, length: int = 5) -> Sequence[Upload]:
    """Return the newest uploads into a site."""
    query = select(Upload).where(Upload.site_id == site.id)
    return session.scalars(query.order_by(Upload.id.desc()).limit(length)).all()


def list_all_uploads(
    session: Session, *, at: datetime, length: int = 10
) -> Sequence[Upload]:
    """Return what is on its way into any site, and what failed lately, newest first."""
    has_failed = (Upload.state == UploadState.FAILED) & (Upload.changed_at > at - KEPT)
    query = select(Upload).where(Upload.state.in_(OPEN) | has_failed)
    return session.scalars(
        query.options(joinedload(Upload.site)).order_by(Upload.id.desc()).limit(length)
    ).all()


def forget_uploads(session: Session, folder: Path, *, at: datetime) -> int:
    """End uploads nobody goes on with; return how many files were deleted."""
    session.execute(
        update(Upload)
        .where(
            Upload.state.in_([UploadState.ARRIVING, UploadState.LOOKED]),
            Upload.changed_at < at - KEPT,
        )
        .values(state=UploadState.FAILED, error=GIVEN_UP, changed_at=at)
        .execution_options(synchronize_session=False)
    )
    needed = set(session.scalars(select(Upload.id).where(Upload.state.in_(OPEN))))
    if not folder.is_dir():
        return 0
    idle = [path for path in folder.iterdir() if path.name not in map(str, needed)]
    for path in idle:
        path.unlink(missing_ok=True)
    return len(idle)


def find_file(folder: Path, upload_id: int) -> Path:
    """Return where the file of an upload lies. Nothing a user typed is in its name."""
    return folder / str(upload_id)


def _write(path: Path, data: bytes, *, at: int) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.seek(at)
        file.write(data)
        file.truncate()
