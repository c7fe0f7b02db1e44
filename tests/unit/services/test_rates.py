from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.statuses import Status
from moderation.services import rates
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.rates import (
    DAYS,
    MOST_TOLD,
    RATE_WINDOW,
    Rates,
    count_recent,
    find_usual,
    measure_rates,
)
from moderation.services.submissions import submit_comment
from moderation.storage.bulk import insert_rows
from moderation.storage.models import Comment, Decision, Site, Thread
from tests.factories import make_comment, make_site, make_thread

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
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

    assert count_recent(session, thread.site_id, NOON, most=MANY) == 2


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
        "The site is being flooded: at least 31 comments in ten minutes, usually 0; "
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


@pytest.mark.parametrize(
    ("usual", "counted"),
    [
        # More is not told than this, and any number from 31 is a flood.
        (0, MOST_TOLD),
        # One more than eight times what is usual: that is a flood, and not before.
        (20, 8 * 20 + 1),
        # Where that many are usual no number is one: it is beyond what is counted.
        (50, 300),
    ],
)
def test_counting_ends_where_a_flood_is_told(
    session: Session, monkeypatch: pytest.MonkeyPatch, usual: int, counted: int
) -> None:
    monkeypatch.setattr(rates, "MOST_COUNTED", 300)
    thread = make_thread(session, make_site(session))
    _add_many(session, thread, 301, NOON)
    for day in range(1, 5):
        _add_many(session, thread, 6 * usual, NOON - DAY * day)

    measured = _measure(session, thread)

    assert (measured.on_site, measured.usual) == (counted, usual)


def test_those_of_a_network_are_told_up_to_a_bound(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    _add_many(session, thread, MOST_TOLD + 1, NOON)

    assert _measure(session, thread).from_network == MOST_TOLD
    assert _measure(session, thread, network="198.51.100.0/24").from_network == 0
    assert _measure(session, thread, network="").from_network is None


def test_what_is_usual_is_asked_once_a_minute(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    find_usual(session, thread.site_id, NOON, recent=MANY)
    for day in range(1, DAYS + 1):
        _add_many(session, thread, 12, NOON - DAY * day)

    found = [
        find_usual(session, thread.site_id, NOON + timedelta(seconds=n), recent=MANY)
        for n in (59, 60)
    ]

    assert found == [0, 2]


def _measure(
    session: Session, thread: Thread, *, network: str = "203.0.113.0/24"
) -> Rates:
    return measure_rates(session, thread.site_id, NOON, network=network)


def _add_many(session: Session, thread: Thread, number: int, at: datetime) -> None:
    """Add comments that came at once, from one network."""
    row = {
        "site_id": thread.site_id,
        "thread_id": thread.id,
        "status": Status.HELD,
        "name": "Ada",
        "email": "ada@example.org",
        "body": "Hello",
        "html": "Hello",
        "network": "203.0.113.0/24",
        "score": 0.5,
        "created_at": at,
    }
    digests = (token_bytes(32) for _ in range(number))
    insert_rows(session, Comment, [{**row, "digest": digest} for digest in digests])
