import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.spam.reading import (
    MOST_LINKS,
    Markup,
    blank_addresses,
    find_link_host,
    find_links,
    find_word_spans,
    find_words,
    lower,
    split_runs,
    split_words,
)

# English letters are read by expressions of their own.
ENGLISH = st.text("aZ09 _-.'!é’", max_size=40)


@pytest.mark.parametrize(
    ("body", "links"),
    [
        # Each markup alone.
        ("See https://a.example/b", [(Markup.BARE, "https://a.example/b", "")]),
        (
            '<a href="https://a.example">x y</a>',
            [(Markup.HTML, "https://a.example", "x y")],
        ),
        (
            "[url=https://a.example]x[/url]",
            [(Markup.BBCODE, "https://a.example", "x")],
        ),
        ("[url]https://a.example[/url]", [(Markup.BBCODE, "https://a.example", "")]),
        ("[x](https://a.example)", [(Markup.MARKDOWN, "https://a.example", "x")]),
        # Punctuation after an address belongs to the sentence.
        ("(see http://a.example/b).", [(Markup.BARE, "http://a.example/b", "")]),
        ("Is it www.a.example?", [(Markup.BARE, "www.a.example", "")]),
        # Links inside of a link are part of it.
        (
            '<a href="https://a.example">https://b.example</a>',
            [(Markup.HTML, "https://a.example", "https://b.example")],
        ),
        # A tag that is never closed does not swallow what follows.
        (
            '<a href="https://a.example">x <a href="https://b.example">y</a>',
            [
                (Markup.HTML, "https://a.example", ""),
                (Markup.HTML, "https://b.example", "y"),
            ],
        ),
        # In the order they stand.
        (
            "www.a.example [x](https://b.example) https://c.example",
            [
                (Markup.BARE, "www.a.example", ""),
                (Markup.MARKDOWN, "https://b.example", "x"),
                (Markup.BARE, "https://c.example", ""),
            ],
        ),
        # No links.
        ("", []),
        ("[1] and [x] (y) <a> </a> [url] [/url]", []),
        ("awww.cute and http alone", []),
    ],
)
def test_links_are_found(body: str, links: list[tuple[Markup, str, str]]) -> None:
    found = find_links(body)

    assert [
        (link.markup, link.url, body[link.anchor_start : link.anchor_end])
        for link in found
    ] == links


def test_a_flood_of_links_is_cut() -> None:
    assert len(find_links(2 * MOST_LINKS * "www.a.example ")) == MOST_LINKS


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.A.example:8080/b?c#d", "a.example"),
        ("a.example/b", "a.example"),
        # What a browser would open, not what the eye reads first.
        ("https://bank.example@evil.example/", "evil.example"),
        ("http:///a.example", "a.example"),
        ("https://a.example.", "a.example"),
        # No host.
        ("", ""),
        ("   ", ""),
        ("nowhere", ""),
        ("https://", ""),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert find_link_host(url) == host


@pytest.mark.parametrize(
    ("body", "words"),
    [
        # Addresses and tags are not words, what they enclose is.
        (
            'Look <a href="https://a.example/b">over THERE</a> https://c.example',
            ["look", "over", "there"],
        ),
        ("[url=https://a.example]x[/url] y", ["x", "y"]),
        # One word with an apostrophe of either kind.
        ("don't doesn’t", ["don't", "doesn’t"]),
        ("snake_case e-mail 365", ["snake", "case", "e", "mail", "365"]),
        ("Привет, Zoë", ["привет", "zoë"]),
        ("… !", []),
    ],
)
def test_words_are_found(body: str, words: list[str]) -> None:
    assert list(find_words(blank_addresses(body))) == words


def test_the_spans_of_words_point_into_the_body() -> None:
    body = "İ see <b>two</b> https://a.example words"
    prose = blank_addresses(body)

    spans = find_word_spans(prose)

    assert len(spans) == len(find_words(prose))
    assert [body[start:end] for start, end in spans] == ["İ", "see", "two", "words"]


@given(ENGLISH | st.text(max_size=40))
def test_words_stand_where_they_are_said_to(text: str) -> None:
    low = lower(text)

    texts, starts, ends = split_words(low)

    assert list(zip(starts, ends, strict=True)) == list(find_word_spans(low))
    assert texts == [low[start:end] for start, end in find_word_spans(low)]


@pytest.mark.parametrize(
    ("text", "low"),
    [
        # In circles, in full width, and as mathematics.
        ("ⒷⓊⓎ Ｃａｓｉｎｏ 𝐏𝐢𝐥𝐥𝐬 𝟗𝟗", "buy casino pills 99"),
        # Beside letters that stay.
        ("Été ⓝⓞⓦ", "été now"),
        # Japanese does not change, nor does what is more than one letter.
        ("ありがとう ㎏", "ありがとう ㎏"),
    ],
)
def test_styled_letters_are_read_as_plain_ones(text: str, low: str) -> None:
    assert lower(text) == low


@given(ENGLISH)
def test_english_words_are_those_beside_others(text: str) -> None:
    assert (*find_words(text), "é") == find_words(f"{text} é")


@given(ENGLISH)
def test_runs_are_what_stands_between_apostrophes(text: str) -> None:
    low = lower(text)

    assert [run for run in split_runs(find_words(low)) if run] == re.findall(
        r"[^\W_]+", low
    )
