import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.link_history import find_link_history
from moderation.spam.learning import Learnt, Tally
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="See https://www.a.example and https://b.example/x")


def know(**domains: Tally) -> Context:
    return Context(
        learnt=Learnt(domains={f"{name}.example": t for name, t in domains.items()})
    )


@pytest.mark.parametrize(
    ("context", "name"),
    [
        (know(a=Tally(spam=40)), "spam_host"),
        # An approved domain does not make up for one of spam.
        (know(a=Tally(spam=40), b=Tally(ham=90)), "spam_host"),
        # Both are known from approved comments.
        (know(a=Tally(ham=50), b=Tally(ham=40)), "approved_host"),
    ],
)
def test_a_long_history_of_one_kind_has_its_full_weight(
    context: Context, name: str
) -> None:
    signal = find_link_history(SUBMISSION, context)

    assert signal is not None
    assert (signal.name, signal.weight) == (name, POINTS[name])


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(learnt=Learnt()),
        # Another domain.
        know(c=Tally(spam=9)),
        # A platform that both kinds link to.
        know(a=Tally(spam=2, ham=2)),
        # A known domain does not vouch for the unknown beside it.
        know(a=Tally(ham=9)),
    ],
)
def test_what_is_unknown_or_ordinary_is_no_evidence(context: Context) -> None:
    signal = find_link_history(SUBMISSION, context)

    assert signal is None


def test_only_the_known_domain_is_marked() -> None:
    signal = find_link_history(SUBMISSION, know(b=Tally(spam=1)))

    assert signal is not None
    assert [(span.field, span.start) for span in signal.spans] == [
        ("body", SUBMISSION.body.index("https://b"))
    ]
