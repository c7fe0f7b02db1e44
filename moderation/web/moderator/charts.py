"""Owns the geometry of charts: values in, places in percent out; templates draw them.

All places are percents of the chart's own width and height, so that a chart is as wide
as its page while its words keep their size. Axes begin at nought.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WHOLE = 100.0
# Between columns, of the width each has.
GAP = 0.22
MOST_TICKS = 4
# As many dates stand side by side on a phone.
MOST_LABELS = 5


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A line across a chart, and the number it stands for."""

    y: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a column or of a row: from `start`, so long; both in percent."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its parts stand one on the other. `label` is "" for most."""

    x: float
    width: float
    middle: float
    parts: Sequence[Part]
    title: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ColumnChart:
    """Columns, and the lines behind them."""

    ticks: Sequence[Tick]
    columns: Sequence[Column]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value of a line, where it is known."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line: its points, and which of them follow on each other without a gap."""

    kind: str
    points: Sequence[Point]
    pieces: Sequence[tuple[Point, Point]]


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """Lines, the lines behind them, and where along them labels stand."""

    ticks: Sequence[Tick]
    lines: Sequence[Line]
    labels: Sequence[tuple[float, str]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: a label, and its parts side by side. `number` is what it comes to."""

    label: str
    parts: Sequence[Part]
    number: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a column or a row stands for: numbers by kind, in the order drawn.

    For lines they are shares from 0 to 1, left out where they are not known. `number`
    is told beside a row in place of its sum.
    """

    label: str
    title: str
    numbers: Mapping[str, float]
    number: str = ""


def find_ticks(most: float) -> Sequence[int]:
    """Return round numbers from 0 to `most` or just above, at most five; whole ones."""
    if most <= 0:
        return (0, 1)
    least = most / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    whole = max(1, math.ceil(step))
    return tuple(range(0, math.ceil(most / whole) * whole + 1, whole))


def make_columns(values: Sequence[Value]) -> ColumnChart:
    """Return a chart of stacked columns; its top is a round number."""
    ticks = find_ticks(max((sum(v.numbers.values()) for v in values), default=0))
    step = WHOLE / max(len(values), 1)
    shown = set(choose_labels(len(values)))
    return ColumnChart(
        ticks=_place_ticks(ticks),
        columns=[
            Column(
                x=_round(place * step + step * GAP / 2),
                width=_round(step * (1 - GAP)),
                middle=_round((place + 0.5) * step),
                parts=list(_stack(value.numbers, ticks[-1])),
                title=value.title,
                label=value.label if place in shown else "",
            )
            for place, value in enumerate(values)
        ],
    )


def make_lines(values: Sequence[Value], kinds: Sequence[str]) -> LineChart:
    """Return a chart of shares (0 to 1), from 0 to 100%; what is not known is a gap."""
    step = WHOLE / max(len(values), 1)
    return LineChart(
        ticks=[
            Tick(y=WHOLE - percent, label=f"{percent}%") for percent in (0, 25, 50, 75)
        ]
        + [Tick(y=0.0, label="100%")],
        lines=[_draw(values, kind, step) for kind in kinds],
        labels=[
            (_round((place + 0.5) * step), values[place].label)
            for place in choose_labels(len(values))
        ],
    )


def make_rows(values: Sequence[Value], *, most: float | None = None) -> Sequence[Row]:
    """Return rows; the longest is as long as there is room, or `most` is."""
    totals = [sum(value.numbers.values()) for value in values]
    whole = max(totals, default=0) if most is None else most
    return [
        Row(
            label=value.label,
            parts=[
                Part(
                    kind=part.kind,
                    start=WHOLE - part.start - part.length,
                    length=part.length,
                )
                for part in _stack(value.numbers, whole)
            ],
            number=value.number or f"{total:,.0f}",
            title=value.title,
        )
        for value, total in zip(values, totals, strict=True)
    ]


def choose_labels(number: int) -> Sequence[int]:
    """Return which of so many columns get a label: the last, and some before it."""
    step = math.ceil(number / MOST_LABELS) or 1
    return sorted(range(number - 1, -1, -step))


def _draw(values: Sequence[Value], kind: str, step: float) -> Line:
    places = [
        Point(
            x=_round((place + 0.5) * step),
            y=_round(WHOLE * (1 - value.numbers[kind])),
            title=f"{value.title}: {value.numbers[kind]:.0%}",
        )
        if kind in value.numbers
        else None
        for place, value in enumerate(values)
    ]
    return Line(
        kind=kind,
        points=[point for point in places if point is not None],
        pieces=[
            (one, other)
            for one, other in pairwise(places)
            if one is not None and other is not None
        ],
    )


def _stack(numbers: Mapping[str, float], whole: float) -> Iterator[Part]:
    """Yield the parts from the ground up, those of nothing left out."""
    end = WHOLE
    for kind, number in numbers.items():
        length = WHOLE * number / whole if whole else 0.0
        end -= length
        if length:
            yield Part(kind=kind, start=_round(end), length=_round(length))


def _place_ticks(ticks: Sequence[int]) -> Sequence[Tick]:
    return [
        Tick(y=_round(WHOLE * (1 - tick / ticks[-1])), label=f"{tick:,}")
        for tick in ticks
    ]


def _round(number: float) -> float:
    # Not less than nought by a hair's breadth.
    return max(0.0, round(number, 3))
