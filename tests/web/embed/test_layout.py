from datetime import UTC, datetime

import pytest

from moderation.services.threads import PublicComment
from moderation.web.embed.layout import arrange_comments


def make_public(number: int, parent: int | None = None) -> PublicComment:
    return PublicComment(
        id=number,
        parent=parent,
        name=f"n{number}",
        website="",
        html="",
        date=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        # Nothing.
        ({}, []),
        # Comments as they came.
        ({1: None, 2: None}, [(1, 0), (2, 0)]),
        # Replies below theirs, the oldest first.
        (
            {1: None, 2: None, 3: 1, 4: 2, 5: 1},
            [(1, 0), (3, 1), (5, 1), (2, 0), (4, 1)],
        ),
        # No deeper than four steps in.
        (
            {1: None, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6},
            [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (6, 4), (7, 4)],
        ),
        # A reply that came in before what it answers, as imports may have it.
        ({1: 2, 2: None}, [(2, 0), (1, 1)]),
        # A ring of replies: nothing is lost.
        ({1: None, 2: 3, 3: 2}, [(1, 0), (2, 0), (3, 1)]),
        ({1: 1}, [(1, 0)]),
    ],
)
def test_replies_follow_what_they_answer(
    parents: dict[int, int | None], expected: list[tuple[int, int]]
) -> None:
    shown = arrange_comments([make_public(n, parent) for n, parent in parents.items()])

    assert [(item.comment.id, item.depth) for item in shown] == expected


def test_a_reply_names_whom_it_answers() -> None:
    shown = arrange_comments([make_public(1), make_public(2, 1)])

    assert [item.answered for item in shown] == [None, "n1"]
