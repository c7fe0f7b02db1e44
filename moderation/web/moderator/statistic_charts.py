"""Owns how statistics become charts, each with the table of its numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from moderation.domain.outcomes import Said
from moderation.domain.statuses import Status
from moderation.domain.waits import Wait
from moderation.services.accuracy import Accuracy
from moderation.services.reports import HeuristicCard
from moderation.services.statistics import (
    MOST_COUNTED,
    Period,
    Span,
    Statistics,
    Workload,
)
from moderation.spam.verdict import Verdict
from moderation.web.moderator.charts import (
    ColumnChart,
    LineChart,
    Row,
    Value,
    make_columns,
    make_lines,
    make_rows,
)
from moderation.web.moderator.settings.wording import describe_signal

WAITS = {
    Wait.MINUTES: "up to 10 minutes",
    Wait.HOUR: "up to an hour",
    Wait.HOURS: "up to 6 hours",
    Wait.DAY: "up to a day",
    Wait.DAYS: "up to 3 days",
    Wait.WEEK: "up to a week",
    Wait.LONGER: "longer",
}
DONE = {
    Status.APPROVED: "approved",
    Status.REJECTED: "rejected",
    Status.SPAM: "spam",
    Status.HELD: "put back",
}
ARRIVED = ("published", "held", "filed")
# Of which verdict, which word of a moderator: what the lines of accuracy are shares of.
SHARES: Mapping[str, tuple[Verdict, Said]] = {
    "fine": (Verdict.HOLD, Said.APPROVED),
    "leaked": (Verdict.PUBLISH, Said.SPAM),
    "lost": (Verdict.SPAM, Said.APPROVED),
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """The numbers of a chart: headings, and rows that begin with what they are of."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Charts:
    """All charts of a page, and the sentences above them."""

    arrivals: ColumnChart
    arrivals_table: Table
    accuracy: LineChart
    accuracy_table: Table
    ages: Sequence[Row]
    ages_table: Table
    waits: Sequence[Row]
    waits_table: Table
    reasons: Sequence[Row]
    reasons_table: Table
    workloads: Sequence[Row]
    workloads_table: Table
    arrived: int
    waiting: str
    speed: str


def make_charts(statistics: Statistics) -> Charts:
    """Return the charts of some statistics."""
    periods, span = statistics.periods, statistics.span
    return Charts(
        arrivals=make_columns([_value_arrivals(p, span) for p in periods]),
        arrivals_table=_tabulate_arrivals(periods, span),
        accuracy=make_lines([_value_shares(p, span) for p in periods], list(SHARES)),
        accuracy_table=_tabulate_accuracy(periods, span),
        ages=make_rows(list(_value_waits(statistics.ages, "waits"))),
        ages_table=_tabulate_waits(statistics.ages, "Waits"),
        waits=make_rows(list(_value_waits(statistics.waits, "decided"))),
        waits_table=_tabulate_waits(statistics.waits, "Decided on after"),
        reasons=make_rows([_value_reason(card) for card in statistics.reasons]),
        reasons_table=_tabulate_reasons(statistics.reasons),
        workloads=make_rows([_value_workload(w) for w in statistics.workloads]),
        workloads_table=_tabulate_workloads(statistics.workloads),
        arrived=sum(period.accuracy.arrived for period in periods),
        waiting=describe_waiting(statistics.ages),
        speed=describe_speed(statistics.waits),
    )


def describe_waiting(ages: Mapping[Wait, int]) -> str:
    """Return how many comments wait, and for how long at most."""
    total = sum(ages.values())
    if not total:
        return "Nothing waits."
    longest = [wait for wait in Wait if ages[wait]][-1]
    least = "at least " if any(n >= MOST_COUNTED for n in ages.values()) else ""
    verb = "comment waits" if total == 1 else "comments wait"
    length = f"none for longer than {_end(longest)}"
    if longest is Wait.LONGER:
        length = "some for more than a week"
    return f"{least}{total:,} {verb}, {length}.".capitalize()


def describe_speed(waits: Mapping[Wait, int]) -> str:
    """Return how soon half, and nine in ten, of the held comments were decided on."""
    total = sum(waits.values())
    if not total:
        return "Nobody decided on a held comment in this time."
    half, most = (_find_step(waits, total * share) for share in (0.5, 0.9))
    if half is Wait.LONGER:
        return "Half of them and more waited for longer than a week."
    if half is most:
        return f"Nine in ten were decided on within {_end(half)}."
    if most is Wait.LONGER:
        return f"Half were decided on within {_end(half)}; some took over a week."
    return f"Half were decided on within {_end(half)}, nine in ten within {_end(most)}."


def describe_period(start: date, span: Span) -> str:
    """Return which day or week this is."""
    day = f"{start.day} {start:%B %Y}"
    return day if span is Span.MONTH else f"Week of {day}"


def _end(wait: Wait) -> str:
    return WAITS[wait].removeprefix("up to ")


def _find_step(waits: Mapping[Wait, int], share: float) -> Wait:
    """Return the step by which a number of comments was decided on."""
    seen = 0
    for wait in Wait:
        seen += waits[wait]
        if seen >= share:
            return wait
    return Wait.LONGER


def _value_arrivals(period: Period, span: Span) -> Value:
    accuracy = period.accuracy
    numbers = dict(
        zip(ARRIVED, (accuracy.published, accuracy.held, accuracy.filed), strict=True)
    )
    said = f"{accuracy.published:,} published, {accuracy.held:,} held"
    return Value(
        label=_write_date(period.start),
        title=f"{describe_period(period.start, span)}: {said}, "
        f"{accuracy.filed:,} filed as spam",
        numbers=numbers,
    )


def _value_shares(period: Period, span: Span) -> Value:
    shares = {}
    for kind, (verdict, said) in SHARES.items():
        decided = count_decided(period.accuracy, verdict)
        if decided:
            shares[kind] = period.accuracy.count(verdict, said) / decided
    return Value(
        label=_write_date(period.start),
        title=describe_period(period.start, span),
        numbers=shares,
    )


def count_decided(accuracy: Accuracy, verdict: Verdict) -> int:
    """Return how many comments with this verdict moderators said something of."""
    return accuracy.count(verdict, Said.APPROVED, Said.REJECTED, Said.SPAM)


def _value_waits(numbers: Mapping[Wait, int], kind: str) -> Iterator[Value]:
    for wait, number in numbers.items():
        label, written = WAITS[wait], _write(number)
        yield Value(
            label=label,
            title=f"{label}: {written}",
            numbers={kind: number},
            number=written,
        )


def _value_reason(card: HeuristicCard) -> Value:
    name = describe_signal(card.name)
    return Value(
        label=f"{name} {'(for spam)' if card.is_for_spam else '(against spam)'}",
        title=f"{name}: seen {card.fired:,} times, overruled {card.overturned:,} times",
        numbers={"upheld": card.fired - card.overturned, "overturned": card.overturned},
        number=f"{card.overturned / max(card.fired, 1):.0%}",
    )


def _value_workload(workload: Workload) -> Value:
    numbers = {status.value: workload.numbers.get(status, 0) for status in DONE}
    said = ", ".join(
        f"{workload.numbers[status]:,} {word}"
        for status, word in DONE.items()
        if workload.numbers.get(status)
    )
    return Value(
        label=workload.moderator,
        title=f"{workload.moderator}: {said}",
        numbers=numbers,
    )


def _tabulate_arrivals(periods: Sequence[Period], span: Span) -> Table:
    return Table(
        headings=("When", "Came in", "Published", "Held", "Filed as spam"),
        rows=[
            (
                describe_period(p.start, span),
                *map(_write, (p.accuracy.arrived, p.accuracy.published)),
                *map(_write, (p.accuracy.held, p.accuracy.filed)),
            )
            for p in reversed(periods)
        ],
    )


def _tabulate_accuracy(periods: Sequence[Period], span: Span) -> Table:
    return Table(
        headings=("When", "Held, fine", "Leaked", "Lost"),
        rows=[
            (
                describe_period(p.start, span),
                *(
                    f"{p.accuracy.count(verdict, said):,} of "
                    f"{count_decided(p.accuracy, verdict):,}"
                    for verdict, said in SHARES.values()
                ),
            )
            for p in reversed(periods)
        ],
    )


def _tabulate_waits(numbers: Mapping[Wait, int], heading: str) -> Table:
    return Table(
        headings=(heading, "Comments"),
        rows=[(WAITS[wait], _write(number)) for wait, number in numbers.items()],
    )


def _tabulate_reasons(cards: Sequence[HeuristicCard]) -> Table:
    return Table(
        headings=("Reason", "Seen", "Overruled", "Share"),
        rows=[
            (
                _value_reason(card).label,
                _write(card.fired),
                _write(card.overturned),
                f"{card.overturned / max(card.fired, 1):.0%}",
            )
            for card in cards
        ],
    )


def _tabulate_workloads(workloads: Sequence[Workload]) -> Table:
    return Table(
        headings=("Moderator", *(word.capitalize() for word in DONE.values())),
        rows=[
            (w.moderator, *(_write(w.numbers.get(status, 0)) for status in DONE))
            for w in workloads
        ],
    )


def _write(number: int) -> str:
    return f"{number:,}+" if number == MOST_COUNTED else f"{number:,}"


def _write_date(day: date) -> str:
    return f"{day.day} {day:%b}"
