import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.money import find_money
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Sign first.
        ("I made $5,000 a week", ["$5,000"]),
        # Sign last.
        ("only 20 €!", ["20 €"]),
        # In words.
        ("I lost 100000 dollars", ["100000 dollars"]),
    ],
)
def test_a_sum_of_money_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_money(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["money"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A dose.
        "I take 50 mg of it.",
        # A variable.
        "echo $HOME",
        # A unit.
        "It weighs 3 kg.",
        # A word.
        "Dollars to doughnuts.",
    ],
)
def test_other_figures_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_money(submission, Context())

    assert signal is None


def test_three_places_weigh_more() -> None:
    body = "A cheap loan of $5,000"

    signal = find_money(Submission(body=body), Context())

    assert signal is not None
    assert (signal.name, len(signal.spans)) == ("money_3", 3)
    assert signal.weight == POINTS["money_3"] > POINTS["money"]
