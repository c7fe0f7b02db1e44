"""Owns threads: finding and making them, and what the public sees of one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from moderation.domain.statuses import Status
from moderation.services.sites import is_own_page
from moderation.storage.locks import lock_name
from moderation.storage.lookups import change_rows, look_up
from moderation.storage.models import Comment, Site, Thread
from moderation.storage.models.comment import IS_APPROVED
from moderation.storage.objects import adopt

# Composed once: that takes longer than to run it.
_FIND = select(*Thread.__table__.c).where(
    Thread.site_id == bindparam("site"), Thread.key == bindparam("key")
)
_STEP = (
    update(Thread)
    .where(Thread.id == bindparam("thread"))
    .values(
        version=Thread.version + bindparam("moves"),
        approved_count=Thread.approved_count + bindparam("step"),
    )
)


@dataclass(frozen=True, kw_only=True)
class PublicComment:
    """All that anybody may know of an approved comment.

    `parent` is the id of the comment it answers, None if that is not public (any
    more). `html` is sanitised; `website` is "" or an http(s) address.
    """

    id: int
    parent: int | None
    name: str
    website: str
    html: str
    date: datetime


def find_thread(session: Session, site: Site, key: str) -> Thread | None:
    """Return the thread of a key, None if nobody has written there yet."""
    found = look_up(session, _FIND, {"site": site.id, "key": key})
    return adopt(session, Thread, found[0]._asdict()) if found else None


def ensure_thread(
    session: Session, site: Site, *, key: str, url: str, title: str
) -> Thread:
    """Return the thread of a key, made if new.

    `url` is kept only if it lies on one of the site's origins, since visitors are
    sent back there. What is known already is not overwritten: anybody can post.
    """
    thread = find_thread(session, site, key)
    if thread is None:
        # Many may write the first comment of a page at once.
        lock_name(session, f"thread {site.id} {key}")
        thread = find_thread(session, site, key)
    if thread is None:
        thread = Thread(site_id=site.id, key=key, url="", title="", is_open=True)
        session.add(thread)
    if not thread.url and url and is_own_page(site, url):
        thread.url = url
    if title and not thread.title:
        thread.title = title
    session.flush()
    return thread


def list_approved(session: Session, thread: Thread) -> Sequence[PublicComment]:
    """Return the approved comments of a thread, oldest first."""
    rows = session.execute(
        select(
            Comment.id,
            Comment.parent_id,
            Comment.name,
            Comment.website,
            Comment.html,
            Comment.created_at,
        )
        .where(Comment.thread_id == thread.id, IS_APPROVED)
        .order_by(Comment.created_at, Comment.id)
    ).all()
    shown = {row.id for row in rows}
    return [
        PublicComment(
            id=row.id,
            parent=row.parent_id if row.parent_id in shown else None,
            name=row.name,
            website=row.website,
            html=row.html,
            date=row.created_at,
        )
        for row in rows
    ]


def count_approved(session: Session, site: Site, keys: Sequence[str]) -> dict[str, int]:
    """Return how many approved comments each thread has, by key, in order of `keys`."""
    rows = session.execute(
        select(Thread.key, Thread.approved_count).where(
            Thread.site_id == site.id, Thread.key.in_(keys)
        )
    ).all()
    counts = {row.key: row.approved_count for row in rows}
    return {key: counts.get(key, 0) for key in keys}


def count_change(
    session: Session, thread_id: int, *, old: Status | None, new: Status
) -> None:
    """Note that a comment went from `old` to `new`, if the public sees the change."""
    count_changes(session, [(thread_id, old, new)])


def count_changes(
    session: Session, changes: Iterable[tuple[int, Status | None, Status]]
) -> None:
    """Note which comments moved: thread, old and new status of each.

    One statement for each thread of which the public sees a change, in order of id.
    """
    steps: defaultdict[int, list[int]] = defaultdict(list)
    for thread_id, old, new in changes:
        step = (new is Status.APPROVED) - (old is Status.APPROVED)
        if step:
            steps[thread_id].append(step)
    for thread_id in sorted(steps):
        moves, step = len(steps[thread_id]), sum(steps[thread_id])
        given = {"thread": thread_id, "moves": moves, "step": step}
        change_rows(session, _STEP, given)
        _step_object(session, thread_id, moves=moves, step=step)


def _step_object(session: Session, thread_id: int, *, moves: int, step: int) -> None:
    """Let the session's object of a thread, if there is one, say what its row says."""
    known = session.identity_map.get(identity_key(Thread, thread_id))
    for name, added in (("version", moves), ("approved_count", step)):
        if known is not None and name in known.__dict__:
            set_committed_value(known, name, getattr(known, name) + added)
