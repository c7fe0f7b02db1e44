"""Owns the counting of lessons that were kept uncounted: those of imports.

A large import would change each word's sum again and again. Added up in memory first,
many thousand lessons change it once. That a lesson is not counted yet is stored with
it, so a run that is killed loses nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CursorResult, Select, bindparam, select, update
from sqlalchemy.orm import Session

from moderation.services.piles import Pile
from moderation.services.sums import Change, add_sums_up
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment, Lesson
from moderation.storage.session import Database

# Others who write wait that long, about two seconds; and it takes 25 MB.
MOST_AT_ONCE = 25_000
# Above this, so many words differ that it pays to pile them up.
MANY = 2_000
ROWS_AT_ONCE = 500
# Composed once: that takes longer than to run it.
_READ = select(Lesson.label, Lesson.words, Lesson.features, Lesson.terms).where(
    Lesson.comment_id.in_(bindparam("ids", expanding=True))
)


class LessonsChangedError(Exception):
    """Somebody decided on a comment whose lesson was about to be counted."""


def count_lessons(
    database: Database,
    site_id: int,
    *,
    most: int = MOST_AT_ONCE,
    checking: Callable[[Session], object] = lambda _: None,
) -> int:
    """Add some lessons of a site to its sums; return how many.

    Those kept first come first. Call it until it returns 0. They are read and added
    up before the unit of work in which they are counted, so who writes meanwhile does
    not wait for that. `checking` is called in it, and raises to have it taken back.
    """
    while True:
        with database.read() as session:
            ids = session.scalars(_select_uncounted(site_id).limit(most)).all()
            sums = add_up_lessons(session, ids)
        if not ids:
            return 0
        try:
            with database.write() as session:
                checking(session)
                _mark_counted(session, ids)
                add_sums_up(session, site_id, sums)
        except LessonsChangedError:
            continue
        return len(ids)


def add_up_lessons(session: Session, ids: Sequence[int]) -> Pile | Change:
    """Return what lessons add up to."""
    sums = Pile() if len(ids) > MANY else Change()
    for start in range(0, len(ids), ROWS_AT_ONCE):
        for lesson in look_up(
            session, _READ, {"ids": ids[start : start + ROWS_AT_ONCE]}
        ):
            sums.add(lesson)
    if isinstance(sums, Pile):
        sums.sum_up()
    return sums


def list_uncounted(session: Session) -> Sequence[int]:
    """Return the ids of the sites that have lessons to be counted."""
    return session.scalars(
        select(Comment.site_id)
        .join(Lesson, Lesson.comment_id == Comment.id)
        .where(~Lesson.is_counted)
        .distinct()
        .order_by(Comment.site_id)
    ).all()


def _select_uncounted(site_id: int) -> Select[Any]:
    return (
        select(Lesson.comment_id)
        .join(Comment, Comment.id == Lesson.comment_id)
        .where(~Lesson.is_counted, Comment.site_id == site_id)
        .order_by(Lesson.comment_id)
    )


def _mark_counted(session: Session, ids: Sequence[int]) -> None:
    """Note that lessons are counted.

    One that was not counted does not change, it goes: so they are what they were.

    :raises LessonsChangedError: if not all of them are there uncounted.
    """
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[start : start + ROWS_AT_ONCE]
        marked = session.execute(
            update(Lesson)
            .where(Lesson.comment_id.in_(some), ~Lesson.is_counted)
            .values(is_counted=True)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(marked, CursorResult)  # noqa: S101 for mypy: it changes rows
        if marked.rowcount != len(some):
            raise LessonsChangedError
