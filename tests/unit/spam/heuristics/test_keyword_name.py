import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.keyword_name import find_keyword_name
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("author", "marked"),
    [
        # Phrase.
        ("Cheap SEO in Leeds", ["Cheap", "Cheap SEO", "SEO"]),
        # Hyphens.
        ("best-casino-tips", ["best-casino", "casino"]),
        # No first names.
        ("SEO Yun", ["SEO"]),
        ("Loan", ["Loan"]),
        ("A Loan", ["Loan"]),
    ],
)
def test_a_word_of_trade_in_the_name_is_marked(author: str, marked: list[str]) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_keyword_name(submission, Context())

    assert signal is not None
    assert [author[span.start : span.end] for span in signal.spans] == marked
    assert signal.weight == POINTS["keyword_name"]
    assert {span.field for span in signal.spans} == {"author"}


@pytest.mark.parametrize(
    "author",
    [
        # A name.
        "Anna Schmidt",
        # A surname that is a word.
        "Leontyne Price",
        # Part of a word.
        "Casinova",
        # First names of people elsewhere.
        "Loan Nguyen",
        "Seo Yun-ah",
        "Keto Losaberidze",
        # None.
        "",
    ],
)
def test_a_name_without_such_words_is_no_evidence(author: str) -> None:
    submission = Submission(body="Hello.", author=author)

    signal = find_keyword_name(submission, Context())

    assert signal is None
