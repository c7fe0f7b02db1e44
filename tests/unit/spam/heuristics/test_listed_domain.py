import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.listed_domain import find_listed_domain
from moderation.spam.lists import REFERRER_DOMAINS
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

DOMAIN = min(REFERRER_DOMAINS, key=lambda name: (len(name), name))


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Under a listed domain.
        (f"See https://sub.{DOMAIN}/x now", [f"https://sub.{DOMAIN}/x"]),
    ],
)
def test_a_domain_on_the_list_is_marked(body: str, marked: list[str]) -> None:
    signal = find_listed_domain(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("listed_domain", POINTS["listed_domain"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Another.
        "https://a.example",
        # A name that only ends alike.
        f"https://not{DOMAIN}",
        # No link.
        "Hello.",
    ],
)
def test_other_domains_are_no_evidence(body: str) -> None:
    signal = find_listed_domain(Submission(body=body), Context())

    assert signal is None
