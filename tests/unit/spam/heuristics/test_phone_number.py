import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.phone_number import find_phone_number
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # International.
        ("Call +44 20 7946 0123 today", ["+44 20 7946 0123"]),
        # North American.
        ("Dial (555) 010-0199 now", ["(555) 010-0199"]),
        # With the country code.
        ("1-555-010-0199", ["1-555-010-0199"]),
        # Announced by a word.
        ("WhatsApp me on: 020 7946 0123", ["020 7946 0123"]),
    ],
)
def test_a_telephone_number_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_phone_number(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["phone_number"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Date and time.
        "It was 2018-12-26 22:04:05 here.",
        # Version.
        "I use 10.0.19041.1 of it.",
        # A network address.
        "Ping 192.168.100.200 first.",
        # A large number.
        "We had 1 000 000 000 rows.",
        # A dose.
        "I take 20-40 mg since 2019-2020.",
        # Inside of a link.
        "https://a.example/+442079460123",
        # Short numbers that help.
        "Call 988 or 116 123.",
    ],
)
def test_other_figures_are_no_telephone_number(body: str) -> None:
    submission = Submission(body=body)

    signal = find_phone_number(submission, Context())

    assert signal is None
