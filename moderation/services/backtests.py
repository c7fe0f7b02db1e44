"""Owns the backtest: what other rules or settings would have done lately.

It looks at the last comments that moderators decided on, with the scores they were
given then, and asks for each what becomes of it by the settings there are and by those
proposed. It reads a bounded number of rows, however large the site.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from moderation.domain.networks import find_plain
from moderation.domain.outcomes import Said
from moderation.services.access import Actor, find_visible_site, require_owner
from moderation.services.care import load_phrases
from moderation.services.controls import Controls, read_controls
from moderation.services.rules import load_rules
from moderation.spam.care import Phrases, find_care
from moderation.spam.pipeline import Judgement
from moderation.spam.rulebook import RuleMatch, Rules, find_action, match_rules
from moderation.spam.rules import SiteRule
from moderation.spam.submission import Submission
from moderation.spam.verdict import Verdict, decide_verdict
from moderation.storage.models import Comment, LearntSite, Site, Thread

MOST_DECISIONS = 1_000
# A site of articles in its comments is looked back on less far: it bounds the time.
MOST_CHARACTERS = 5_000_000
ROWS_AT_ONCE = 100
MOST_EXAMPLES = 5
EXCERPT_CHARACTERS = 120
# What is read of a comment that was decided on.
Decided = Row[*tuple[Any, ...]]
# What a moderator's word makes of a verdict.
WRONG = {
    (Verdict.PUBLISH, Said.SPAM),
    (Verdict.HOLD, Said.APPROVED),
    (Verdict.SPAM, Said.APPROVED),
}


@dataclass(frozen=True, kw_only=True)
class Example:
    """A comment that would be treated otherwise, and what a moderator said of it."""

    comment_id: int
    name: str
    excerpt: str
    said: Said


@dataclass(kw_only=True)
class Shift:
    """Comments that would go from one verdict to another.

    `said` counts what moderators said of them. Of the `examples` those come first that
    speak against the change.
    """

    before: Verdict
    after: Verdict
    said: dict[Said, int] = field(default_factory=dict)
    examples: Sequence[Example] = ()

    @property
    def number(self) -> int:
        """How many comments these are."""
        return sum(self.said.values())


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What a proposal would have done: `decisions` looked at, `matched` by its rule."""

    decisions: int
    matched: int
    shifts: Sequence[Shift]


@dataclass(frozen=True, kw_only=True)
class Course:
    """All that decides on a comment once it is judged."""

    controls: Controls
    rules: Rules
    care_phrases: Phrases


def backtest_rule(
    session: Session, actor: Actor, site_key: str, rule: SiteRule
) -> Backtest:
    """Return what a rule would have done beside those there are.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    """
    site = find_visible_site(session, actor, site_key)
    require_owner(actor, site.id)
    now = _find_course(session, site)
    then = replace(now, rules=(*now.rules, rule))
    return _compare(session, site, now, then)


def backtest_controls(
    session: Session, actor: Actor, site_key: str, controls: Controls
) -> Backtest:
    """Return what another policy and other thresholds would have done.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    """
    site = find_visible_site(session, actor, site_key)
    require_owner(actor, site.id)
    now = _find_course(session, site)
    then = replace(now, controls=controls)
    return _compare(session, site, now, then)


def _find_course(session: Session, site: Site) -> Course:
    return Course(
        controls=read_controls(site),
        rules=load_rules(session, site),
        care_phrases=load_phrases(site),
    )


def _compare(session: Session, site: Site, now: Course, then: Course) -> Backtest:
    labels = _count_labels(session, site)
    added = set(then.rules) - set(now.rules)
    decisions = matched = 0
    moved: defaultdict[tuple[Verdict, Verdict], list[Decided]] = defaultdict(list)
    for row, matches in _read_decided(session, site, then.rules):
        decisions += 1
        matched += any(match.rule in added for match in matches)
        before = _replay(row, matches, now, labels=labels)
        after = _replay(row, matches, then, labels=labels)
        if before is not after:
            moved[before, after].append(row)
    shifts = [_make_shift(*turn, rows) for turn, rows in moved.items()]
    shifts.sort(key=lambda shift: -shift.number)
    return Backtest(decisions=decisions, matched=matched, shifts=shifts)


def _read_decided(
    session: Session, site: Site, rules: Rules
) -> Iterator[tuple[Decided, Sequence[RuleMatch]]]:
    """Yield the last comments decided on, newest first, and the rules they match."""
    query = (
        select(
            Comment.id,
            Comment.name,
            Comment.email,
            Comment.website,
            Comment.ip,
            Comment.body,
            Comment.score,
            Comment.failures,
            Comment.is_author_known,
            Comment.said,
            Thread.key.label("thread"),
        )
        .join(Comment.thread)
        .where(Comment.site_id == site.id, Comment.reviewed_at.is_not(None))
        .order_by(Comment.reviewed_at.desc(), Comment.id.desc())
        .limit(MOST_DECISIONS)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    characters = 0
    with session.execute(query) as rows:
        for row in rows:
            characters += len(row.body)
            if characters > MOST_CHARACTERS:
                break
            yield row, match_rules(_make_submission(row), rules)


def _make_submission(row: Decided) -> Submission:
    return Submission(
        body=row.body,
        author=row.name,
        email=row.email,
        website=row.website,
        ip=find_plain(row.ip),
        thread=row.thread,
    )


def _replay(
    row: Decided, matches: Iterable[RuleMatch], course: Course, *, labels: int
) -> Verdict:
    """Return what becomes of a comment judged as it was then."""
    rules = frozenset(course.rules)
    judgement = Judgement(
        score=row.score,
        signals=(),
        failures=tuple(row.failures),
        rule=find_action(match for match in matches if match.rule in rules),
        needs_care=find_care(_make_submission(row), course.care_phrases) is not None,
    )
    return decide_verdict(
        judgement,
        policy=course.controls.policy,
        thresholds=course.controls.thresholds,
        labels_of_each_kind=labels,
        is_author_known=bool(row.is_author_known),
    )


def _count_labels(session: Session, site: Site) -> int:
    """Return how many of the rarer kind the site has taught the filter."""
    learnt = session.get(LearntSite, site.id)
    return min(learnt.spam, learnt.ham) if learnt else 0


def _make_shift(before: Verdict, after: Verdict, rows: Sequence[Decided]) -> Shift:
    said: Mapping[Said, int] = {
        one: sum(row.said is one for row in rows) for one in Said
    }
    telling = sorted(rows, key=lambda row: (after, row.said) not in WRONG)
    return Shift(
        before=before,
        after=after,
        said={one: number for one, number in said.items() if number},
        examples=[
            Example(
                comment_id=row.id,
                name=row.name,
                excerpt=_make_excerpt(row.body),
                said=row.said,
            )
            for row in telling[:MOST_EXAMPLES]
        ],
    )


def _make_excerpt(body: str) -> str:
    text = " ".join(body[: EXCERPT_CHARACTERS * 2].split())
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    return text[:EXCERPT_CHARACTERS].rsplit(" ", maxsplit=1)[0] + "…"
