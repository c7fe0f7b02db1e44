import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.busy_site import find_busy_site
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission

SUBMISSION = Submission(body="Hello")


def test_a_flood_is_said_to_be_why_everything_is_held() -> None:
    context = Context(recent_on_site=412, usual_on_site=3.2)

    signal = find_busy_site(SUBMISSION, context)

    assert signal is not None
    assert signal.weight == POINTS["busy_site"]
    assert signal.reason == (
        "The site is being flooded: at least 412 comments in ten minutes, usually 3; "
        "everything is held."
    )


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        # A busy day.
        Context(recent_on_site=60, usual_on_site=10.0),
        # In a flood, an author who is known and proved it.
        Context(
            recent_on_site=412,
            usual_on_site=3.0,
            is_author_known=True,
            is_author_confirmed=True,
        ),
    ],
)
def test_what_is_published_as_ever_is_not_marked(context: Context) -> None:
    assert find_busy_site(SUBMISSION, context) is None
