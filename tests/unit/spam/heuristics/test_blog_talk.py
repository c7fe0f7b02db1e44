import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.blog_talk import find_blog_talk
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Three.
        (
            "Your blog, this article, a great site.",
            ["Your blog", "this article", "a great site"],
        ),
    ],
)
def test_three_turns_about_blogs_are_marked(body: str, marked: list[str]) -> None:
    signal = find_blog_talk(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("blog_talk", POINTS["blog_talk"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Two.
        "Your blog helped, this article too.",
        # None.
        "It helped me.",
    ],
)
def test_less_talk_is_no_evidence(body: str) -> None:
    signal = find_blog_talk(Submission(body=body), Context())

    assert signal is None
