"""Owns whose turn it is at an upload: one worker's, for as long as it lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from moderation.services.access import PROGRAM_ID, Actor
from moderation.services.changes import record_change
from moderation.services.imports.uploads import AT_WORK
from moderation.storage.models import Site, Upload, UploadState
from moderation.storage.models.base import now

LONGEST_ERROR = 1_000


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a worker has in hand. `is_dry`: it is to be looked at, not stored."""

    upload_id: int
    site_key: str
    format: str
    learns: bool
    is_dry: bool
    lease: str


def take_turn(session: Session, *, lease: str, until: datetime) -> Turn | None:
    """Return what waits for a worker longest, taken until `until`; None if nothing."""
    row = session.execute(
        select(Upload, Site.key)
        .join(Site, Site.id == Upload.site_id)
        .where(
            Upload.state.in_(AT_WORK),
            or_(Upload.lease == "", Upload.lease_until < now()),
        )
        .order_by(Upload.changed_at)
        .limit(1)
        .with_for_update(of=Upload, skip_locked=True)
    ).first()
    if row is None:
        return None
    upload, site_key = row
    upload.lease, upload.lease_until = lease, until
    session.flush()
    return Turn(
        upload_id=upload.id,
        site_key=site_key,
        format=upload.format,
        learns=upload.learns,
        is_dry=upload.state is UploadState.LOOKING,
        lease=lease,
    )


def has_turn(session: Session, turn: Turn) -> bool:
    """Return whether it is still this worker's: not cancelled, nor taken over."""
    query = select(Upload.id).where(*_is_ones(turn)).with_for_update()
    return session.scalar(query) is not None


def note_progress(
    session: Session,
    turn: Turn,
    *,
    position: int,
    total: int,
    is_read: bool,
    until: datetime,
    format_: str = "",
) -> None:
    """Note how far it is, and keep the turn until `until`."""
    change = update(Upload).where(*_is_ones(turn))
    if format_:
        change = change.values(format=format_)
    session.execute(
        change.values(
            position=position, total=total, is_read=is_read, lease_until=until
        )
    )


def end_turn(
    session: Session, turn: Turn, *, report: Sequence[str], error: str
) -> None:
    """Note what came of it. A turn that was lost changes nothing."""
    upload = session.scalar(select(Upload).where(*_is_ones(turn)).with_for_update())
    if upload is None:
        return
    upload.lease, upload.lease_until = "", None
    upload.changed_at = now()
    if error:
        upload.state, upload.error = UploadState.FAILED, error[:LONGEST_ERROR]
        return
    upload.report = "\n".join(report)
    upload.state = UploadState.LOOKED if turn.is_dry else UploadState.DONE
    if not turn.is_dry:
        who = Actor(moderator_id=upload.moderator_id or PROGRAM_ID, email="", roles={})
        record_change(session, upload.site, who, _describe(report))


def _describe(report: Sequence[str]) -> str:
    counts = dict(line.split("\t")[:2] for line in report if "\t" in line)
    return f"Imported a file: {counts.get('new', '0')} new comments."


def _is_ones(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    return (
        Upload.id == turn.upload_id,
        Upload.lease == turn.lease,
        Upload.state.in_(AT_WORK),
    )
