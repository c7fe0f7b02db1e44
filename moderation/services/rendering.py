"""Owns the step from Markdown as typed to HTML that is safe to show anywhere."""

import re
from functools import lru_cache

import mistune
import nh3
from mistune.util import escape_url

from moderation.domain.plain_text import is_plain

# CommonMark's paragraphs, emphasis, code, quotes, lists and links, and bare links.
# No headings, images, tables or raw HTML: a comment is not a page.
TAGS = {
    "a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"
}  # fmt: skip
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}
URL_SCHEMES = {"http", "https", "mailto"}
# nofollow and ugc: no search engine credits the link. noopener: the page behind it
# gets no hand on ours.
LINK_RELATION = "nofollow ugc noopener"
_ADDRESS = re.compile(r"""https?://[^\s<]+[^<.,:;"')\]\s]""")
_ADDRESS_IN_BRACKETS = re.compile(r"""https?://[^\s<\]]+[^<.,:;"')\]\s]""")


class _Renderer(mistune.HTMLRenderer):
    """Renders what the subset leaves out as the text it was."""

    def __init__(self) -> None:
        super().__init__(escape=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show an image as a link to it: pictures are not loaded from strangers."""
        del title
        return self.link(text or url, url)

    def softbreak(self) -> str:
        """Keep the line breaks people type."""
        return "<br>\n"

    def heading(self, text: str, level: int, **attrs: object) -> str:
        """Show a heading as a strong paragraph: the page has its own outline."""
        del level, attrs
        return f"<p><strong>{text}</strong></p>\n"

    def thematic_break(self) -> str:
        """Show a line of dashes as nothing but a gap."""
        return ""


def _link_address(
    inline: mistune.InlineParser, match: re.Match[str], state: mistune.InlineState
) -> int | None:
    """Make a link of a bare address and return where it ends.

    Mistune's own plugin reads on to the next space and only then cuts what lies behind
    a closing bracket: quadratic in "[url=http://a]" over and over. Where a bracket is
    open, this one stops at the next that closes.
    """
    pattern = _ADDRESS_IN_BRACKETS if state.brackets else _ADDRESS
    address = pattern.match(state.src, match.start())
    if address is None:
        return None
    url = address[0]
    if state.in_link or state.depth >= inline.max_nested_level:
        inline.process_text(url, state)
    else:
        link = {
            "children": [{"type": "text", "raw": url}],
            "attrs": {"url": escape_url(url)},
        }
        # The last is the text again, should it turn out to lie in a link's text.
        state.append_token({"type": "link", **link, "_autolink": url})
    return address.end()


def _link_addresses(md: mistune.Markdown) -> None:
    """Be the plugin of mistune that makes links of bare addresses."""
    md.inline.register("url_link", r"https?://", _link_address, start_chars="h")


@lru_cache(maxsize=1)
def _make_markdown() -> mistune.Markdown:
    """Return what renders: made once, which takes as long as a short comment does.

    It keeps nothing of what it rendered, so threads can share it.
    """
    return mistune.create_markdown(renderer=_Renderer(), plugins=[_link_addresses])


def render_markdown(text: str) -> str:
    """Return `text` (Markdown) as sanitised HTML, the links marked as a visitor's.

    Rendered first and sanitised last: nothing touches the result afterwards. Takes
    time linear in the text (measured to 65,525 characters of hostile input).
    """
    return _render_plain(text) if is_plain(text) else render_marked(text)


def render_marked(text: str) -> str:
    """Return the same of any text: what has marks goes through the parser."""
    html = _make_markdown()(text.replace("\r\n", "\n"))
    return nh3.clean(
        str(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        # It would mean something else on each page that shows the comment.
        url_relative="deny",
        link_rel=LINK_RELATION,
    ).strip()


def _render_plain(text: str) -> str:
    """Return what the parser and the sanitiser would make of a plain text."""
    lines = text.replace("\n\n", "</p>\n<p>").replace("\n", "<br>\n")
    # Between paragraphs no line is broken.
    return f"<p>{lines}</p>".replace("</p><br>\n<p>", "</p>\n<p>")
