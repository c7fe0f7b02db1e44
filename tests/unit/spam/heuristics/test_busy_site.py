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
        "The site is being flooded: 412 comments in ten minutes, usually 3; "
        "everything is held."
    )


def test_a_busy_day_is_no_evidence() -> None:
    context = Context(recent_on_site=60, usual_on_site=10.0)

    assert find_busy_site(SUBMISSION, context) is None
