import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.praise_of_blog import find_praise_of_blog
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Flattery.
        ("Great! I love your blog.", ["your blog"]),
    ],
)
def test_praise_of_the_blog_is_marked(body: str, marked: list[str]) -> None:
    signal = find_praise_of_blog(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("praise_of_blog", POINTS["praise_of_blog"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Thanks.
        "Thank you, that helped me a lot.",
        # No praise.
        "Your blog is down.",
    ],
)
def test_praise_of_what_was_said_is_no_evidence(body: str) -> None:
    signal = find_praise_of_blog(Submission(body=body), Context())

    assert signal is None
