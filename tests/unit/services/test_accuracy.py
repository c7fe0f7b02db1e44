from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.outcomes import Said
from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.services.access import OPERATOR, Actor, load_actor
from moderation.services.accuracy import (
    Cell,
    find_monday,
    list_weeks,
    sum_weeks,
)
from moderation.services.reviews import (
    list_history,
)
from moderation.spam.verdict import Verdict
from moderation.storage.models import Comment, Decision, Site, SiteDay
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_moderator, make_site
from tests.unit.services.doing import decide, submit, undo

LEAKED, WRONGLY_HELD = (Verdict.PUBLISH, Said.SPAM), (Verdict.HOLD, Said.APPROVED)


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, policy=Policy.HOLD_SUSPECT)


def read_counts(session: Session) -> dict[Cell, int]:
    """Return the numbers of the tables that are not 0, all days together."""
    counts: Counter[Cell] = Counter()
    for row in session.scalars(select(SiteDay)):
        counts[row.verdict, row.said] += row.number
    return {cell: number for cell, number in counts.items() if number}


def recount(session: Session) -> dict[Cell, int]:
    """Return the same numbers, from the comments' decisions alone."""
    counts: Counter[Cell] = Counter()
    for comment_id in session.scalars(select(Comment.id)):
        first, *rest = list_history(session, comment_id)
        verdict = {
            Status.APPROVED: Verdict.PUBLISH,
            Status.HELD: Verdict.HOLD,
            Status.SPAM: Verdict.SPAM,
        }[first.to_status]
        counts[verdict, find_last_said([first, *rest])] += 1
    return dict(counts)


def find_last_said(history: list[Decision]) -> Said:
    """Return what was last said: after an undo, what was said before the undone one."""
    before: dict[int, Said] = {}
    last = Said.NOTHING
    for decision in history:
        before[decision.id] = last
        if decision.undoes_id is not None:
            last = before[decision.undoes_id]
        elif decision.from_status is not None:
            is_put_back = decision.to_status is Status.HELD
            last = Said.NOTHING if is_put_back else Said(decision.to_status.value)
    return last


def test_an_arrival_counts_under_its_verdict(session: Session, site: Site) -> None:
    comment = submit(session, "What you wrote helped me through a hard week.")

    assert comment.verdict is Verdict.PUBLISH
    assert read_counts(session) == {(Verdict.PUBLISH, Said.NOTHING): 1}
    assert site.id == comment.site_id


def test_a_decision_moves_the_count_and_undo_moves_it_back(
    session: Session, actor: Actor
) -> None:
    comment = submit(session, "What you wrote helped me through a hard week.")

    decide(session, actor, comment, Action.SPAM)
    decided = read_counts(session)
    undo(session, actor, comment)

    assert decided == {LEAKED: 1}
    assert read_counts(session) == {(Verdict.PUBLISH, Said.NOTHING): 1}
    assert (comment.said, comment.reviewed_at) == (Said.NOTHING, None)


def test_a_decision_counts_on_the_day_the_comment_came(
    session: Session, actor: Actor
) -> None:
    late = datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)
    comment = submit(session, "What you wrote helped me through a hard week.", at=late)

    decide(session, actor, comment, Action.SPAM)

    rows = session.scalars(select(SiteDay).where(SiteDay.number != 0)).all()
    assert [(row.day, row.said) for row in rows] == [(date(2026, 3, 1), Said.SPAM)]


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*Action, "undo"])), max_size=12
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_the_numbers_are_those_of_a_recount(
    database: Database, steps: list[tuple[int, Action | str]]
) -> None:
    with database.write() as session:
        for site in session.scalars(select(Site)):
            session.delete(site)
        session.flush()
        make_site(session, policy=Policy.HOLD_SUSPECT)
        actor = load_actor(session, make_moderator(session).id)
        comments = [
            submit(session, "What you wrote helped me through a hard week."),
            submit(session, "CHEAP pills <a href=http://pills.xyz>buy now</a> casino"),
            submit(session, "Is there more to read on this? I would like to know."),
        ]
        for place, step in steps:
            comment = comments[place]
            if isinstance(step, Action):
                decide(session, actor, comment, step)
            elif list_history(session, comment.id)[-1].from_status is not None:
                undo(session, actor, comment)

        assert read_counts(session) == recount(session)
        for comment in comments:
            is_said = comment.said is not Said.NOTHING
            assert is_said == (comment.reviewed_at is not None)


def test_weeks_without_comments_are_there(session: Session, actor: Actor) -> None:
    submit(session, "What you wrote helped me.", at=now() - timedelta(weeks=2))
    decide(session, actor, submit(session, "buy http://a.xyz"), Action.APPROVE)

    weeks = list_weeks(session, actor, "blog", weeks=3)

    assert [week.accuracy.arrived for week in weeks] == [1, 0, 1]
    assert weeks[-1].monday == find_monday(now().date())
    total = sum_weeks(weeks)
    assert (total.arrived, total.decided, total.wrongly_held) == (2, 1, 1)
    assert total.counts[WRONGLY_HELD] == 1


def test_another_sites_weeks_are_not_there(session: Session, actor: Actor) -> None:
    make_site(session, key="other")
    stranger = Actor(moderator_id=9, email="", roles={77: Role.OWNER})

    with pytest.raises(NotFoundError):
        list_weeks(session, stranger, "other")
    assert list_weeks(session, OPERATOR, "other")
    assert actor.email == "alice@example.org"
