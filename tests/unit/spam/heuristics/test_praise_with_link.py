import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.praise_with_link import find_praise_with_link
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Flattery.
        ("Great tips, see https://a.example", ["Great"]),
    ],
)
def test_praise_beside_a_link_is_marked(body: str, marked: list[str]) -> None:
    signal = find_praise_with_link(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == (
        "praise_with_link",
        POINTS["praise_with_link"],
    )
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # No link.
        "Great tips, thanks!",
        # No praise.
        "See https://a.example",
    ],
)
def test_praise_alone_is_no_evidence(body: str) -> None:
    signal = find_praise_with_link(Submission(body=body), Context())

    assert signal is None
