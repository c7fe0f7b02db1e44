import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.repeated_text import find_repeated_text
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # The same sentence three times.
        (
            3 * "I went to the lake and then home. " + "Fine then.",
            ["I went to the lake and then home. I went to the lake and then home"],
        ),
    ],
)
def test_the_repetition_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_repeated_text(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["repeated_text"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Too short to say.
        "ha ha ha ha ha ha ha ha ha ha",
        # Ordinary prose.
        (
            "I have tried this on two machines, an old one and a new one, and on both "
            "of them the build stopped at the very last step with no message at all."
        ),
        # No words.
        "",
    ],
)
def test_honest_texts_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_repeated_text(submission, Context())

    assert signal is None
