from collections.abc import Sequence

import pytest

from moderation.web.moderator.charts import (
    MOST_LABELS,
    MOST_TICKS,
    Part,
    Value,
    choose_labels,
    find_ticks,
    make_columns,
    make_lines,
    make_rows,
)


def value(label: str = "", **numbers: float) -> Value:
    return Value(label=label, title=f"about {label}", numbers=numbers)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        # Nothing at all still has an axis.
        (0, (0, 1)),
        # Comments are whole: no half ones in between.
        (1, (0, 1)),
        (3, (0, 1, 2, 3)),
        (4, (0, 1, 2, 3, 4)),
        (5, (0, 2, 4, 6)),
        # Round numbers, and the top is one of them.
        (97, (0, 50, 100)),
        (100, (0, 50, 100)),
        (101, (0, 50, 100, 150)),
        (1_520, (0, 500, 1_000, 1_500, 2_000)),
        (1_000_000, (0, 500_000, 1_000_000)),
    ],
)
def test_an_axis_begins_at_nought_and_ends_round(
    most: float, ticks: Sequence[int]
) -> None:
    assert find_ticks(most) == ticks


@pytest.mark.parametrize("most", range(1, 2_000, 7))
def test_an_axis_has_few_lines_and_room_for_all(most: int) -> None:
    ticks = find_ticks(most)

    assert most <= ticks[-1] <= max(most * 2, 4)
    assert len(ticks) <= MOST_TICKS + 1


@pytest.mark.parametrize(
    ("number", "places"),
    [
        (0, []),
        (1, [0]),
        (5, [0, 1, 2, 3, 4]),
        # The last is always named.
        (6, [1, 3, 5]),
        (13, [0, 3, 6, 9, 12]),
        (30, [5, 11, 17, 23, 29]),
        (53, [8, 19, 30, 41, 52]),
    ],
)
def test_no_more_dates_than_a_phone_has_room_for(
    number: int, places: list[int]
) -> None:
    found = choose_labels(number)

    assert found == places
    assert len(found) <= MOST_LABELS


def test_the_parts_of_a_column_stand_on_each_other() -> None:
    chart = make_columns([value("Mon", held=1, spam=3), value("Tue", held=2, spam=0)])

    assert [column.parts for column in chart.columns] == [
        [
            Part(kind="held", start=75.0, length=25.0),
            Part(kind="spam", start=0.0, length=75.0),
        ],
        # What is nothing is not drawn.
        [Part(kind="held", start=50.0, length=50.0)],
    ]
    assert [tick.label for tick in chart.ticks] == ["0", "1", "2", "3", "4"]
    assert [tick.y for tick in chart.ticks] == [100.0, 75.0, 50.0, 25.0, 0.0]


@pytest.mark.parametrize("number", [1, 2, 13, 30, 53])
def test_columns_stand_side_by_side_within_the_chart(number: int) -> None:
    chart = make_columns([value(str(n), held=n) for n in range(number)])

    for one, other in zip(chart.columns, chart.columns[1:], strict=False):
        assert one.x + one.width < other.x
        assert one.x < one.middle < one.x + one.width
    assert chart.columns[0].x >= 0
    assert chart.columns[-1].x + chart.columns[-1].width <= 100


@pytest.mark.parametrize("values", [[], [value("Mon", held=0)]])
def test_where_nothing_came_in_no_column_stands(values: list[Value]) -> None:
    chart = make_columns(values)

    assert [part for column in chart.columns for part in column.parts] == []


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    chart = make_lines(
        [
            value("Mon", leaked=0.0),
            value("Tue", leaked=0.5),
            value("Wed"),
            value("Thu", leaked=1.0),
        ],
        ["leaked"],
    )

    (line,) = chart.lines
    assert [(point.x, point.y) for point in line.points] == [
        (12.5, 100.0),
        (37.5, 50.0),
        (87.5, 0.0),
    ]
    assert [(one.x, other.x) for one, other in line.pieces] == [(12.5, 37.5)]
    assert line.points[1].title == "about Tue: 50%"


def test_shares_are_drawn_on_all_of_a_hundred_percent() -> None:
    chart = make_lines([value("Mon", leaked=0.01)], ["leaked"])

    assert [(tick.y, tick.label) for tick in chart.ticks] == [
        (100.0, "0%"),
        (75.0, "25%"),
        (50.0, "50%"),
        (25.0, "75%"),
        (0.0, "100%"),
    ]


def test_the_longest_row_fills_the_room_and_parts_begin_at_its_start() -> None:
    rows = make_rows([value("a", upheld=3, overturned=1), value("b", upheld=1)])

    assert [row.parts for row in rows] == [
        [
            Part(kind="upheld", start=0.0, length=75.0),
            Part(kind="overturned", start=75.0, length=25.0),
        ],
        [Part(kind="upheld", start=0.0, length=25.0)],
    ]
    assert [row.number for row in rows] == ["4", "1"]


def test_rows_of_nothing_are_empty() -> None:
    (row,) = make_rows([value("a", upheld=0)])

    assert (row.parts, row.number) == ([], "0")
