from time import process_time

import pytest

from moderation.formats.markdown import convert_html
from moderation.services.rendering import render_markdown

# As our own exports have them: what is read back must show the same.
BODIES = [
    "Hello *you* and **him**, `code` and ``a ` b``.\n\nA new paragraph\nof two lines.",
    "[x](https://a.example/b_c(d)) and https://x.example/a_b?c=d&e=f.",
    "> a quote\n> of two lines\n\nand an answer",
    "- one\n  - two\n  - three\n- four\n\n3. x\n4. y",
    "```\nlines of  code\n  <b> `t` &amp;\n```\n\nafter",
    "1\\. no list\n\\- none either\n\\# no heading\n\\> no quote",
    "snake_case, 2 * 3 * 4, a_b_c, \\*no\\*, <b>, &lt; and \\&lt;",
    "***both***, *a*b, [no link] and \\[none\\](either)",
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("is_typed", [True, False])
def test_what_was_rendered_is_read_back_to_show_the_same(
    body: str, *, is_typed: bool
) -> None:
    html = render_markdown(body)

    read = convert_html(html, is_typed=is_typed)

    assert render_markdown(read) == html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        # Typed into WordPress, where a line end is one.
        ("One\r\ntwo\n\nthree", "One\ntwo\n\nthree"),
        ("Hi.<br />\nThere.", "Hi.\nThere."),
        # Its first word may have one letter, and a line may go on behind a mark.
        ("I like <this> & that\nreally", "I like  & that\nreally"),
        ("<b>Well</b> yes\nno", "**Well** yes\nno"),
        # Indented, it is no code.
        ("      Six spaces\n    and four", "Six spaces\nand four"),
        # A link that shows its address.
        (
            '<a href="https://a.example/x">https://a.example/x</a>',
            "https://a.example/x",
        ),
        ('<a href="http://a.example/x y">z</a>', "[z](http://a.example/x%20y)"),
        # Pictures are links here.
        (
            '<img src="https://a.example/p.png" alt="A cat">',
            "[A cat](https://a.example/p.png)",
        ),
        # What would be Markdown and was none.
        ("5 * 3 * 2 and *this*", "5 * 3 * 2 and \\*this\\*"),
        ("1. first", "1\\. first"),
        # Nothing that runs.
        ('<a href="javascript:alert(1)">x</a><script>y</script>', "x"),
        ('<p onclick="x">y</p><style>z</style>', "y"),
        ('"><svg/onload=alert(1)>', '">'),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert convert_html(html, is_typed=True) == markdown


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<blockquote>",
        "<a href=x>",
        "*_",
        "[a](",
        "&",
        "<li>",
        "`",
        "\n ",
        "[a",
        "<!--",
    ],
)
def test_the_time_grows_with_the_text_not_with_its_square(piece: str) -> None:
    def measure(characters: int) -> float:
        text = piece * (characters // len(piece))
        begun = process_time()
        convert_html(text, is_typed=True)
        return process_time() - begun

    measure(1_000)

    assert measure(64_000) < 3 * 4 * measure(16_000) + 0.25
