from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from moderation.domain.errors import InvalidInputError
from moderation.domain.statuses import Action, Status
from moderation.services.queues import Position
from moderation.web.moderator.inputs import (
    Place,
    read_batch,
    read_decided,
    read_place,
    write_position,
)

POSITION = Position(
    moment=datetime(2026, 5, 20, 9, 5, 0, 120, tzinfo=UTC), comment_id=42
)


def test_a_decision_is_read() -> None:
    fields = MultiDict(
        [
            ("action", "spam"),
            ("comment", "1:3"),
            ("comment", "2:1"),
            # A box that is ticked twice over is ticked.
            ("comment", "2:1"),
            ("why", " two\r\nlines "),
            ("status", "approved"),
            ("next", "7"),
        ]
    )

    decided = read_decided(fields)

    assert decided.action is Action.SPAM
    assert decided.versions == {1: 3, 2: 1}
    assert decided.why == "two\nlines"
    assert decided.place == Place(status=Status.APPROVED, next_id=7)


@pytest.mark.parametrize(
    ("one", "place"),
    [
        ("spam 12:3 13", Place(status=Status.HELD, next_id=13)),
        # The last of a page: nothing comes next.
        ("spam 12:3", Place(status=Status.HELD)),
    ],
)
def test_the_button_of_a_card_says_all_in_one(one: str, place: Place) -> None:
    decided = read_decided(MultiDict([("one", one)]))

    assert decided.action is Action.SPAM
    assert decided.versions == {12: 3}
    assert decided.place == place


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        # A button that says something else, or more, or two of them.
        ([("one", "spam")], "one"),
        ([("one", "spam 1:1 2 3")], "one"),
        ([("one", "delete 1:1")], "action"),
        ([("one", "spam 1:1"), ("one", "spam 2:1")], "one"),
        ([("one", "spam 1:1"), ("action", "hold")], "action"),
        # No action, none of ours, two.
        ([("comment", "1:1")], "action"),
        ([("action", "delete"), ("comment", "1:1")], "action"),
        ([("action", "spam"), ("action", "hold"), ("comment", "1:1")], "action"),
        # No comment as we name them.
        ([("action", "spam"), ("comment", "1")], "comment"),
        ([("action", "spam"), ("comment", "1:")], "comment"),
        ([("action", "spam"), ("comment", "-1:1")], "comment"),
        ([("action", "spam"), ("comment", "1:1; DROP TABLE comments")], "comment"),
        # Digits of other scripts, and more than a database's integer holds.
        ([("action", "spam"), ("comment", "١:١")], "comment"),
        ([("action", "spam"), ("comment", "9" * 19 + ":1")], "comment"),
        # One comment in two states: which was seen?
        ([("action", "spam"), ("comment", "1:1"), ("comment", "1:2")], "comment"),
        # NUL, which PostgreSQL refuses; an escape, which terminals obey; too much.
        ([("action", "spam"), ("comment", "1:1"), ("why", "a\0")], "why"),
        ([("action", "spam"), ("comment", "1:1"), ("why", "\x1b[2J")], "why"),
        ([("action", "spam"), ("comment", "1:1"), ("why", "a" * 1_001)], "why"),
        # Places that are none.
        ([("action", "spam"), ("comment", "1:1"), ("status", "gone")], "status"),
        ([("action", "spam"), ("comment", "1:1"), ("after", "1; --")], "after"),
        ([("action", "spam"), ("comment", "1:1"), ("page", "//evil")], "page"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    fields: list[tuple[str, str]], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_decided(MultiDict(fields))

    assert list(caught.value.errors) == [field]


def test_a_position_survives_its_way_through_an_address() -> None:
    text = write_position(POSITION)

    assert read_place(MultiDict({"after": text or ""})).after == POSITION


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-20T09:05:00Z",
        "2026-13-45T09:05:00Z_1",
        "2026-05-20T09:05:00.000120Z_9999999999999999999",
        "' OR 1=1 --",
        "....................Z_1",
    ],
)
def test_a_position_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_place(MultiDict({"after": text}))


@pytest.mark.parametrize("text", ["", "a b", "a\0", "a" * 33, "../x"])
def test_what_can_be_no_batch_is_none(text: str) -> None:
    assert not read_batch(MultiDict({"done": text}), "done")
