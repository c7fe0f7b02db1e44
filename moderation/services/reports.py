"""Owns the report: how often each rule and heuristic was overruled by moderators."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, func, select, union_all
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
MOST_SITES = 100
# By the name of a signal, and whether it speaks for spam: what was said of comments.
Fired = Mapping[tuple[str, bool], Mapping[Said, int]]
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
    recent = _find_recent([site.id])
    fired = _count_fired(session, recent)
    return Report(
        decisions=_count(session, recent),
        rules=[
            RuleCard(
                rule=rule,
                description=describe_rule(as_site_rule(rule)),
                said=fired.get((name_signal(rule.id), False), Counter()),
                against=AGAINST_RULES[rule.action],
            )
            for rule in list_rules(session, actor, site_key)
        ],
        heuristics=_make_cards(fired),
    )


def list_heuristics(
    session: Session, sites: Sequence[int]
) -> tuple[int, Sequence[HeuristicCard]]:
    """Return how many decisions were looked at, and the cards of their heuristics.

    Each site has an equal part of the `MOST_DECISIONS`; of more than `MOST_SITES` the
    first ones are looked at.
    """
    if not sites:
        return 0, ()
    recent = _find_recent(sites[:MOST_SITES])
    return _count(session, recent), _make_cards(_count_fired(session, recent))


def _find_recent(sites: Sequence[int]) -> Subquery:
    """Return the query for the last comments decided on, site by site.

    Looked for together they would have to be sorted: each site has its index.
    """
    parts = [
        select(Comment.id, Comment.said)
        .where(Comment.site_id == site_id, Comment.reviewed_at.is_not(None))
        .order_by(Comment.reviewed_at.desc(), Comment.id.desc())
        .limit(MOST_DECISIONS // len(sites))
        .subquery()
        for site_id in sites
    ]
    return union_all(*(select(part) for part in parts)).subquery()


def _count(session: Session, recent: Subquery) -> int:
    return session.scalar(select(func.count()).select_from(recent)) or 0


def _count_fired(session: Session, recent: Subquery) -> Fired:
    is_for_spam = SignalEvidence.weight > 0
    rows = session.execute(
        select(SignalEvidence.name, is_for_spam, recent.c.said, func.count())
        .join(recent, recent.c.id == SignalEvidence.comment_id)
        .group_by(SignalEvidence.name, is_for_spam, recent.c.said)
    ).all()
    fired: defaultdict[tuple[str, bool], Counter[Said]] = defaultdict(Counter)
    for name, side, said, number in rows:
        fired[name, bool(side)][said] += number
    return fired


def _make_cards(fired: Fired) -> Sequence[HeuristicCard]:
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
