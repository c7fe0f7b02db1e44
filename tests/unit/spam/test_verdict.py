import pytest

from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction
from moderation.spam.pipeline import Judgement
from moderation.spam.verdict import (
    FEWEST_LABELS,
    Thresholds,
    Verdict,
    decide_verdict,
)

ALL, FIRST, SUSPECT = Policy.HOLD_ALL, Policy.HOLD_FIRST, Policy.HOLD_SUSPECT


@pytest.mark.parametrize(
    ("score", "policy", "is_author_known", "verdict"),
    [
        # A trusted text: it depends on the policy, and on the author.
        (0.05, ALL, True, Verdict.HOLD),
        (0.05, FIRST, False, Verdict.HOLD),
        (0.05, FIRST, True, Verdict.PUBLISH),
        (0.05, SUSPECT, False, Verdict.PUBLISH),
        # The threshold itself is doubt.
        (0.10, SUSPECT, True, Verdict.HOLD),
        (0.99, SUSPECT, True, Verdict.HOLD),
        # Doubt is held under any policy, whoever wrote it.
        (0.50, ALL, True, Verdict.HOLD),
        (0.50, FIRST, True, Verdict.HOLD),
        (0.50, SUSPECT, True, Verdict.HOLD),
        # Certain spam on a site that has taught the filter.
        (0.995, ALL, False, Verdict.SPAM),
        (0.995, FIRST, True, Verdict.SPAM),
        (0.995, SUSPECT, False, Verdict.SPAM),
    ],
)
def test_score_policy_and_author_decide(
    score: float, policy: Policy, *, is_author_known: bool, verdict: Verdict
) -> None:
    decided = decide_verdict(
        Judgement(score=score, signals=()),
        policy=policy,
        labels_of_each_kind=FEWEST_LABELS,
        is_author_known=is_author_known,
    )

    assert decided is verdict


@pytest.mark.parametrize(
    ("labels", "verdict"),
    [(0, Verdict.HOLD), (19, Verdict.HOLD), (20, Verdict.SPAM)],
)
def test_nothing_is_filed_as_spam_before_twenty_labels(
    labels: int, verdict: Verdict
) -> None:
    decided = decide_verdict(
        Judgement(score=0.9999, signals=()),
        policy=SUSPECT,
        labels_of_each_kind=labels,
    )

    assert decided is verdict


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("policy", list(Policy))
def test_a_failed_heuristic_means_holding(score: float, policy: Policy) -> None:
    decided = decide_verdict(
        Judgement(score=score, signals=(), failures=("find_rate",)),
        policy=policy,
        labels_of_each_kind=FEWEST_LABELS,
        is_author_known=True,
    )

    assert decided is Verdict.HOLD


def test_a_site_can_draw_its_own_lines() -> None:
    decided = decide_verdict(
        Judgement(score=0.2, signals=()),
        policy=SUSPECT,
        thresholds=Thresholds(publish_below=0.3, spam_above=0.9),
    )

    assert decided is Verdict.PUBLISH


@pytest.mark.parametrize(
    ("publish_below", "spam_above"), [(0.6, 0.5), (-0.1, 0.5), (0.5, 1.1)]
)
def test_thresholds_that_make_no_sense_are_refused(
    publish_below: float, spam_above: float
) -> None:
    with pytest.raises(ValueError, match="publish_below"):
        Thresholds(publish_below=publish_below, spam_above=spam_above)


@pytest.mark.parametrize(
    ("publish_below", "spam_above"), [(0.0, 1.0), (0.99, 0.99), (0.5, 0.5)]
)
def test_thresholds_may_meet_and_reach_the_ends(
    publish_below: float, spam_above: float
) -> None:
    thresholds = Thresholds(publish_below=publish_below, spam_above=spam_above)

    assert thresholds.publish_below <= thresholds.spam_above


@pytest.mark.parametrize(
    ("rule", "score", "policy", "verdict"),
    [
        # The owner's own word needs no labels, and no policy stands against it.
        (RuleAction.SPAM, 0.01, SUSPECT, Verdict.SPAM),
        (RuleAction.HOLD, 0.01, SUSPECT, Verdict.HOLD),
        (RuleAction.HOLD, 0.999, SUSPECT, Verdict.HOLD),
        (RuleAction.ALLOW, 0.5, ALL, Verdict.PUBLISH),
        (RuleAction.ALLOW, 0.99, FIRST, Verdict.PUBLISH),
        # Certain spam is not published for a name that anyone can type, nor lost.
        (RuleAction.ALLOW, 0.995, SUSPECT, Verdict.HOLD),
    ],
)
def test_a_rule_decides_before_the_score(
    rule: RuleAction, score: float, policy: Policy, verdict: Verdict
) -> None:
    decided = decide_verdict(
        Judgement(score=score, signals=(), rule=rule), policy=policy
    )

    assert decided is verdict


@pytest.mark.parametrize("rule", list(RuleAction))
def test_no_rule_overrides_a_failure(rule: RuleAction) -> None:
    judgement = Judgement(score=0.01, signals=(), failures=("x",), rule=rule)

    decided = decide_verdict(judgement, policy=SUSPECT, labels_of_each_kind=20)

    assert decided is Verdict.HOLD


def test_what_a_rule_allows_waits_in_a_flood() -> None:
    judgement = Judgement(score=0.01, signals=(), rule=RuleAction.ALLOW)

    decided = decide_verdict(judgement, policy=SUSPECT, is_flooded=True)

    assert decided is Verdict.HOLD
