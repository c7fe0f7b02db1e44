"""Owns the report: how often each rule and heuristic was overruled by moderators."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.outcomes import Said
from moderation.domain.rules import RuleAction
from moderation.services.access import Actor, find_visible_site
from moderation.services.backtests import MOST_DECISIONS
from moderation.services.rules import as_site_rule, list_rules
from moderation.spam.care import CARE
from moderation.spam.rules import describe_rule, is_rule, name_signal
from moderation.storage.models import Comment, Rule, SignalEvidence

# What tells nothing of the comment itself.
NO_EVIDENCE = frozenset({"baseline", "calibration", "site_balance", CARE})
# What a moderator says against each rule.
AGAINST_RULES: Mapping[RuleAction, frozenset[Said]] = {
    RuleAction.ALLOW: frozenset({Said.SPAM, Said.REJECTED}),
    RuleAction.HOLD: frozenset({Said.APPROVED}),
    RuleAction.SPAM: frozenset({Said.APPROVED}),
}


@dataclass(frozen=True, kw_only=True)
class ReportCard:
    """How often a signal fired among the decisions looked at, and was overruled.

    `said` counts what moderators said of the comments it fired on.
    """

    said: Mapping[Said, int]
    against: frozenset[Said]

    @property
    def fired(self) -> int:
        """On how many comments that were decided on it fired."""
        return sum(self.said.values())

    @property
    def overturned(self) -> int:
        """On how many of them a moderator said otherwise."""
        return sum(self.said.get(one, 0) for one in self.against)


@dataclass(frozen=True, kw_only=True)
class HeuristicCard(ReportCard):
    """The card of a heuristic's signals that speak for spam, or of those against it."""

    name: str
    is_for_spam: bool


@dataclass(frozen=True, kw_only=True)
class RuleCard(ReportCard):
    """The card of a rule."""

    rule: Rule
    description: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """The cards of all rules, the newest first, and of heuristics, the busiest first.

    `decisions` is how many comments moderators decided on were looked at.
    """

    decisions: int
    rules: Sequence[RuleCard]
    heuristics: Sequence[HeuristicCard]


def make_report(session: Session, actor: Actor, site_key: str) -> Report:
    """Return the report of the last `MOST_DECISIONS` comments decided on.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    recent = (
        select(Comment.id, Comment.said)
        .where(Comment.site_id == site.id, Comment.reviewed_at.is_not(None))
        .order_by(Comment.reviewed_at.desc(), Comment.id.desc())
        .limit(MOST_DECISIONS)
        .subquery()
    )
    is_for_spam = SignalEvidence.weight > 0
    rows = session.execute(
        select(SignalEvidence.name, is_for_spam, recent.c.said, func.count())
        .join(recent, recent.c.id == SignalEvidence.comment_id)
        .group_by(SignalEvidence.name, is_for_spam, recent.c.said)
    ).all()
    fired: defaultdict[tuple[str, bool], Counter[Said]] = defaultdict(Counter)
    for name, side, said, number in rows:
        fired[name, bool(side)][said] += number
    return Report(
        decisions=session.scalar(select(func.count()).select_from(recent)) or 0,
        rules=[
            RuleCard(
                rule=rule,
                description=describe_rule(as_site_rule(rule)),
                said=fired.get((name_signal(rule.id), False), Counter()),
                against=AGAINST_RULES[rule.action],
            )
            for rule in list_rules(session, actor, site_key)
        ],
        heuristics=_list_heuristics(fired),
    )


def _list_heuristics(
    fired: Mapping[tuple[str, bool], Mapping[Said, int]],
) -> Sequence[HeuristicCard]:
    cards = [
        HeuristicCard(
            name=name,
            is_for_spam=is_for_spam,
            said=said,
            against=frozenset({Said.APPROVED if is_for_spam else Said.SPAM}),
        )
        for (name, is_for_spam), said in fired.items()
        if not is_rule(name) and name not in NO_EVIDENCE
    ]
    return sorted(cards, key=lambda card: (-card.fired, card.name))
