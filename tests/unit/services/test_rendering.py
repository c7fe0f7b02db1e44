import re
import time

import pytest

from moderation.services.rendering import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        # What people type most: paragraphs and line breaks, kept.
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("one\r\ntwo", "<p>one<br>\ntwo</p>"),
        ("*so* **much** `x < y`", ("<p><em>so</em> <strong>much</strong> "
         "<code>x &lt; y</code></p>")),
        ("> she said", "<blockquote>\n<p>she said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        # Links earn nothing and lead nowhere by surprise.
        ("[a](https://a.example/)", ('<p><a href="https://a.example/" '
         'rel="nofollow ugc noopener">a</a></p>')),
        ("https://a.example/?a=1&b=2", ('<p><a href="https://a.example/?a=1&amp;b=2" '
         'rel="nofollow ugc noopener">https://a.example/?a=1&amp;b=2</a></p>')),
        # An address without host leads elsewhere from every page that shows it.
        ("[a](/logout)", '<p><a rel="nofollow ugc noopener">a</a></p>'),
        ("[a](//a.example)", '<p><a rel="nofollow ugc noopener">a</a></p>'),
        ("[a](#top)", '<p><a rel="nofollow ugc noopener">a</a></p>'),
        # Markup is text.
        ("<b>b</b>", "<p>&lt;b&gt;b&lt;/b&gt;</p>"),
        ("a < b && c", "<p>a &lt; b &amp;&amp; c</p>"),
        # A comment is not a page: no headings, pictures or rules of its own.
        ("# Big", "<p><strong>Big</strong></p>"),
        ("![cat](https://a.example/cat.png)", ('<p><a href="https://a.example/cat.png" '
         'rel="nofollow ugc noopener">cat</a></p>')),
        ("one\n\n* * *\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("\U0001f49a", "<p>\U0001f49a</p>"),
    ],
)  # fmt: skip
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert render_markdown(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        '![x](x"onerror="alert(1))',
        '[x](https://a.example/ "onmouseover=alert(1)")',
        '<https://a.example/"onclick=alert(1)>',
        "[a]: javascript:alert(1)\n\n[a]",
        "`<script>`</script><svg/onload=alert(1)>",
    ],
)
def test_nothing_that_runs_comes_out(text: str) -> None:
    html = render_markdown(text).lower()

    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    for attribute in ("onerror=", "onclick=", "onmouseover=", "onload="):
        assert f" {attribute}" not in html.replace("&quot;", "").split(">")[0]
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="vbscript' not in html


@pytest.mark.parametrize(
    ("text", "links"),
    [
        # With brackets in it; with marks behind it that are not its own.
        ("http://a.example/?b[]=1.", ["http://a.example/?b%5B%5D=1"]),
        # In brackets it ends where they do.
        ("[see http://a.example/b]c", ["http://a.example/b"]),
        ("[see http://a.example/b.]c", ["http://a.example/b"]),
        # In the text of a link it is none of its own.
        ("[http://b.example](http://a.example)", ["http://a.example"]),
        # Only the beginning of one.
        ("http://", []),
        ("[http://]", []),
    ],
)
def test_bare_addresses_become_links(text: str, links: list[str]) -> None:
    html = render_markdown(text)

    assert re.findall('href="([^"]*)"', html) == links


@pytest.mark.parametrize(
    "piece",
    [
        "[", "[a](", "*a ", "_a_ ", "**", "> ", "`", "<", "1. \n", "- a\n", "![[",
        "[url=http://a.example]", "[http://a", "http://", "[url=", "<a href=",
        "\n> - ", "[a]: b\n", "&#x", "&amp;", "\\", "\\[", "<http://a>", "*_", "~~",
        "[a][b]", "\u0301", "\u200b", "\u202e", "a@b.example ", "***a", "] [", "\n\n",
        "    a\n", "```\n", "`a``", "  \n", "![a](http://b)", "<!--", "<a", "</",
    ],
)  # fmt: skip
def test_time_grows_no_worse_than_the_text(piece: str) -> None:
    def measure(length: int) -> float:
        text = (piece * length)[:length]
        start = time.thread_time()
        render_markdown(text)
        return time.thread_time() - start

    measure(1_000)
    # Four times the text may take four times as long, not sixteen times; the constant
    # evens out what a busy machine adds. What grows faster does so every time.
    tries = (measure(32_762) < 6 * measure(8_190) + 0.05 for _ in range(3))

    assert any(tries)
