import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.gift import find_gift
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Card.
        ("win a gift card", ["gift card"]),
        # Money.
        ("earn easy money", ["earn easy money"]),
    ],
)
def test_gifts_are_marked(body: str, marked: list[str]) -> None:
    signal = find_gift(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("gift", POINTS["gift"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A gift.
        "Her gift was time.",
        # Earning.
        "I earn little.",
    ],
)
def test_honest_words_are_no_gift(body: str) -> None:
    signal = find_gift(Submission(body=body), Context())

    assert signal is None
