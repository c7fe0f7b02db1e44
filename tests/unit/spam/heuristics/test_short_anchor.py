import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.short_anchor import find_short_anchor
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # HTML.
        ('<a href="https://a.example">cheap watches</a>', ["cheap watches"]),
        # Markdown.
        ("Nice! [garden furniture](https://a.example)", ["garden furniture"]),
        # BBCode, four words.
        ("[url=https://a.example]one two three four[/url]", ["one two three four"]),
        # Only the short one of two.
        ("[a b c d e](https://a.example) [f](https://a.example)", ["f"]),
    ],
)
def test_a_link_on_few_words_is_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_short_anchor(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["short_anchor"]
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # An address on itself.
        "[https://a.example](https://a.example)",
        # A sentence of five words.
        "[this is how I did](https://a.example)",
        # One endless word.
        "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx](https://a.example)",
        # A bare address.
        "https://a.example",
        # Nothing to click on.
        '<a href="https://a.example"></a>',
    ],
)
def test_other_links_are_no_evidence(body: str) -> None:
    submission = Submission(body=body)

    signal = find_short_anchor(submission, Context())

    assert signal is None
