from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.outcomes import Said
from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.access import OPERATOR, load_actor
from moderation.services.backtests import (
    MOST_DECISIONS,
    MOST_EXAMPLES,
    Backtest,
    Shift,
    backtest_controls,
    backtest_rule,
)
from moderation.services.changes import list_changes
from moderation.services.controls import (
    Controls,
    make_thresholds,
    read_controls,
    set_controls,
)
from moderation.services.rules import add_rule, parse_rule
from moderation.services.telling import tell_backtest
from moderation.spam.rules import SiteRule
from moderation.spam.verdict import Thresholds, Verdict
from moderation.storage.models import Comment, LearntSite, Site, Thread
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_comment, make_moderator, make_site

PUBLISH, HOLD, SPAM = Verdict.PUBLISH, Verdict.HOLD, Verdict.SPAM


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, policy=Policy.HOLD_SUSPECT)


def make_decided(
    session: Session,
    thread: Thread,
    body: str = "Hello",
    *,
    said: Said = Said.APPROVED,
    score: float = 0.05,
    minutes_ago: int = 0,
) -> Comment:
    """Return a comment the filter gave a score, and of which a moderator said this."""
    comment = make_comment(session, thread, body=body, score=score)
    comment.said = said
    comment.reviewed_at = now() - timedelta(minutes=minutes_ago)
    session.flush()
    return comment


def make_rule(action: str, value: str) -> SiteRule:
    return parse_rule(
        action=RuleAction(action),
        kind=RuleKind.WORD,
        scope=RuleScope.ANY,
        value=value,
    )


def list_shifts(backtest: Backtest) -> list[tuple[Verdict, Verdict, dict[Said, int]]]:
    return [(shift.before, shift.after, shift.said) for shift in backtest.shifts]


def test_a_rule_is_tried_on_what_was_decided(session: Session, thread: Thread) -> None:
    make_decided(session, thread, "Our garden")
    make_decided(session, thread, "My garden", said=Said.SPAM)
    make_decided(session, thread, "Your GARDEN", score=0.5)
    make_decided(session, thread, "No such word")
    # Nobody looked at this one.
    make_comment(session, thread, body="A garden", score=0.05)

    found = backtest_rule(session, OPERATOR, "blog", make_rule("hold", "garden"))

    assert (found.decisions, found.matched) == (4, 3)
    assert list_shifts(found) == [(PUBLISH, HOLD, {Said.APPROVED: 1, Said.SPAM: 1})]
    # What speaks against the rule comes first.
    assert [e.excerpt for e in found.shifts[0].examples] == ["Our garden", "My garden"]


def test_rules_that_are_there_are_reckoned_with(
    session: Session, thread: Thread
) -> None:
    make_decided(session, thread, "A garden of spam", said=Said.SPAM)
    add_rule(session, OPERATOR, "blog", make_rule("spam", "spam"))

    found = backtest_rule(session, OPERATOR, "blog", make_rule("hold", "garden"))

    assert (found.matched, list_shifts(found)) == (1, [])


@pytest.mark.parametrize(
    ("below", "above", "labels", "shifts"),
    [
        # As it is.
        (0.10, 0.99, 20, []),
        # Stricter: what was published is held.
        (0.01, 0.99, 20, [(PUBLISH, HOLD, {Said.APPROVED: 1})]),
        # Looser: what was held is published, and leaks.
        (0.60, 0.99, 20, [(HOLD, PUBLISH, {Said.SPAM: 1})]),
        # Sure of spam earlier; but not on a site that has taught too little.
        (0.10, 0.40, 20, [(HOLD, SPAM, {Said.SPAM: 1})]),
        (0.10, 0.40, 19, []),
    ],
)
def test_thresholds_are_tried_on_the_scores_of_then(
    session: Session,
    site: Site,
    thread: Thread,
    *,
    below: float,
    above: float,
    labels: int,
    shifts: list[tuple[Verdict, Verdict, dict[Said, int]]],
) -> None:
    make_decided(session, thread, score=0.05)
    make_decided(session, thread, score=0.5, said=Said.SPAM)
    session.add(LearntSite(site_id=site.id, spam=labels, ham=30, terms=[]))
    session.flush()
    wanted = Controls(
        policy=Policy.HOLD_SUSPECT,
        thresholds=Thresholds(publish_below=below, spam_above=above),
    )

    found = backtest_controls(session, OPERATOR, "blog", wanted)

    assert list_shifts(found) == shifts


def test_another_policy_asks_whether_the_author_was_known(
    session: Session, site: Site, thread: Thread
) -> None:
    make_decided(session, thread).is_author_known = True
    make_decided(session, thread)
    wanted = Controls(
        policy=Policy.HOLD_FIRST, thresholds=read_controls(site).thresholds
    )

    found = backtest_controls(session, OPERATOR, "blog", wanted)

    assert list_shifts(found) == [(PUBLISH, HOLD, {Said.APPROVED: 1})]


def test_a_comment_on_which_the_filter_broke_down_stays_held(
    session: Session, thread: Thread
) -> None:
    make_decided(session, thread, "Our garden").failures = ["find_money"]

    found = backtest_rule(session, OPERATOR, "blog", make_rule("allow", "garden"))

    assert (found.matched, list_shifts(found)) == (1, [])


def test_only_the_last_decisions_are_read(
    session: Session, thread: Thread, database: Database
) -> None:
    for number in range(MOST_DECISIONS + 2):
        make_decided(session, thread, "Our garden", minutes_ago=number)
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    found = backtest_rule(session, OPERATOR, "blog", make_rule("hold", "garden"))
    event.remove(database.engine, "before_cursor_execute", note)

    assert (found.decisions, found.shifts[0].number) == (MOST_DECISIONS,) * 2
    assert len(found.shifts[0].examples) == MOST_EXAMPLES
    assert len(statements) <= 4


def test_long_comments_are_looked_back_on_less_far(
    session: Session, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.services.backtests.MOST_CHARACTERS", 25)
    for number in range(4):
        make_decided(session, thread, "Our garden", minutes_ago=number)

    found = backtest_rule(session, OPERATOR, "blog", make_rule("hold", "garden"))

    assert found.decisions == 2


@pytest.mark.sqlite(reason="reads SQLite's plans")
def test_the_decisions_are_found_by_an_index(session: Session, site: Site) -> None:
    plan = session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT id FROM comments"
            " WHERE site_id = :site AND reviewed_at IS NOT NULL"
            " ORDER BY reviewed_at DESC, id DESC LIMIT 1000"
        ),
        {"site": site.id},
    )

    steps = " ".join(row[3] for row in plan)
    assert "ix_comments_reviewed" in steps
    assert "TEMP B-TREE" not in steps


@pytest.mark.parametrize(
    ("role", "key", "refusal"),
    [
        (Role.MODERATOR, "blog", NotAllowedError),
        (Role.OWNER, "other", NotFoundError),
    ],
)
def test_only_owners_try_things(
    session: Session, site: Site, role: Role, key: str, refusal: type[Exception]
) -> None:
    make_site(session, key="other")
    moderator = make_moderator(session, role=role, site_key="blog")
    actor = load_actor(session, moderator.id)

    with pytest.raises(refusal):
        backtest_rule(session, actor, key, make_rule("hold", "garden"))
    with pytest.raises(refusal):
        backtest_controls(session, actor, key, read_controls(site))
    with pytest.raises(refusal):
        set_controls(session, actor, key, read_controls(site))


def make_result(*shifts: Shift, decisions: int = 1_000, matched: int = 0) -> Backtest:
    return Backtest(decisions=decisions, matched=matched, shifts=shifts)


@pytest.mark.parametrize(
    ("result", "sentences"),
    [
        (
            make_result(decisions=0),
            ["Nobody has decided on a comment yet: there is nothing to try it on."],
        ),
        (
            make_result(decisions=1),
            ["On your last decision this would change nothing."],
        ),
        (
            make_result(matched=4),
            [
                (
                    "On your last 1,000 decisions this would change nothing: "
                    "4 comments it matches end up there anyway."
                )
            ],
        ),
        (
            make_result(
                Shift(
                    before=PUBLISH, after=HOLD, said={Said.APPROVED: 2, Said.SPAM: 1}
                ),
                Shift(before=HOLD, after=SPAM, said={Said.SPAM: 7}),
                Shift(before=SPAM, after=PUBLISH, said={Said.APPROVED: 1}),
            ),
            [
                (
                    "On your last 1,000 decisions this would hold 3 more instead of "
                    "publishing, 2 of them approved and 1 spam."
                ),
                (
                    "On your last 1,000 decisions this would file 7 more as spam "
                    "instead of holding, all of them spam."
                ),
                (
                    "On your last 1,000 decisions this would publish 1 more instead of "
                    "filing as spam, it was approved."
                ),
            ],
        ),
    ],
)
def test_a_backtest_is_told_in_sentences(
    result: Backtest, sentences: Sequence[str]
) -> None:
    assert list(tell_backtest(result)) == sentences


def test_settings_are_changed_and_recorded(session: Session, site: Site) -> None:
    wanted = Controls(
        policy=Policy.HOLD_ALL,
        thresholds=make_thresholds(publish_below=0.055, spam_above=0.99),
    )

    set_controls(session, OPERATOR, "blog", wanted, seen=read_controls(site))
    set_controls(session, OPERATOR, "blog", wanted)

    (change,) = list_changes(session, OPERATOR, "blog")
    assert read_controls(site) == wanted
    assert change.text == (
        "Changed policy from hold_suspect to hold_all, publish below from 10% to 5.5%."
    )


def test_settings_that_somebody_else_changed_are_left_alone(
    session: Session, site: Site
) -> None:
    seen = read_controls(site)
    site.spam_above = 0.9
    wanted = Controls(policy=Policy.HOLD_ALL, thresholds=seen.thresholds)

    with pytest.raises(ChangedMeanwhileError):
        set_controls(session, OPERATOR, "blog", wanted, seen=seen)

    assert (site.policy, site.spam_above) == (Policy.HOLD_SUSPECT, 0.9)


def test_thresholds_leave_room_for_holding() -> None:
    with pytest.raises(InvalidInputError, match="publish_below"):
        make_thresholds(publish_below=0.9, spam_above=0.8)
