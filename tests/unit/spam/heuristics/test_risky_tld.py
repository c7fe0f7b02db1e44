import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.risky_tld import find_risky_tld
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Cheap domain.
        ("Look https://a-b.xyz/c d", ["https://a-b.xyz/c"]),
        # Only that of two.
        ("https://a.example http://WWW.C.TOP", ["http://WWW.C.TOP"]),
        # With a port.
        ("https://a.click:8080/", ["https://a.click:8080/"]),
    ],
)
def test_a_link_into_a_risky_domain_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_risky_tld(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["risky_tld"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # The ending of a file.
        "https://a.example/x.xyz",
        # A label inside.
        "https://xyz.example.org",
        # No link.
        "We met at site B.",
    ],
)
def test_other_domains_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_risky_tld(submission, Context())

    assert signal is None
