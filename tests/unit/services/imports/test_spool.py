from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from moderation.domain.statuses import Status
from moderation.formats.records import (
    BrokenFileError,
    Imported,
    ImportedComment,
    ImportedThread,
)
from moderation.services.imports.spool import Spool, find_cycle


@pytest.fixture
def spool() -> Iterator[Spool]:
    with closing(Spool()) as spool:
        yield spool


def make(
    id_: str,
    *,
    parent: str = "",
    thread: str = "a",
    origin: str = "",
    minute: int | None = 0,
    body: str = "Hi",
    name: str = "Ada",
) -> ImportedComment:
    return ImportedComment(
        place=f"line {id_}",
        id=id_,
        thread=thread,
        origin=origin,
        parent=parent,
        body=body,
        name=name,
        status=Status.APPROVED,
        created_at=None
        if minute is None
        else datetime(2020, 1, 2, 3, minute, tzinfo=UTC),
    )


def test_comments_come_back_as_they_were_in_the_order_of_their_time(
    spool: Spool,
) -> None:
    items = [make("1", minute=5), make("2", minute=None), make("3", minute=1)]

    spool.fill([ImportedThread(id="a", title="A"), *items])

    read = [one.comment for some in spool.read_comments(length=2) for one in some]
    assert read == [items[2], items[0], items[1]]
    assert list(spool.read_threads()) == [ImportedThread(id="a", title="A")]


def test_answers_to_what_is_not_on_their_page_are_orphans(spool: Spool) -> None:
    spool.fill(
        [
            make("1"),
            make("2", parent="1"),
            make("3", parent="9"),
            make("4", parent="1", thread="b"),
            # Blogs number their comments alike.
            make("1", origin="other"),
            make("5", parent="2", origin="other"),
        ]
    )

    orphans = [
        one.comment.id
        for some in spool.read_comments()
        for one in some
        if one.is_orphan
    ]
    assert orphans == ["3", "4", "5"]
    assert spool.summarise().orphans == 3
    assert spool.summarise().replies == 4


@pytest.mark.parametrize(
    ("items", "place", "cause"),
    [
        ([make("1"), make("2"), make("1")], "line 1", "'1' is there twice"),
        # Around in a circle, and an answer to itself.
        (
            [make("1", parent="3"), make("2", parent="1"), make("3", parent="2")],
            "line ",
            "an answer to itself",
        ),
        ([make("1", parent="1")], "line 1", "an answer to itself"),
        ([make("1", body="a\0b")], "line 1", "body has control characters"),
        ([make("1", name="\ud800")], "line 1", "name has control characters"),
        ([make("x" * 256)], "line x", "255 characters"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_stored(
    spool: Spool, items: list[Imported], place: str, cause: str
) -> None:
    with pytest.raises(BrokenFileError) as caught:
        spool.fill(items)

    assert caught.value.place.startswith(place)
    assert cause in caught.value.cause


@pytest.mark.parametrize(
    ("parents", "has_cycle"),
    [
        ([0], False),
        ([0, 0, 1, 2, 2], False),
        ([0, 2, 3, 0], False),
        ([0, 2, 1], True),
        ([0, 0, 1, 4, 5, 3], True),
        # As deep as recursion can't go.
        ([0, *range(100_000)], False),
        ([0, *range(2, 100_000), 1], True),
    ],
)
def test_circles_are_found(parents: list[int], *, has_cycle: bool) -> None:
    assert (find_cycle(parents) > 0) is has_cycle
