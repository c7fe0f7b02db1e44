import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_to_home import find_link_to_home
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # With and without a slash.
        (
            "https://a.example and www.b.example/ too",
            ["https://a.example", "www.b.example/"],
        ),
    ],
)
def test_a_link_to_a_whole_site_is_marked(body: str, marked: list[str]) -> None:
    signal = find_link_to_home(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("link_to_home", POINTS["link_to_home"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A page.
        "https://a.example/page",
        # A search.
        "https://a.example?q=x",
        # No link.
        "Hello.",
    ],
)
def test_a_link_to_a_page_is_no_evidence(body: str) -> None:
    signal = find_link_to_home(Submission(body=body), Context())

    assert signal is None
