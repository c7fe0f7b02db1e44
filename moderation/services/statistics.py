"""Owns what there is to know of sites in numbers: read from tallies, never counted out.

What it costs depends on the days asked for and the number of sites, not on how many
comments there are: what waits is counted no further than `MOST_COUNTED` for each age.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Label, func, literal, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.domain.waits import LIMITS, Wait
from moderation.services.access import Actor, find_visible_site
from moderation.services.accuracy import Accuracy, Cell, find_monday
from moderation.services.queues import list_sites
from moderation.services.reports import HeuristicCard, list_heuristics
from moderation.storage.models import (
    Comment,
    Moderator,
    ModeratorDay,
    SiteDay,
    WaitDay,
)
from moderation.storage.models.base import now

MOST_COUNTED = 10_000
MOST_MODERATORS = 20
MOST_REASONS = 12
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


class Span(StrEnum):
    """How far to look back: a month by days, a quarter or a year by weeks."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


PERIODS = {Span.MONTH: 30, Span.QUARTER: 13, Span.YEAR: 53}


@dataclass(frozen=True, kw_only=True)
class Period:
    """A day, or a week from a Monday on, and the verdicts on what came in it."""

    start: date
    accuracy: Accuracy


@dataclass(frozen=True, kw_only=True)
class Workload:
    """How many comments a moderator gave each status, undone decisions left out."""

    moderator: str
    numbers: Mapping[Status, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.numbers.values())


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """The numbers of some sites.

    `ages` is how many wait now for so long, each up to `MOST_COUNTED`; `waits` how many
    held comments were decided on so soon in the span; `reasons` what fired most among
    the last `decisions` that were looked at, whenever they were made.
    """

    span: Span
    periods: Sequence[Period]
    ages: Mapping[Wait, int]
    waits: Mapping[Wait, int]
    workloads: Sequence[Workload]
    decisions: int
    reasons: Sequence[HeuristicCard]


def read_statistics(
    session: Session, actor: Actor, *, span: Span, site_key: str | None = None
) -> Statistics:
    """Return the numbers of one site, or of all that the actor may see.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    if site_key is None:
        sites = list_sites(session, actor)
    else:
        sites = [find_visible_site(session, actor, site_key).id]
    starts = list_starts(span, now().astimezone(UTC).date())
    decisions, reasons = list_heuristics(session, sites)
    return Statistics(
        span=span,
        periods=_read_periods(session, sites, span, starts),
        ages=_count_ages(session, sites, now()),
        waits=_read_waits(session, sites, starts[0]),
        workloads=_read_workloads(session, sites, starts[0]),
        decisions=decisions,
        reasons=reasons[:MOST_REASONS],
    )


def list_starts(span: Span, today: date) -> Sequence[date]:
    """Return the first days of a span's periods, the present one last."""
    step = DAY if span is Span.MONTH else WEEK
    last = today if span is Span.MONTH else find_monday(today)
    return [last - step * back for back in range(PERIODS[span] - 1, -1, -1)]


def _read_periods(
    session: Session, sites: Sequence[int], span: Span, starts: Sequence[date]
) -> Sequence[Period]:
    rows = session.execute(
        select(SiteDay.day, SiteDay.verdict, SiteDay.said, func.sum(SiteDay.number))
        .where(SiteDay.site_id.in_(sites), SiteDay.day >= starts[0])
        .group_by(SiteDay.day, SiteDay.verdict, SiteDay.said)
    )
    counts: defaultdict[date, Counter[Cell]] = defaultdict(Counter)
    for day, verdict, said, number in rows:
        start = day if span is Span.MONTH else find_monday(day)
        counts[start][verdict, said] += int(number)
    return [
        Period(start=start, accuracy=Accuracy(counts=counts[start])) for start in starts
    ]


def _count_ages(
    session: Session, sites: Sequence[int], at: datetime
) -> Mapping[Wait, int]:
    """Return how many comments have waited for so long, in one query."""
    row = session.execute(select(*_list_ages(sites, at))).one()
    return dict(zip(Wait, row, strict=True))


def _list_ages(sites: Sequence[int], at: datetime) -> list[Label[int]]:
    numbers, least = [], None
    for wait in Wait:
        found = (
            select(literal(1).label("one"))
            .select_from(Comment)
            .where(Comment.site_id.in_(sites), Comment.status == Status.HELD)
            .limit(MOST_COUNTED)
        )
        if least is not None:
            found = found.where(Comment.created_at < at - least)
        least = LIMITS.get(wait)
        if least is not None:
            found = found.where(Comment.created_at >= at - least)
        number = select(func.count()).select_from(found.subquery())
        numbers.append(number.scalar_subquery().label(wait.name.lower()))
    return numbers


def _read_waits(
    session: Session, sites: Sequence[int], first: date
) -> Mapping[Wait, int]:
    rows = session.execute(
        select(WaitDay.wait, func.sum(WaitDay.number))
        .where(WaitDay.site_id.in_(sites), WaitDay.day >= first)
        .group_by(WaitDay.wait)
    )
    found = {wait: int(number) for wait, number in rows}
    return {wait: found.get(wait, 0) for wait in Wait}


def _read_workloads(
    session: Session, sites: Sequence[int], first: date
) -> Sequence[Workload]:
    rows = session.execute(
        select(Moderator.email, ModeratorDay.status, func.sum(ModeratorDay.number))
        .join(Moderator, Moderator.id == ModeratorDay.moderator_id)
        .where(ModeratorDay.site_id.in_(sites), ModeratorDay.day >= first)
        .group_by(Moderator.email, ModeratorDay.status)
    )
    numbers: defaultdict[str, dict[Status, int]] = defaultdict(dict)
    for email, status, number in rows:
        if number:
            numbers[email][status] = int(number)
    found = [Workload(moderator=email, numbers=n) for email, n in numbers.items()]
    found.sort(key=lambda workload: (-workload.total, workload.moderator))
    return found[:MOST_MODERATORS]
