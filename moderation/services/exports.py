"""Owns what an export reads of a site: all of it, a little at a time.

Each time by a short transaction: one for all of a large site would keep SQLite's log
from being cut for minutes, while everybody's posts make it longer.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.networks import find_plain
from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread
from moderation.formats.writing import WHOLE, write_export
from moderation.services.sites import find_site
from moderation.storage.models import (
    Comment,
    Decision,
    Moderator,
    Note,
    SignalEvidence,
    Site,
    Thread,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database

ROWS_AT_ONCE = 500


def export_site(database: Database, site_key: str, format_: str) -> Iterator[str]:
    """Yield the parts of an export of a site; nothing is held open in between.

    It has what there is at the call. What is changed or deleted while the parts are
    taken may be in it as it was before, or as it is then.

    :raises NotFoundError: at the call, if there is no such site.
    """
    content = SiteContent(database, site_key, is_whole=format_ == WHOLE)
    return write_export(format_, content.site, content.read_threads)


class SiteContent:
    """The threads and comments that a site has when this is made.

    `is_whole`: with notes, signals and history.

    :raises NotFoundError: if there is no such site.
    """

    def __init__(self, database: Database, site_key: str, *, is_whole: bool) -> None:
        self._database = database
        self._is_whole = is_whole
        with database.read() as session:
            site = find_site(session, site_key)
            self.site = _describe_site(site)
            self._site_id = site.id
            # What comes later must not be in one part and missing in another.
            self._last_thread = session.scalar(select(func.max(Thread.id))) or 0
            self._last_comment = session.scalar(select(func.max(Comment.id))) or 0

    def read_threads(self) -> Iterator[ExportedThread]:
        """Yield the threads, their comments to be read one thread at a time.

        Few rows are in memory at once, however many there are.
        """
        last = 0
        while threads := self._read_some_threads(last):
            for thread in threads:
                yield ExportedThread(
                    id=thread.id,
                    key=thread.key,
                    url=thread.url,
                    title=thread.title,
                    is_open=thread.is_open,
                    created_at=thread.created_at,
                    comments=self._read_comments(thread.id),
                )
            last = threads[-1].id

    def _read_some_threads(self, last: int) -> Sequence[Thread]:
        query = select(Thread).where(
            Thread.site_id == self._site_id,
            Thread.id > last,
            Thread.id <= self._last_thread,
        )
        with self._database.read() as session:
            return session.scalars(query.order_by(Thread.id).limit(ROWS_AT_ONCE)).all()

    def _read_comments(self, thread_id: int) -> Iterator[ExportedComment]:
        last = 0
        while comments := self._read_some_comments(thread_id, last):
            yield from comments
            last = comments[-1].id

    def _read_some_comments(
        self, thread_id: int, last: int
    ) -> Sequence[ExportedComment]:
        query = select(Comment.__table__).where(
            Comment.thread_id == thread_id,
            Comment.id > last,
            Comment.id <= self._last_comment,
        )
        with self._database.read() as session:
            rows = session.execute(query.order_by(Comment.id).limit(ROWS_AT_ONCE)).all()
            ids = [row.id for row in rows] if self._is_whole else []
            notes = _read_notes(session, ids)
            signals, history = _read_signals(session, ids), _read_history(session, ids)
        return [
            ExportedComment(
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
            for row in rows
        ]


def _describe_site(site: Site) -> ExportedSite:
    origin = site.origins[0].origin if site.origins else ""
    return ExportedSite(key=site.key, name=site.name, origin=origin, at=now())


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
