"""Owns the chart of weeks: where its bars stand; the template only draws them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moderation.services.accuracy import Week

WIDTH, HEIGHT = 520, 120
GAP = 8


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a bar: the comments of one verdict, of height 0 if there are none."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One week: its comments by verdict, one on top of the other."""

    x: float
    width: float
    parts: Sequence[Part]
    title: str


def make_bars(weeks: Sequence[Week]) -> Sequence[Bar]:
    """Return a bar for each week; the tallest is as high as the chart."""
    most = max((week.accuracy.arrived for week in weeks), default=0)
    step = WIDTH / max(len(weeks), 1)
    return [
        Bar(
            x=round(place * step + GAP / 2, 2),
            width=round(step - GAP, 2),
            parts=list(_stack(week, most)),
            title=_describe(week),
        )
        for place, week in enumerate(weeks)
    ]


def _stack(week: Week, most: int) -> Iterator[Part]:
    accuracy = week.accuracy
    bottom = float(HEIGHT)
    kinds = (
        ("published", accuracy.published),
        ("held", accuracy.held),
        ("filed", accuracy.filed),
    )
    for kind, number in kinds:
        height = round(HEIGHT * number / most, 2) if most else 0.0
        bottom = round(bottom - height, 2)
        yield Part(kind=kind, y=bottom, height=height)


def _describe(week: Week) -> str:
    accuracy = week.accuracy
    return (
        f"Week of {week.monday.day} {week.monday:%B}: {accuracy.published} published, "
        f"{accuracy.held} held, {accuracy.filed} filed as spam"
    )
