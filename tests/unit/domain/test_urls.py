import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.errors import InvalidOriginError, InvalidURLError
from moderation.domain.urls import find_host, find_origin, parse_origin, parse_web_url


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        # Nobody types the scheme.
        ("example.com", "https://example.com/"),
        # Case and the default port say nothing.
        ("HTTP://Example.COM:80/A", "http://example.com/A"),
        # Hosts in other scripts have one ASCII form.
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        # Quotes are quoted, so that no attribute can be left.
        ("http://x.com/?'onmouseover='a'", "http://x.com/?%27onmouseover=%27a%27"),
        # A lone percent sign is itself.
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%20", "https://a.example/%20"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://a.example.:443", "https://a.example/"),
    ],
)
def test_an_address_gets_its_one_form(typed: str, canonical: str) -> None:
    assert parse_web_url(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        # What is no web address.
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@example.org",
        "ftp://example.org/",
        "//example.org/",
        "/local",
        "",
        # What a template might trip over.
        'http://x.com/"><script>',
        "http://x.com/a b",
        "http://x.com/\nHeader: x",
        "http://x.com\\@evil.example/",
        "http://x.com/\x00",
        "http://x.com/\ud800",
        # What two parsers read differently.
        "http://user:password@example.org/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://127.1/",
        "http://exa%6dple.org/",
        "http://example.org:99999/",
        "http://example..org/",
        "http://-x.example/",
        "http://straße.example/",
        "http://STRAẞE.example/",
        "http://\U0002f868.example/",
        "http://" + "a" * 64 + ".example/",
        "http://example.org/" + "a" * 2_000,
    ],
)
def test_what_is_no_clear_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidURLError):
        parse_web_url(typed)


@given(st.text() | st.text().map(lambda text: f"http://example.org/{text}"))
def test_a_canonical_form_is_its_own(text: str) -> None:
    try:
        canonical = parse_web_url(text)
    except InvalidURLError:
        return

    assert parse_web_url(canonical) == canonical
    assert not set(canonical) & set("\"'<>\\` \n\r\t")
    assert find_host(canonical)


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://Blog.example", "https://blog.example"),
        ("https://blog.example:443/", "https://blog.example"),
        ("http://localhost:4000", "http://localhost:4000"),
    ],
)
def test_an_origin_gets_its_one_form(typed: str, origin: str) -> None:
    assert parse_origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        # The header of a sandboxed page.
        "null",
        "",
        # Not an origin, though it begins like one.
        "https://blog.example/path",
        "https://blog.example?x",
        "blog.example",
        "*",
    ],
)
def test_what_is_no_origin_is_refused(typed: str) -> None:
    with pytest.raises(InvalidOriginError):
        parse_origin(typed)


def test_an_address_lies_on_its_origin_alone() -> None:
    assert find_origin("https://blog.example:443/post?x#y") == "https://blog.example"
    assert find_origin("https://blog.example.evil.test/") != "https://blog.example"
    assert find_origin("javascript:alert(1)") == ""
