import pytest

from moderation.web.moderator.marking import (
    Mark,
    Piece,
    join_pieces,
    mark_text,
    split_pieces,
)


def mark(start: int, end: int, reason: str = "a", weight: float = 1.0) -> Mark:
    return Mark(start=start, end=end, reason=reason, weight=weight)


def show(pieces: list[Piece]) -> str:
    """Return pieces as text, marked ones as [text|reasons]."""
    return "".join(
        f"[{piece.text}|{'+'.join(piece.reasons)}]" if piece.reasons else piece.text
        for piece in pieces
    )


@pytest.mark.parametrize(
    ("text", "marks", "shown"),
    [
        # Nothing to mark, nothing at all.
        ("abc", [], "abc"),
        ("", [], ""),
        ("", [mark(0, 3)], ""),
        # In the middle, at the start, at the end, the whole.
        ("abcde", [mark(1, 3)], "a[bc|a]de"),
        ("abcde", [mark(0, 2)], "[ab|a]cde"),
        ("abcde", [mark(3, 5)], "abc[de|a]"),
        ("abcde", [mark(0, 5)], "[abcde|a]"),
        # Two apart, given in the wrong order.
        ("abcde", [mark(3, 4, "b"), mark(0, 1, "a")], "[a|a]bc[d|b]e"),
        # Touching ones are two things.
        ("abcd", [mark(0, 2, "a"), mark(2, 4, "b")], "[ab|a][cd|b]"),
        # Overlapping, nested and equal ones are one.
        ("abcde", [mark(0, 3, "a"), mark(2, 4, "b")], "[abcd|a+b]e"),
        ("abcde", [mark(0, 5, "a"), mark(1, 2, "b"), mark(3, 4, "c")], "[abcde|a+b+c]"),
        ("abcde", [mark(1, 3, "a"), mark(1, 3, "b")], "a[bc|a+b]de"),
        # A chain: the first and the last do not overlap, but belong together.
        ("abcdef", [mark(0, 3), mark(2, 5, "b"), mark(4, 6, "c")], "[abcdef|a+b+c]"),
        # One reason twice is said once; the strongest is said first.
        ("abc", [mark(0, 2), mark(1, 3)], "[abc|a]"),
        (
            "abc",
            [mark(0, 2, "weak", 0.5), mark(1, 3, "strong", -2)],
            "[abc|strong+weak]",
        ),
        # Beyond the ends, empty, backwards: cut off or left out.
        ("abc", [mark(-2, 1)], "[a|a]bc"),
        ("abc", [mark(2, 99)], "ab[c|a]"),
        ("abc", [mark(7, 9)], "abc"),
        ("abc", [mark(1, 1)], "abc"),
        ("abc", [mark(2, 1)], "abc"),
        # Offsets count code points: characters beyond the first plane are one each.
        ("😀😀x😀", [mark(2, 3)], "😀😀[x|a]😀"),
        ("👩‍👩‍👧 hi", [mark(6, 8)], "👩‍👩‍👧 [hi|a]"),
    ],
)
def test_marks_cut_the_text_in_pieces(text: str, marks: list[Mark], shown: str) -> None:
    pieces = mark_text(text, marks)

    assert show(pieces) == shown
    assert "".join(piece.text for piece in pieces) == text


@pytest.mark.parametrize(
    ("weights", "is_for_spam"),
    [([1.0], True), ([-1.0], False), ([2.0, -1.0], True), ([0.5, -1.0], False)],
)
def test_a_piece_says_which_way_its_reasons_point(
    weights: list[float], *, is_for_spam: bool
) -> None:
    [piece] = mark_text("abc", [mark(0, 3, "a", weight) for weight in weights])

    assert piece.is_for_spam is is_for_spam


@pytest.mark.parametrize(
    ("marks", "length", "head", "tail"),
    [
        # All of it fits.
        ([], 11, "one two six", ""),
        # Cut at a space, or hard where there is none.
        ([], 6, "one ", "two six"),
        ([], 2, "on", "e two six"),
        # A marked piece stays whole, on the far side.
        ([mark(4, 11)], 6, "one ", "[two six|a]"),
        # What is marked further on keeps its mark.
        ([mark(8, 11)], 5, "one ", "two [six|a]"),
    ],
)
def test_a_long_text_is_split(
    marks: list[Mark], length: int, head: str, tail: str
) -> None:
    shown, rest = split_pieces(mark_text("one two six", marks), length)

    assert (show(list(shown)), show(list(rest))) == (head, tail)


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        # Text and reasons are escaped, whatever they are.
        ([Piece(text="<b>")], "&lt;b&gt;"),
        (
            [Piece(text="<b>", reasons=('"',), is_for_spam=True)],
            '<mark title="&#34;">&lt;b&gt;</mark>',
        ),
        # Which way the reasons point, and what was searched for.
        ([Piece(text="a", reasons=("A.",))], '<mark class="good" title="A.">a</mark>'),
        ([Piece(text="a", is_hit=True)], '<mark class="hit">a</mark>'),
        # A reason is told once: half of a page would be repetition.
        (
            [Piece(text=text, reasons=("A.",), is_for_spam=True) for text in "ab"],
            '<mark title="A.">a</mark><mark>b</mark>',
        ),
    ],
)
def test_pieces_are_joined_to_a_page(pieces: list[Piece], shown: str) -> None:
    assert join_pieces(pieces) == shown
