import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.code import find_code
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # In backticks.
        ("Use `x = 1` here", ["`x = 1`"]),
        # A call.
        ("then main() runs", ["n()"]),
        # A method.
        ("np.array(x)", ["np.array("]),
        # Lines of C.
        ("int a;\nint b;\n", [";"]),
    ],
)
def test_code_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_code(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["code"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A sentence; with a semicolon.
        "It works; I am glad.",
        # Brackets.
        "It works (on Linux).",
        # HTML links.
        '<a href="https://a.example/x.y(z">x</a>',
        # One backtick.
        "the ` key",
    ],
)
def test_prose_is_no_code(body: str) -> None:
    submission = Submission(body=body)

    signal = find_code(submission, Context())

    assert signal is None
