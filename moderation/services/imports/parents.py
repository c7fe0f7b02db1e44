"""Owns which imported comment answers which, also one that came later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.services.imports.ready import Ready
from moderation.storage.models import Comment, ImportRecord, Thread

PAIRS_AT_ONCE = 200
External = tuple[int, str]


class _Parent(NamedTuple):
    """A comment that others answer, and where it is."""

    id: int
    thread_id: int


def find_parents(session: Session, stored: Mapping[int, Ready]) -> Mapping[int, int]:
    """Return the id of the comment that each new one answers, where it is there."""
    here: dict[External, _Parent] = {}
    there = _find_stored(session, stored.values())
    parents = {}
    for id_, one in stored.items():
        external = (one.source_id, one.spooled.parent)
        # What comes later in the batch is not stored when this one is.
        found = here.get(external) or there.get(external)
        if found is not None and found.thread_id == one.thread_id:
            parents[id_] = found.id
        here[one.source_id, one.spooled.id] = _Parent(id_, one.thread_id)
    return parents


def settle_parents(session: Session, source_id: int, *, after: str = "") -> str | None:
    """Give answers the comments they answer, which came later; return where to go on.

    None if all are done. Those on other pages stay at the top.
    """
    parent = select(ImportRecord).subquery()
    rows = session.execute(
        select(ImportRecord.external_id, ImportRecord.comment_id, parent.c.comment_id)
        .join(
            parent,
            (parent.c.source_id == ImportRecord.source_id)
            & (parent.c.external_id == ImportRecord.awaits),
        )
        .where(
            ImportRecord.source_id == source_id,
            ImportRecord.awaits.is_not(None),
            ImportRecord.external_id > after,
        )
        .order_by(ImportRecord.external_id)
        .limit(PAIRS_AT_ONCE)
    ).all()
    changed: set[int] = set()
    for external_id, child_id, parent_id in rows:
        home = select(Comment.thread_id).where(Comment.id == parent_id)
        moved = session.scalars(
            update(Comment)
            .where(Comment.id == child_id, Comment.thread_id == home.scalar_subquery())
            .values(parent_id=parent_id)
            .returning(Comment.thread_id)
        )
        changed |= set(moved)
        session.execute(
            update(ImportRecord)
            .where(
                ImportRecord.source_id == source_id,
                ImportRecord.external_id == external_id,
            )
            .values(awaits=None)
        )
    _note_changes(session, changed)
    return rows[-1].external_id if rows else None


def _note_changes(session: Session, thread_ids: Iterable[int]) -> None:
    """Let who has read these pages meanwhile see the answers in their places."""
    session.execute(
        update(Thread)
        .where(Thread.id.in_(sorted(thread_ids)))
        .values(version=Thread.version + 1)
    )


def _find_stored(
    session: Session, ready: Iterable[Ready]
) -> Mapping[External, _Parent]:
    """Return those that are answered and were stored before."""
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    for one in ready:
        if one.spooled.parent:
            wanted[one.source_id].add(one.spooled.parent)
    found: dict[External, _Parent] = {}
    for source_id, external_ids in wanted.items():
        found.update(_read_parents(session, source_id, sorted(external_ids)))
    return found


def _read_parents(
    session: Session, source_id: int, external_ids: Sequence[str]
) -> Mapping[External, _Parent]:
    found = {}
    for start in range(0, len(external_ids), PAIRS_AT_ONCE):
        # Source by source: asked for pairs, SQLite reads the whole table.
        rows = session.execute(
            select(ImportRecord.external_id, Comment.id, Comment.thread_id)
            .join(Comment, Comment.id == ImportRecord.comment_id)
            .where(
                ImportRecord.source_id == source_id,
                ImportRecord.external_id.in_(
                    external_ids[start : start + PAIRS_AT_ONCE]
                ),
            )
        )
        for external_id, id_, thread_id in rows:
            found[source_id, external_id] = _Parent(id_, thread_id)
    return found
