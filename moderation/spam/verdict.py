"""Owns the step from a judgement to what is done with the comment."""

from dataclasses import dataclass
from enum import StrEnum

from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction
from moderation.spam.pipeline import Judgement

# Before a site has taught the filter this many spam and as many approved comments,
# nothing is filed as spam unseen (design: no automatic spam on a cold site).
FEWEST_LABELS = 20


class Verdict(StrEnum):
    """What the filter does with a comment."""

    PUBLISH = "publish"
    HOLD = "hold"
    SPAM = "spam"


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Where on the score the three ways part. Scores on a threshold are held."""

    publish_below: float = 0.10
    spam_above: float = 0.99

    def __post_init__(self) -> None:
        """Refuse thresholds that leave no room for holding.

        :raises ValueError: unless 0 <= publish_below <= spam_above <= 1.
        """
        if not 0 <= self.publish_below <= self.spam_above <= 1:
            raise ValueError(
                f"Give thresholds with 0 <= publish_below ({self.publish_below}) <= "
                f"spam_above ({self.spam_above}) <= 1."
            )


DEFAULT_THRESHOLDS = Thresholds()


def decide_verdict(
    judgement: Judgement,
    *,
    policy: Policy,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    labels_of_each_kind: int = 0,
    is_author_known: bool = False,
    is_flooded: bool = False,
) -> Verdict:
    """Return what is done with the comment. When in doubt it is held.

    `labels_of_each_kind` is the smaller of the numbers of spam and of approved
    comments the site has taught the filter; `is_author_known` says whether the author
    has an approved comment on the site; `is_flooded` that so many come at once that
    none is published. A heuristic that failed means doubt. What needs care is for a
    person to read, whatever score or rules say.
    """
    if judgement.failures or judgement.needs_care:
        return Verdict.HOLD
    is_certain = judgement.score > thresholds.spam_above
    if judgement.rule is not None:
        return _obey_rule(judgement.rule, is_doubted=is_certain or is_flooded)
    if is_certain:
        is_taught = labels_of_each_kind >= FEWEST_LABELS
        return Verdict.SPAM if is_taught else Verdict.HOLD
    if judgement.score < thresholds.publish_below and not is_flooded:
        return _decide_trusted(policy, is_author_known=is_author_known)
    return Verdict.HOLD


def _obey_rule(rule: RuleAction, *, is_doubted: bool) -> Verdict:
    """Return what the owner's rule wants done, on a site of any age and policy.

    What a rule allows still waits in a flood, and where it looks like spam for certain:
    a name or an address that is let in can be typed by anyone. See
    docs/adr/0008-site-rules.md.
    """
    match rule:
        case RuleAction.SPAM:
            return Verdict.SPAM
        case RuleAction.ALLOW if not is_doubted:
            return Verdict.PUBLISH
        case _:
            return Verdict.HOLD


def _decide_trusted(policy: Policy, *, is_author_known: bool) -> Verdict:
    """Return what the site's policy does with a comment the filter trusts."""
    match policy:
        case Policy.HOLD_SUSPECT:
            return Verdict.PUBLISH
        case Policy.HOLD_FIRST:
            return Verdict.PUBLISH if is_author_known else Verdict.HOLD
        case Policy.HOLD_ALL:
            return Verdict.HOLD
