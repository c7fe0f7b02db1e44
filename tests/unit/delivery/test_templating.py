"""What mails are made of: every text in every language, and nothing unescaped."""

import json
import re

import pytest

from moderation.delivery.templating import find_templates, make_translate, render_mail
from moderation.web.languages import LANGUAGES

FOLDER = find_templates() / "emails"
WORDS = json.loads((FOLDER / "words.json").read_text("utf-8"))
# What is said in the subject, which no template has.
SUBJECTS = {"A reply on {site}", "Replies on {site}: please confirm"}
VALUES = {"subject": "S", "site": "<b>A</b>", "page": "P", "unsubscribe": "https://u"}


def list_texts() -> set[str]:
    sources = [path.read_text("utf-8") for path in FOLDER.glob("*.*t*")]
    return SUBJECTS | {
        text for source in sources for text in re.findall(r'\bt\("([^"]+)"', source)
    }


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_in_every_language_and_no_other(language: str) -> None:
    words = WORDS[language]

    assert set(words) == list_texts()
    for text, said in words.items():
        assert re.findall(r"\{\w+\}", said) == re.findall(r"\{\w+\}", text)


def test_what_nobody_has_put_into_a_language_is_english() -> None:
    assert make_translate("tlh")("A reply on {site}", site="X") == "A reply on X"


def test_the_text_is_as_it_is_and_the_html_escaped() -> None:
    text, html = render_mail("ask", {**VALUES, "confirm": "https://c"}, language="ar")

    assert "<b>A</b>" in text
    assert "&lt;b&gt;A&lt;/b&gt;" in html
    assert '<html lang="ar" dir="rtl">' in html
