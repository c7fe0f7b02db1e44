from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.statuses import Status
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.rates import (
    DAYS,
    MOST_COUNTED,
    RATE_WINDOW,
    count_recent,
    find_usual,
)
from moderation.services.submissions import submit_comment
from moderation.storage.models import Comment, Decision, Site, Thread
from tests.factories import make_comment, make_site, make_thread

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
MANY = 100


def add_comments(
    session: Session, thread: Thread, instants: Iterable[datetime]
) -> None:
    """Add comments that came at these instants, in every status by turns."""
    for number, instant in enumerate(instants):
        status = list(Status)[number % len(Status)]
        comment = make_comment(session, thread, status=status)
        comment.created_at = instant
    session.flush()


def submit(session: Session, number: int, at: datetime) -> Comment:
    """Submit a harmless comment by its own author from its own network."""
    draft = prepare_draft(
        thread="post-1",
        name=f"Ada {number}",
        email=f"ada{number}@example.org",
        body=f"I read it on train number {number}, and it made me smile.",
    )
    arrival = Arrival(ip=f"203.0.{number}.7", at=at)
    return submit_comment(session, "blog", draft, arrival)


def make_open_site(session: Session) -> Site:
    """Return a site where the filter publishes all that comes, if it may."""
    site = make_site(session, policy=Policy.HOLD_SUSPECT)
    site.publish_below = site.spam_above = 1.0
    return site


def test_comments_of_the_last_ten_minutes_are_counted(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    other = make_thread(session, make_site(session, key="other"))
    second = timedelta(seconds=1)
    add_comments(session, thread, [NOON, NOON - RATE_WINDOW + second])
    add_comments(session, thread, [NOON - RATE_WINDOW, NOON + second])
    add_comments(session, other, [NOON])

    assert count_recent(session, thread.site_id, NOON) == 2


@pytest.mark.parametrize(
    ("days", "hours", "usual"),
    [
        # Twelve within the hour around this time of day are two in ten minutes.
        (range(1, DAYS + 1), 0, 2.0),
        # Most days will do, fewer will not: so a flood of three days is not usual.
        (range(1, 5), 0, 2.0),
        (range(1, 4), 0, 0.0),
        # At another time of day.
        (range(1, DAYS + 1), 2, 0.0),
        # Long ago; and just now.
        (range(DAYS + 1, 3 * DAYS), 0, 0.0),
        ([0], 0, 0.0),
    ],
)
def test_what_is_usual_is_the_median_at_this_time_of_day(
    session: Session, days: Iterable[int], hours: int, usual: float
) -> None:
    thread = make_thread(session, make_site(session))
    for day in days:
        start = NOON - timedelta(days=day, hours=hours, minutes=25)
        add_comments(
            session, thread, [start + timedelta(minutes=4 * n) for n in range(12)]
        )

    found = find_usual(session, thread.site_id, NOON, recent=MANY)

    assert found == pytest.approx(usual)


def test_what_is_usual_is_not_asked_for_a_few_comments(session: Session) -> None:
    site = make_site(session)

    assert find_usual(session, site.id, NOON, recent=30) is None


def test_a_flood_is_held_and_never_refused_and_ends(session: Session) -> None:
    make_open_site(session)
    seconds = [NOON + timedelta(seconds=n) for n in range(200)]

    comments = [submit(session, n, at) for n, at in enumerate(seconds)]
    later = submit(session, 201, NOON + timedelta(hours=1))

    # Until the 32nd nobody could know.
    assert {c.status for c in comments[:31]} == {Status.APPROVED}
    assert {c.status for c in comments[31:]} == {Status.HELD}
    assert _read_reason(session, comments[31]) == (
        "The site is being flooded: 31 comments in ten minutes, usually 0; "
        "everything is held."
    )
    assert later.status is Status.APPROVED


def _read_reason(session: Session, comment: Comment) -> str:
    """Return what the history of a comment says of its arrival, but for the score."""
    why = session.scalars(
        select(Decision.why).where(Decision.comment_id == comment.id)
    ).one()
    return why.partition(". ")[2]


def test_a_busy_site_is_not_flooded_by_its_readers(session: Session) -> None:
    site = make_open_site(session)
    thread = make_thread(session, site)
    for day in range(1, DAYS + 1):
        start = NOON - timedelta(days=day, minutes=30)
        add_comments(
            session, thread, [start + timedelta(seconds=60 * n) for n in range(1, 60)]
        )
    add_comments(session, thread, [NOON - timedelta(seconds=n) for n in range(60)])

    assert submit(session, 1, NOON).status is Status.APPROVED


def test_counting_ends_at_a_bound(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    session.add_all(
        Comment(
            site_id=thread.site_id,
            thread_id=thread.id,
            status=Status.HELD,
            name="Ada",
            email="ada@example.org",
            body="Hello",
            html="Hello",
            digest=number.to_bytes(32, "big"),
            score=0.5,
            created_at=NOON,
        )
        for number in range(MOST_COUNTED + 1)
    )
    session.flush()

    assert count_recent(session, thread.site_id, NOON) == MOST_COUNTED
