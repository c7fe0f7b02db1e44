import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.domain.plain_text import is_plain
from moderation.formats.markdown import convert_html
from moderation.services.rendering import render_markdown, render_marked

# What begins something in Markdown or HTML, in all the ways it can stand.
PIECES = [
    *"aZé1 .,;:?!'\"()%-–\n", "\n\n", "  ", "Ab", "zß", "日本", "½", "\u0301", "1. ",
    "http", "://", "www.", "- ", "*", "_", "`", "<b>", "&amp;", "[a](b)", "#", ">",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_plain_becomes_what_a_parser_makes_of_it(text: str) -> None:
    assert render_markdown(text) == render_marked(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join).filter(is_plain))
def test_what_is_plain_is_the_same_as_html(text: str) -> None:
    # An empty element changes nothing but that a parser has to read the text.
    assert convert_html(text, is_typed=True) == convert_html(
        f"{text}<i></i>", is_typed=True
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thank you! It worked (at last).\nBest wishes\n\nAda", True),
        # A list, an address, a code, an entity, a line that is broken by two spaces.
        ("1. One", False),
        ("See http://a.example/", False),
        ("Use `x`", False),
        ("R&amp;D", False),
        ("One  \ntwo", False),
        ("", False),
    ],
)
def test_texts_without_marks_are_plain(text: str, *, expected: bool) -> None:
    assert is_plain(text) is expected
