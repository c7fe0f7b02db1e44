from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.access import load_actor
from moderation.services.queues import (
    MOST_COUNTED,
    MOST_MERGED_SITES,
    MOST_NEWS,
    Order,
    Position,
    count_comments,
    count_news,
    find_comment,
    find_newest,
    list_comments,
)
from moderation.storage.models import Audit, Comment
from tests.factories import make_comment, make_moderator, make_site, make_thread

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "order", "is_oldest_first"),
    [
        # Of comments alike it is the turn of what waits longest; of decided ones what
        # was done last is looked up first.
        (Status.HELD, None, True),
        (Status.SPAM, None, False),
        # As asked for.
        (Status.HELD, Order.OLDEST, True),
        (Status.HELD, Order.NEWEST, False),
        (Status.APPROVED, Order.OLDEST, True),
    ],
)
def test_pages_follow_each_other_without_gap_or_repeat(
    session: Session, status: Status, order: Order | None, *, is_oldest_first: bool
) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    # Three arrive in the same moment: the id must decide.
    minutes = [0, 1, 1, 1, 2, 3, 4]
    ids = []
    for minute in minutes:
        comment = make_comment(session, thread, status=status)
        comment.created_at = comment.due_at = START + timedelta(minutes=minute)
        ids.append(comment.id)
    session.flush()

    seen: list[int] = []
    after: Position | None = None
    is_last = False
    while not is_last:
        page = list_comments(
            session, actor, status=status, order=order, after=after, length=2
        )
        seen += [comment.id for comment in page.comments]
        after, is_last = page.next, page.next is None

    assert seen == (ids if is_oldest_first else ids[::-1])


def test_others_sites_are_not_there(session: Session) -> None:
    make_site(session)
    other = make_thread(session, make_site(session, key="other"))
    comment = make_comment(session, other)
    actor = load_actor(session, make_moderator(session, site_key="blog").id)

    page = list_comments(session, actor, status=Status.HELD)

    assert list(page.comments) == []
    assert set(count_comments(session, actor).values()) == {0}
    with pytest.raises(NotFoundError):
        find_comment(session, actor, comment.id)


def test_comments_are_counted_by_status(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    for status in (Status.HELD, Status.HELD, Status.SPAM):
        make_comment(session, thread, status=status)

    counts = count_comments(session, actor)

    assert counts == {
        Status.HELD: 2,
        Status.APPROVED: 0,
        Status.REJECTED: 0,
        Status.SPAM: 1,
    }


def test_quick_ones_come_first_and_audit_samples_among_them(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    doubtful = make_comment(session, thread, score=0.5)
    spam = make_comment(session, thread, score=0.95)
    filed = make_comment(session, thread, score=0.99, status=Status.SPAM)
    filed.audit = Audit.OPEN
    make_comment(session, thread, score=0.99, status=Status.SPAM)
    honest = make_comment(session, thread, score=0.05)
    session.flush()

    page = list_comments(session, actor, status=Status.HELD)

    ids = [comment.id for comment in page.comments]
    assert ids == [spam.id, filed.id, honest.id, doubtful.id]


@pytest.mark.parametrize("number", [2, MOST_MERGED_SITES + 1])
def test_the_sites_of_an_actor_are_one_queue(session: Session, number: int) -> None:
    actor = load_actor(session, make_moderator(session).id)
    ids = []
    for index in range(number):
        thread = make_thread(session, make_site(session, key=f"blog-{index}"))
        ids.append(make_comment(session, thread).id)

    page = list_comments(session, actor, status=Status.HELD, length=number)

    assert [comment.id for comment in page.comments] == ids
    assert page.next is None


def test_a_tab_is_counted_no_further_than_a_glance_needs(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    copy_comment(session, make_comment(session, thread), MOST_COUNTED + 5)

    counts = count_comments(session, actor)

    assert counts[Status.HELD] == MOST_COUNTED


def test_news_are_what_waits_and_came_since(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    other = make_thread(session, make_site(session, key="other"))
    actor = load_actor(session, make_moderator(session, site_key="blog").id)
    make_comment(session, thread)
    since = find_newest(session)
    make_comment(session, thread)
    make_comment(session, thread, status=Status.APPROVED)
    make_comment(session, other)

    assert count_news(session, actor, since=since) == 1
    copy_comment(session, make_comment(session, thread), MOST_NEWS + 5)
    assert count_news(session, actor, since=since) == MOST_NEWS


@pytest.mark.sqlite(reason="reads SQLite's plans")
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("role", [Role.MODERATOR, None])
def test_an_index_serves_each_list_and_its_number(
    session: Session, status: Status, role: Role | None
) -> None:
    site = make_site(session)
    make_site(session, key="other")
    moderator = make_moderator(session, site_key="blog" if role else None)
    actor = load_actor(session, moderator.id)
    copy_comment(session, make_comment(session, make_thread(session, site)), 50)
    plans: list[str] = []

    for order in (None, Order.OLDEST, Order.NEWEST):
        with explain(session) as plans_of_order:
            list_comments(session, actor, status=status, order=order)
            count_comments(session, actor)
        plans += plans_of_order

    steps = [step for plan in plans for step in plan.splitlines()]
    on_comments = [step for step in steps if "comments" in step]
    assert on_comments
    assert not [step for step in on_comments if step.startswith("SCAN")]


def copy_comment(session: Session, comment: Comment, number: int) -> None:
    """Store many like it, at once."""
    columns = [column for column in Comment.__table__.c if column.name != "id"]
    row = {column.name: getattr(comment, column.name) for column in columns}
    rows = [row | {"digest": b"%d" % index} for index in range(number)]
    session.execute(insert(Comment), rows)


@contextmanager
def explain(session: Session) -> Iterator[list[str]]:
    """Collect how the database looks up what is asked for in the block."""
    plans: list[str] = []
    connection = session.connection()

    def note(_: object, cursor: Any, statement: str, given: Any, *__: object) -> None:  # noqa: ANN401 the driver's
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            plans.append("\n".join(row[3] for row in rows))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(connection, "before_cursor_execute", note)
