"""Whatever is typed, what is shown is of the few tags and attributes that may be."""

from html.parser import HTMLParser

import nh3
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.services.rendering import ATTRIBUTES, TAGS, URL_SCHEMES, render_markdown

# What parsers stumble over, put together at random.
PIECES = (
    *("<", ">", '"', "'", "`", "&", "&lt;", "&#60;", "&colon;", "/", "\\", "=", " "),
    *("\n", "\n\n", "\t", "[", "](", ")", "!", "*", "_", "> ", "- ", "1. ", "    "),
    *("```", "~~~", "<!--", "-->", "<![CDATA[", "]]>", "<svg>", "<math>", "<script>"),
    *("</script>", "<style>", "<template>", "<noscript>", "<a href=", "<p title="),
    *("<img src=x onerror=", "onclick=", "javascript:", "data:text/html,", "\x00"),
    *("https://a.example/", "mailto:a@b.example", "[a]: ", "\u202e", "\ud7ff", "İ"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map(
    "".join
)
ALWAYS = {"rel": "nofollow ugc noopener"}
quick = settings(max_examples=100, deadline=None)


class Tree(HTMLParser):
    """The tags, and each attribute with its tag and value."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


@quick
@given(text=TEXTS)
def test_nothing_comes_out_but_what_may(text: str) -> None:
    tree = Tree(render_markdown(text))

    assert tree.tags <= TAGS
    assert tree.others == []
    for tag, name, value in tree.attributes:
        if name in ALWAYS:
            assert (tag, value) == ("a", ALWAYS[name])
            continue
        assert name in ATTRIBUTES.get(tag, set())
        if name == "href":
            assert value.partition(":")[0].lower() in URL_SCHEMES


@quick
@given(text=TEXTS)
def test_a_browsers_parser_makes_the_same_of_it_again(text: str) -> None:
    """What parses otherwise the second time is how scripts slip through (mXSS)."""
    html = render_markdown(text)

    again = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel=ALWAYS["rel"],
    )

    assert again == html
