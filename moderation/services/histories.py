"""Owns what a site knows of its authors: what became of their comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, literal, select
from sqlalchemy.orm import Session, aliased

from moderation.domain.statuses import Status
from moderation.storage.models import Comment

# Counted no further: an address that wrote ten thousand times costs no more.
MOST_COUNTED = 100


@dataclass(frozen=True, kw_only=True)
class History:
    """What became of the other comments that bear an author's e-mail address.

    Numbers of a site, each counted no further than `MOST_COUNTED`.
    """

    approved: int
    rejected: int
    spam: int


def read_histories(
    session: Session, comments: Sequence[Comment]
) -> Mapping[int, History]:
    """Return the history of each comment's author on its site, by comment, at once."""
    numbers = [
        _count(status).label(status)
        for status in (Status.APPROVED, Status.REJECTED, Status.SPAM)
    ]
    ids = [comment.id for comment in comments]
    rows = session.execute(select(Comment.id, *numbers).where(Comment.id.in_(ids)))
    return {
        row[0]: History(approved=row[1], rejected=row[2], spam=row[3]) for row in rows
    }


def _count(status: Status) -> ScalarSelect[int]:
    other = aliased(Comment)
    found = (
        select(literal(1).label("one"))
        .select_from(other)
        .where(
            other.site_id == Comment.site_id,
            other.email == Comment.email,
            other.status == status,
            other.id != Comment.id,
        )
        .limit(MOST_COUNTED)
        .correlate(Comment)
        .subquery()
    )
    return select(func.count()).select_from(found).correlate(Comment).scalar_subquery()
