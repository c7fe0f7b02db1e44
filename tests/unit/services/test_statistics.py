from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.outcomes import Said
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.domain.waits import Wait
from moderation.services.access import OPERATOR, Actor, load_actor
from moderation.services.reviews import decide_comments
from moderation.services.statistics import (
    Span,
    Statistics,
    list_starts,
    read_statistics,
)
from moderation.spam.verdict import Verdict
from moderation.storage.models import Comment, SignalEvidence, Site, SiteDay
from moderation.storage.models.base import now
from tests.factories import make_comment, make_moderator, make_site, make_thread

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
def actor(session: Session, site: Site) -> Actor:
    moderator = make_moderator(session, role=Role.MODERATOR, site_key=site.key)
    return load_actor(session, moderator.id)


def add_held(session: Session, site: Site, *ages: timedelta) -> Sequence[Comment]:
    thread = make_thread(session, site, key=f"post-{site.key}")
    comments = [make_comment(session, thread) for _ in ages]
    for comment, age in zip(comments, ages, strict=True):
        comment.created_at = now() - age
        comment.verdict = Verdict.HOLD
    session.flush()
    return comments


def read(session: Session, actor: Actor, key: str | None = "blog") -> Statistics:
    return read_statistics(session, actor, span=Span.QUARTER, site_key=key)


@pytest.mark.parametrize(
    ("span", "first", "last", "number"),
    [
        (Span.MONTH, date(2026, 2, 3), WEDNESDAY, 30),
        # Weeks begin on Mondays; the present one is not over.
        (Span.QUARTER, date(2025, 12, 8), date(2026, 3, 2), 13),
        (Span.YEAR, date(2025, 3, 3), date(2026, 3, 2), 53),
    ],
)
def test_a_span_is_of_whole_days_or_weeks(
    span: Span, first: date, last: date, number: int
) -> None:
    starts = list_starts(span, WEDNESDAY)

    assert (starts[0], starts[-1], len(starts)) == (first, last, number)


def test_arrivals_are_told_by_when_they_came(
    session: Session, site: Site, actor: Actor
) -> None:
    today = now().date()
    for back, verdict in ((0, Verdict.HOLD), (7, Verdict.SPAM), (300, Verdict.SPAM)):
        session.add(
            SiteDay(
                site_id=site.id,
                day=today - timedelta(days=back),
                verdict=verdict,
                said=Said.NOTHING,
                number=4,
            )
        )
    session.flush()

    periods = read(session, actor).periods

    assert [period.accuracy.arrived for period in periods[-3:]] == [0, 4, 4]
    assert sum(period.accuracy.arrived for period in periods) == 8
    assert periods[-1].accuracy.held == periods[-2].accuracy.filed == 4


def test_the_ages_of_what_waits_are_told_in_steps(
    session: Session, site: Site, actor: Actor
) -> None:
    ages = (
        timedelta(minutes=1),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=3),
        timedelta(days=30),
    )
    *_, last = add_held(session, site, *ages, timedelta(days=2))
    last.status = Status.REJECTED
    session.flush()

    found = read(session, actor).ages

    assert {wait: number for wait, number in found.items() if number} == {
        Wait.MINUTES: 1,
        Wait.HOUR: 1,
        Wait.HOURS: 2,
        Wait.LONGER: 1,
    }


def test_decisions_are_told_by_their_wait_and_by_who_made_them(
    session: Session, site: Site, actor: Actor
) -> None:
    comments = add_held(session, site, timedelta(hours=2), timedelta(days=9))

    for comment, action in zip(comments, (Action.APPROVE, Action.SPAM), strict=True):
        decide_comments(session, actor, {comment.id: comment.version}, action)

    found = read(session, actor)
    waits = {wait: number for wait, number in found.waits.items() if number}
    assert waits == {Wait.HOURS: 1, Wait.LONGER: 1}
    (workload,) = found.workloads
    assert workload.moderator == "alice@example.org"
    assert workload.numbers == {Status.APPROVED: 1, Status.SPAM: 1}


def test_reasons_are_told_with_how_often_they_were_overruled(
    session: Session, site: Site, actor: Actor
) -> None:
    comments = add_held(session, site, timedelta(hours=1), timedelta(hours=1))
    for comment, said in zip(comments, (Said.APPROVED, Said.SPAM), strict=True):
        comment.said, comment.reviewed_at = said, now()
        comment.signals = [
            SignalEvidence(position=0, name="website", weight=1.0, reason="", spans=[]),
            SignalEvidence(position=1, name="care", weight=0.0, reason="", spans=[]),
        ]
    session.flush()

    found = read(session, actor)

    (card,) = found.reasons
    assert (card.name, card.fired, card.overturned) == ("website", 2, 1)
    assert found.decisions == 2


def test_of_other_sites_nothing_is_told(
    session: Session, site: Site, actor: Actor
) -> None:
    other = make_site(session, key="other")
    comments = add_held(session, other, timedelta(hours=1), timedelta(hours=1))
    owner = load_actor(
        session, make_moderator(session, email="bob@example.org", role=Role.OWNER).id
    )
    first = comments[0]
    decide_comments(session, owner, {first.id: first.version}, Action.SPAM)
    session.add(
        SiteDay(
            site_id=other.id,
            day=now().date(),
            verdict=Verdict.PUBLISH,
            said=Said.NOTHING,
            number=2,
        )
    )
    session.flush()

    own, everything = read(session, actor, None), read(session, OPERATOR, None)

    assert own == read(session, actor, site.key)
    assert not any((sum(own.ages.values()), sum(own.waits.values()), own.workloads))
    assert sum(everything.ages.values()) == sum(everything.waits.values()) == 1
    with pytest.raises(NotFoundError):
        read(session, actor, "other")


def test_who_has_no_site_gets_noughts(session: Session) -> None:
    nobody = Actor(moderator_id=7, email="", roles={})

    found = read(session, nobody, None)

    assert sum(found.ages.values()) == found.decisions == 0
    assert not found.workloads
    assert not found.reasons
