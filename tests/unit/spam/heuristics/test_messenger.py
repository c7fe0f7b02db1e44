import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.messenger import find_messenger
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # WhatsApp.
        ("Reach me on WhatsApp today", ["WhatsApp"]),
        # Two.
        ("telegram or Viber", ["telegram", "Viber"]),
        # In Russian.
        ("Пишите в ватсап", ["ватсап"]),
        # In Chinese, without spaces: "add my WeChat", with and without its number.
        ("免费领取加微信kefu88", ["加微信"]),
        ("详情微信：kefu88", ["微信：k"]),
        ("加入qq群", ["qq群"]),
    ],
)
def test_a_messenger_is_marked(body: str, marked: list[str]) -> None:
    signal = find_messenger(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("messenger", POINTS["messenger"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # A part of a word.
        "a stereotelegraph",
        # Talk.
        "Tell me what's up.",
        # "My friends sent me this article on WeChat."
        "朋友在微信里发给我这篇文章",
    ],
)
def test_other_words_are_no_messenger(body: str) -> None:
    signal = find_messenger(Submission(body=body), Context())

    assert signal is None
