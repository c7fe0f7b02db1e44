"""Owns what an export reads of a site: all of it, a little at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.networks import find_plain
from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread
from moderation.services.sites import find_site
from moderation.storage.models import (
    Comment,
    Decision,
    Moderator,
    Note,
    SignalEvidence,
    Thread,
)
from moderation.storage.models.base import now

ROWS_AT_ONCE = 500


def describe_site(session: Session, site_key: str) -> ExportedSite:
    """Return what an export says of a site. :raises NotFoundError: if there is none."""
    site = find_site(session, site_key)
    origin = site.origins[0].origin if site.origins else ""
    return ExportedSite(key=site.key, name=site.name, origin=origin, at=now())


def read_threads(
    session: Session, site_key: str, *, is_whole: bool = True
) -> Iterator[ExportedThread]:
    """Yield the threads of a site, their comments to be read one thread at a time.

    Few rows are in memory at once, however many there are. `is_whole`: with notes,
    signals and history.

    :raises NotFoundError: if there is no such site.
    """
    site = find_site(session, site_key)
    last = 0
    query = select(Thread).where(Thread.site_id == site.id).order_by(Thread.id)
    while threads := session.scalars(
        query.where(Thread.id > last).limit(ROWS_AT_ONCE)
    ).all():
        for thread in threads:
            yield ExportedThread(
                id=thread.id,
                key=thread.key,
                url=thread.url,
                title=thread.title,
                is_open=thread.is_open,
                created_at=thread.created_at,
                comments=_read_comments(session, thread.id, is_whole=is_whole),
            )
        last = threads[-1].id
        session.expunge_all()


def _read_comments(
    session: Session, thread_id: int, *, is_whole: bool
) -> Iterator[ExportedComment]:
    last = 0
    query = select(Comment.__table__).where(Comment.thread_id == thread_id)
    while rows := session.execute(
        query.where(Comment.id > last).order_by(Comment.id).limit(ROWS_AT_ONCE)
    ).all():
        ids = [row.id for row in rows] if is_whole else []
        notes = _read_notes(session, ids)
        signals, history = _read_signals(session, ids), _read_history(session, ids)
        for row in rows:
            yield ExportedComment(
                id=row.id,
                parent=row.parent_id,
                status=row.status,
                kind=row.kind,
                version=row.version,
                name=row.name,
                email=row.email,
                website=row.website,
                body=row.body,
                html=row.html,
                ip=find_plain(row.ip),
                user_agent=find_plain(row.user_agent),
                score=row.score,
                verdict=row.verdict,
                created_at=row.created_at,
                note=notes.get(row.id, ""),
                signals=signals.get(row.id, ()),
                history=history.get(row.id, ()),
            )
        last = rows[-1].id


def _read_notes(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    rows = session.execute(
        select(Note.comment_id, Note.body).where(Note.comment_id.in_(ids))
    )
    return {row.comment_id: row.body for row in rows}


def _read_signals(
    session: Session, ids: Sequence[int]
) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    rows = session.scalars(
        select(SignalEvidence)
        .where(SignalEvidence.comment_id.in_(ids))
        .order_by(SignalEvidence.comment_id, SignalEvidence.position)
    )
    for signal in rows:
        found[signal.comment_id].append(
            {
                "name": signal.name,
                "weight": signal.weight,
                "reason": signal.reason,
                "spans": signal.spans,
            }
        )
    return found


def _read_history(
    session: Session, ids: Sequence[int]
) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(Decision, Moderator.email)
        .outerjoin(Moderator, Moderator.id == Decision.moderator_id)
        .where(Decision.comment_id.in_(ids))
        .order_by(Decision.id)
    )
    for decision, moderator in rows:
        found[decision.comment_id].append(
            {
                "from": decision.from_status,
                "to": decision.to_status,
                "version": decision.version,
                "at": decision.created_at.isoformat(),
                "moderator": moderator,
                "agent": decision.agent,
                "why": decision.why,
                "label": decision.label,
            }
        )
    return found
