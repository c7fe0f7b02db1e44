from collections import Counter
from datetime import UTC, date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.statuses import Action
from moderation.domain.waits import Wait, find_wait
from moderation.services.access import Actor, load_actor
from moderation.services.reviews import (
    list_history,
)
from moderation.spam.verdict import Verdict
from moderation.storage.models import (
    Comment,
    Decision,
    ModeratorDay,
    Site,
    WaitDay,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_moderator, make_site
from tests.unit.services.doing import decide, submit, undo

Waits = dict[tuple[date, Wait], int]
Decisions = dict[tuple[int, date, str], int]


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, policy=Policy.HOLD_ALL)


def read_waits(session: Session) -> Waits:
    rows = session.scalars(select(WaitDay).where(WaitDay.number != 0))
    return {(row.day, row.wait): row.number for row in rows}


def read_decisions(session: Session) -> Decisions:
    rows = session.scalars(select(ModeratorDay).where(ModeratorDay.number != 0))
    return {(row.moderator_id, row.day, row.status): row.number for row in rows}


def recount_waits(session: Session) -> Waits:
    counts: Counter[tuple[date, Wait]] = Counter()
    for comment in session.scalars(select(Comment)):
        if comment.verdict is Verdict.HOLD and comment.reviewed_at:
            day = comment.reviewed_at.astimezone(UTC).date()
            counts[day, find_wait(comment.reviewed_at - comment.created_at)] += 1
    return dict(counts)


def recount_decisions(session: Session) -> Decisions:
    """Return which decisions stand, found by going through each history."""
    counts: Counter[tuple[int, date, str]] = Counter()
    decisions = session.scalars(select(Decision).order_by(Decision.id)).all()
    stands = {decision.id: True for decision in decisions}
    for decision in reversed(decisions):
        # An undoing that stands takes down what it undoes, and so on.
        if decision.undoes_id is not None and stands[decision.id]:
            stands[decision.undoes_id] = False
    for one in decisions:
        is_made = one.moderator_id is not None and one.undoes_id is None
        if is_made and one.from_status is not None and stands[one.id]:
            counts[one.moderator_id or 0, one.created_at.date(), one.to_status] += 1
    return dict(counts)


@pytest.mark.parametrize(
    ("length", "wait"),
    [
        # Two clocks that differ, and nothing at all.
        (timedelta(seconds=-5), Wait.MINUTES),
        (timedelta(0), Wait.MINUTES),
        # An end belongs to the step before.
        (timedelta(minutes=10), Wait.MINUTES),
        (timedelta(minutes=10, microseconds=1), Wait.HOUR),
        (timedelta(hours=1), Wait.HOUR),
        (timedelta(hours=6), Wait.HOURS),
        (timedelta(days=1), Wait.DAY),
        (timedelta(days=3), Wait.DAYS),
        (timedelta(days=7), Wait.WEEK),
        (timedelta(days=7, microseconds=1), Wait.LONGER),
    ],
)
def test_a_wait_is_told_in_steps(length: timedelta, wait: Wait) -> None:
    assert find_wait(length) is wait


def test_a_decision_counts_with_its_wait_and_undo_takes_it_off(
    session: Session, actor: Actor
) -> None:
    comment = submit(
        session, "What you wrote helped me.", at=now() - timedelta(hours=2)
    )

    decide(session, actor, comment, Action.APPROVE)
    waits, decisions = read_waits(session), read_decisions(session)
    undo(session, actor, comment)

    today = now().date()
    assert waits == {(today, Wait.HOURS): 1}
    assert decisions == {(actor.moderator_id, today, "approved"): 1}
    assert (read_waits(session), read_decisions(session)) == ({}, {})


def test_undoing_an_undoing_counts_again(session: Session, actor: Actor) -> None:
    comment = submit(session, "What you wrote helped me.")
    decide(session, actor, comment, Action.SPAM)
    before = read_decisions(session)

    for _ in range(4):
        undo(session, actor, comment)

    assert read_decisions(session) == before


def test_who_undoes_takes_the_work_off_whoever_did_it(
    session: Session, actor: Actor
) -> None:
    bob = load_actor(session, make_moderator(session, email="bob@example.org").id)
    comments = [submit(session, f"What you wrote helped me. {n}") for n in range(2)]
    for comment in comments:
        decide(session, actor, comment, Action.APPROVE)

    undo(session, bob, comments[0])

    assert read_decisions(session) == {
        (actor.moderator_id, now().date(), "approved"): 1
    }


def test_what_the_filter_did_not_hold_has_no_wait(
    session: Session, site: Site, actor: Actor
) -> None:
    site.policy = Policy.HOLD_SUSPECT
    comment = submit(session, "What you wrote helped me through a hard week.")

    decide(session, actor, comment, Action.SPAM)

    assert comment.verdict is Verdict.PUBLISH
    assert read_waits(session) == {}


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from([*Action, "undo"])),
    max_size=14,
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_the_numbers_are_those_of_a_recount(
    database: Database, steps: list[tuple[int, int, Action | str]]
) -> None:
    with database.write() as session:
        for site in session.scalars(select(Site)):
            session.delete(site)
        session.flush()
        make_site(session, policy=Policy.HOLD_SUSPECT)
        actors = [
            load_actor(session, make_moderator(session, email=f"{name}@example.org").id)
            for name in ("alice", "bob")
        ]
        comments = [
            submit(session, "What you wrote helped me through a hard week."),
            submit(session, "CHEAP pills <a href=http://pills.xyz>buy now</a> casino"),
            submit(session, "Casino?", at=now() - timedelta(days=2)),
        ]
        for place, who, step in steps:
            comment = comments[place]
            if isinstance(step, Action):
                decide(session, actors[who], comment, step)
            elif len(list_history(session, comment.id)) > 1:
                undo(session, actors[who], comment)

        assert read_waits(session) == recount_waits(session)
        assert read_decisions(session) == recount_decisions(session)
        session.rollback()
