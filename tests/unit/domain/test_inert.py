import pytest

from moderation.domain.inert import cut_text, make_inert


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        # What every mail program makes a link of.
        ("http://evil.example/a?b=c", "hxxp[:]//evil[.]example/a?b=c"),
        ("HTTPS://EVIL.example", "hxxpS[:]//EVIL[.]example"),
        ("www.evil.example", "www[.]evil[.]example"),
        ("bob@evil.example", "bob[at]evil[.]example"),
        ("mailto:bob@evil.example", "mailto[:]bob[at]evil[.]example"),
        # What some do: bare names, other schemes, letters of other scripts.
        ("see evil.example.", "see evil[.]example."),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("ftp://x", "ftp[:]//x"),
        ("tel:+49123", "tel[:]+49123"),
        ("localhost:8000", "localhost[:]8000"),
        ("пример.рф", "пример[.]рф"),
        ("evil\uff0eexample", "evil[.]example"),
        (
            "a http://b.example\nhttp://c.example",
            "a hxxp[:]//b[.]example\nhxxp[:]//c[.]example",
        ),
        # Addresses hidden by what can't be seen; words turned around.
        ("www\u200b.evil.example", "www[.]evil[.]example"),
        ("\u202emoc.live", "moc[.]live"),
        ("a\x00b\x1b[31m", "ab[31m"),
        # What is no address stays: times, numbers, the ends of sentences, colons.
        ("At 12:30 it was 3.14. Then: no.", "At 12:30 it was 3.14. Then: no."),
        ("Why @ all?", "Why @ all?"),
        ("一。二", "一。二"),
    ],
)
def test_nothing_is_left_to_click(text: str, inert: str) -> None:
    assert make_inert(text) == inert


def test_what_is_inert_stays_as_it_is() -> None:
    once = make_inert("http://evil.example bob@evil.example")

    assert make_inert(once) == once


def test_a_long_text_is_cut_and_says_so() -> None:
    assert cut_text("abc def", 4) == "abc …"
    assert cut_text("abc", 3) == "abc"
