"""No name is a reason by itself to hold what somebody has to say."""

import pytest

from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission
from moderation.spam.verdict import DEFAULT_THRESHOLDS

BODY = (
    "I had the same trouble with my roses last spring. Did you cut them back before "
    "the frost?"
)


def judge_name(author: str) -> float:
    """Return the score of a harmless comment by an author of this name."""
    return judge(Submission(body=BODY, author=author, email="a@example.org")).score


@pytest.mark.parametrize(
    "author",
    [
        # Short ones, and one word.
        "Jo",
        "Ng",
        "mike",
        "anonymous",
        # With a number.
        "anna1987",
        "DJ 2000",
        "runner42",
        "X \u00c6 A-12",
        # With a hyphen, an apostrophe, an accent, a capital inside.
        "Jean-Luc",
        "O'Neill",
        "Nguy\u1ec5n Th\u1ecb Minh Khai",
        "MacDonald",
        "LaToya",
        # In small letters.
        "von der Leyen",
        "maria da silva",
        "ludwig van beethoven",
        "mom of two boys",
        # In other scripts.
        "\u0410\u043d\u043d\u0430 \u041f\u0435\u0442\u0440\u043e\u0432\u0430",
        "\u674e\u5c0f\u9f8d",
        "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",
        "\u05d3\u05d5\u05d3",
        "\u0395\u03bb\u03ad\u03bd\u03b7",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
        # Names that are words of trade elsewhere; nicknames that are one.
        "Loan Nguyen",
        "Seo Yun-ah",
        "Leontyne Price",
        "Bitcoin Bob",
        "kickboxing12",
    ],
)
def test_nobody_is_held_for_a_name_alone(author: str) -> None:
    assert judge_name(author) < DEFAULT_THRESHOLDS.publish_below


@pytest.mark.parametrize(
    "author",
    ["cheap rolex watches", "best payday loans", "buy viagra online", "SEO Services"],
)
def test_names_that_sell_are_evidence_and_no_verdict(author: str) -> None:
    plain, selling = judge_name("Anna"), judge_name(author)

    assert plain < selling < DEFAULT_THRESHOLDS.spam_above / 2
