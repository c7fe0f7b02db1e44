import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.camel_case_name import find_camel_case_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # Two parts.
        ("RobertSmith", ["RobertSmith"]),
        # Three parts.
        ("LoanOfferFast", ["LoanOfferFast"]),
        # Space around it.
        (" RobertSmith ", [" RobertSmith "]),
    ],
)
def test_a_joined_name_is_marked(author: str, marked: list[str]) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_camel_case_name(submission, Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["camel_case_name"]
    assert {span.field for span in signal.spans} == {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # First and last name.
        "Robert Smith",
        # Scottish.
        "McAllister",
        # Scottish, longer.
        "MacDonald",
        # Dutch.
        "VanDamme",
        # One word.
        "Robert",
        # Capitals.
        "RS",
        # None.
        "",
    ],
)
def test_other_names_are_no_evidence(author: str) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_camel_case_name(submission, Context())

    assert signal is None
