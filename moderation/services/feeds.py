"""Owns what feeds tell: the newest approved comments of a site, or of one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from moderation.domain.statuses import Status
from moderation.storage.models import Comment, Site, Thread

MOST_ENTRIES = 50


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A comment as a feed tells it.

    `parent` is the id of the comment it answers, None if that is not public. `page_url`
    is the page's address on the blog, "" if none is known.
    """

    id: int
    parent: int | None
    name: str
    website: str
    html: str
    date: datetime
    thread: str
    title: str
    page_url: str


def list_newest(
    session: Session, site: Site, *, thread_key: str = ""
) -> Sequence[Entry]:
    """Return the newest approved comments of a site, newest first, at most 50.

    With a `thread_key` those of that thread alone.
    """
    parent = aliased(Comment)
    query = (
        select(Comment, Thread, parent.id)
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(
            parent,
            (parent.id == Comment.parent_id) & (parent.status == Status.APPROVED),
        )
        .where(Comment.site_id == site.id, Comment.status == Status.APPROVED)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(MOST_ENTRIES)
    )
    if thread_key:
        query = query.where(Thread.site_id == site.id, Thread.key == thread_key)
    return [
        Entry(
            id=comment.id,
            parent=parent_id,
            name=comment.name,
            website=comment.website,
            html=comment.html,
            date=comment.created_at,
            thread=thread.key,
            title=thread.title,
            page_url=thread.url,
        )
        for comment, thread, parent_id in session.execute(query)
    ]
