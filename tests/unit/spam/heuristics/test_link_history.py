import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_history import find_link_history
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://a.example and https://b.example")


@pytest.mark.parametrize(
    ("context", "points"),
    [
        (Context(link_hosts_spam={"a.example": 1}), "spam_host"),
        # More spam than approved comments.
        (
            Context(
                link_hosts_spam={"a.example": 2}, link_hosts_approved={"a.example": 1}
            ),
            "spam_host",
        ),
        # Both hosts are known from approved comments.
        (
            Context(link_hosts_approved={"a.example": 1, "b.example": 1}),
            "approved_host",
        ),
    ],
)
def test_what_is_known_is_weighed(context: Context, points: str) -> None:
    signal = find_link_history(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS[points]


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        # Another host.
        Context(link_hosts_spam={"c.example": 9}),
        # A platform that both kinds link to.
        Context(link_hosts_spam={"a.example": 2}, link_hosts_approved={"a.example": 2}),
        # A known host does not vouch for the unknown beside it.
        Context(link_hosts_approved={"a.example": 9}),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_link_history(SUBMISSION, context)

    assert signal is None


def test_only_the_known_site_is_marked() -> None:
    context = Context(link_hosts_spam={"b.example": 1})

    signal = find_link_history(SUBMISSION, context)

    assert signal is not None
    assert [(span.field, span.start) for span in signal.spans] == [
        ("body", SUBMISSION.body.index("https://b"))
    ]
