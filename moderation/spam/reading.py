"""Owns what is read out of a body once for all heuristics: links and words.

Every pattern here is linear: quantifiers are possessive or bounded and none is nested
in another that could match the same characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

# Nobody honest links this often, and it bounds the cost of what looks at each link.
MOST_LINKS = 500
# Of the prose of a longer body only these parts are read: it bounds the time.
HEAD_CHARACTERS, TAIL_CHARACTERS = 6_000, 2_000
SHORTEST_PAGE = 8

_REST = r"""[^\s<>"\[\](){}|\\^`]"""
_URL = rf"(?:https?:/{{1,3}}|(?<![\w.])www\.){_REST}{{1,2000}}+"
_OPEN_HTML = r"<a\s[^<>]{1,2000}+>"
_OPEN_BBCODE = r"\[(?:url|link)(?:=[^\[\]]{0,2000}+)?\](?!\()"
_MARKUP = re.compile(
    rf"""
      (?P<open_html>{_OPEN_HTML})
    | (?P<open_bbcode>{_OPEN_BBCODE})
    | (?P<close></a\s{{0,9}}+>|\[/(?:url|link)\])
    | (?<!\\)\[(?P<anchor>[^\[\]]{{1,500}}+)\]\(\s{{0,9}}+<?(?P<target>{_URL})>?\)?
    | (?P<bare>{_URL})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Where one of the above can begin; quickly looked for.
_MARK = re.compile(
    r"""
    [<\[hHwW]
    (?:
      (?<=<)(?:/?[aA][\s>])
      | (?<=\[)
      | (?<=[hH])[tT][tT][pP]
      | (?<=[wW])[wW][wW]\.
    )
    """,
    re.VERBOSE,
)
# It begins with a set of letters: so most of a text is passed over at once.
_ADDRESS = re.compile(
    rf"""
    [<\[hHwW]
    (?i:
      (?<=<)/?[a-z][^<>]{{0,2000}}+>
    | (?<=\[)(?:url|link)(?:=[^\[\]]{{0,2000}}+)?\](?!\()
    | (?<=\[)/(?:url|link)\]
    | (?:(?<=h)ttps?:/{{1,3}}|(?<=w)(?<![\w.]w)ww\.){_REST}{{1,2000}}+
    )
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]++(?:['’][^\W_]++)?+")
# The same in a text of English small letters, in half the time: each letter of others
# is looked up in the tables of Unicode.
_ENGLISH_WORD = re.compile(r"[a-z0-9]++(?:'[a-z0-9]++)?+")
_BESIDE_WORDS = re.compile(f"({_WORD.pattern})")
_BESIDE_ENGLISH_WORDS = re.compile(f"({_ENGLISH_WORD.pattern})")
_HREF = re.compile(
    r"""href\s{0,9}+=\s{0,9}+(?P<quote>["']?+)(?P<url>[^\s"'<>]{0,2000}+)""",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,20}+:)?/{0,3}+([^\s/?#:\\]{1,253}+)", re.IGNORECASE
)
_TIME = re.compile(r"\s{0,9}+[0-9]{1,2}(?::[0-9]{2}){1,2}\s{0,9}+")
_CAPITALS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
# Letters and digits of full width, in circles, or styled as mathematics: whoever writes
# with them is read as everybody else is, and hides no word from a list.
_STYLED_RANGES = ((0x2460, 0x24E9), (0xFF10, 0xFF5A), (0x1D400, 0x1D7FF))
_STYLED = {
    code: plain.lower()
    for first, last in _STYLED_RANGES
    for code in range(first, last + 1)
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain.isalnum()
}
_ANY_STYLED = re.compile(
    "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _STYLED_RANGES) + "]"
)
_TRAILING = ".,;:!?'*_~"


class Markup(StrEnum):
    """How a link is written."""

    BARE = "bare"
    HTML = "html"
    BBCODE = "bbcode"
    MARKDOWN = "markdown"


class Link(NamedTuple):
    """A link in a body: all of it is `start` to `end`, its text `anchor` in between.

    A bare address has no anchor; a tag that is never closed ends with the tag.
    """

    markup: Markup
    url: str
    host: str
    start: int
    end: int
    anchor_start: int
    anchor_end: int
    is_quoted: bool = True

    @property
    def has_anchor(self) -> bool:
        """Whether there is a text to click on other than the address."""
        return self.anchor_end > self.anchor_start


class Words(NamedTuple):
    """Words in the order they stand, and where each begins and ends."""

    texts: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


def find_links(body: str, *, page: str = "") -> tuple[Link, ...]:
    """Return the first `MOST_LINKS` links of `body` in order, none inside another.

    Left out are links to the `page` that is commented on, and the marks of a time in
    a video, which software makes of "1:23".
    """
    if not may_link(body):
        return ()
    own = page.strip().lower() if len(page.strip()) >= SHORTEST_PAGE else ""
    return tuple(link for link in _read_links(body) if _leads_away(link, body, own))


def lower(text: str) -> str:
    """Return `text` in lower case, in plain letters, and at its full length.

    A few letters grow when lowered; where one stands, only A to Z are lowered.
    """
    if not text.isascii() and _ANY_STYLED.search(text):
        text = text.translate(_STYLED)
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_CAPITALS)


def blank_middle(body: str) -> str:
    """Return `body` with spaces in place of all but beginning and end."""
    middle = len(body) - HEAD_CHARACTERS - TAIL_CHARACTERS
    if middle <= 0:
        return body
    return body[:HEAD_CHARACTERS] + " " * middle + body[-TAIL_CHARACTERS:]


def _read_links(body: str) -> list[Link]:
    """Return all links up to the limit."""
    links: list[Link] = []
    opened: Link | None = None
    for match in _find_markup(body):
        if len(links) >= MOST_LINKS:
            break
        kind = match.lastgroup
        if kind == "close":
            if opened is not None:
                links.append(_close(opened, match))
            opened = None
        elif kind in {"open_html", "open_bbcode"}:
            if opened is not None:
                links.append(_abandon(opened))
            opened = _open(match)
        elif opened is None:
            links.append(_read_whole(match))
        elif not opened.url:
            opened = _fill(opened, match)
    if opened is not None and len(links) < MOST_LINKS:
        links.append(_abandon(opened))
    return links


def _find_markup(body: str) -> Iterator[re.Match[str]]:
    """Yield the pieces of links one after the other."""
    mark = _MARK.search(body)
    while mark:
        match = _MARKUP.match(body, mark.start())
        if match:
            yield match
        mark = _MARK.search(body, match.end() if match else mark.start() + 1)


def may_link(body: str, *, low: str = "") -> bool:
    """Return whether there is anything without which neither link nor tag can be.

    `low` is the body in lower case, if that is known.
    """
    if "<" in body or "[" in body:
        return True
    low = low or body.lower()
    return "http" in low or "www." in low


def _leads_away(link: Link, body: str, own: str) -> bool:
    """Return whether a link has an address, and it is not one of the page itself."""
    if not link.url or (own and own in link.url.lower()):
        return False
    return not _TIME.fullmatch(body, link.anchor_start, link.anchor_end)


def blank_addresses(body: str) -> str:
    """Return `body` with spaces in place of addresses and tags, at its full length."""
    if not may_link(body):
        return body
    return _ADDRESS.sub(lambda match: " " * len(match[0]), body)


def find_words(prose: str) -> tuple[str, ...]:
    """Return the words of `prose` in order, in lower case."""
    low = prose.lower()
    if low.isascii():
        return tuple(_ENGLISH_WORD.findall(low))
    # A few letters grow when lowered and fall apart into a letter and a mark.
    if len(low) == len(prose):
        return tuple(_WORD.findall(low))
    return tuple(word.lower() for word in _WORD.findall(prose))


def split_words(low_prose: str) -> Words:
    """Return the words of a text in lower case with their places."""
    beside = _BESIDE_ENGLISH_WORDS if low_prose.isascii() else _BESIDE_WORDS
    # What stands before the first word, the word, what stands before the next …
    pieces = beside.split(low_prose)
    bounds = list(accumulate(map(len, pieces)))
    return Words(texts=pieces[1::2], starts=bounds[:-1:2], ends=bounds[1::2])


def split_runs(words: Iterable[str]) -> Sequence[str]:
    """Return words without the apostrophes in them, the parts each for itself."""
    return " ".join(words).replace("'", " ").replace("’", " ").split(" ")


def find_word_spans(prose: str) -> tuple[tuple[int, int], ...]:
    """Return where each of the words that `find_words` gives begins and ends."""
    return tuple(match.span() for match in _WORD.finditer(prose))


def find_link_host(url: str) -> str:
    """Return the host of an address in lower case without `www.`, "" if it has none.

    Lenient on purpose: whatever a visitor could be led to is a host.
    """
    match = _HOST.match(url.strip())
    if match is None:
        return ""
    host = match[1].rpartition("@")[2].lower().strip(".")
    return host.removeprefix("www.") if "." in host else ""


def _open(match: re.Match[str]) -> Link:
    """Return the link an opening tag begins, with nothing in it yet."""
    is_html = match.lastgroup == "open_html"
    if is_html:
        href = _HREF.search(match[0])
        url, quote = (href["url"], href["quote"]) if href else ("", '"')
    else:
        url, quote = match[0][1:-1].partition("=")[2].strip(" \"'"), '"'
    return Link(
        markup=Markup.HTML if is_html else Markup.BBCODE,
        url=url,
        host=find_link_host(url),
        start=match.start(),
        end=match.end(),
        anchor_start=match.end(),
        anchor_end=match.end(),
        is_quoted=bool(quote),
    )


def _fill(opened: Link, match: re.Match[str]) -> Link:
    """Return the link of `[url]address[/url]`: its text is its address."""
    address = _read_whole(match)
    return opened._replace(
        url=address.url,
        host=address.host,
        end=address.end,
        anchor_start=match.end(),
        anchor_end=match.end(),
    )


def _close(opened: Link, match: re.Match[str]) -> Link:
    """Return the link with what stands in it; an address that shows itself is bare.

    Such a tag was made by software of the address that somebody typed.
    """
    end = max(opened.anchor_start, match.start())
    anchor = match.string[opened.anchor_start : end].strip().rstrip(".…")
    shows_itself = bool(anchor) and "." in anchor and anchor in opened.url
    return opened._replace(
        end=match.end(),
        anchor_start=match.end() if shows_itself else opened.anchor_start,
        anchor_end=match.end() if shows_itself else end,
        markup=Markup.BARE if shows_itself else opened.markup,
        is_quoted=opened.is_quoted or shows_itself,
    )


def _abandon(opened: Link) -> Link:
    return opened._replace(anchor_end=opened.anchor_start)


def _read_whole(match: re.Match[str]) -> Link:
    """Return the link of a bare address or of Markdown."""
    if match.lastgroup == "bare":
        url = match["bare"].rstrip(_TRAILING)
        end = match.start() + len(url)
        return Link(
            markup=Markup.BARE,
            url=url,
            host=find_link_host(url),
            start=match.start(),
            end=end,
            anchor_start=end,
            anchor_end=end,
        )
    return Link(
        markup=Markup.MARKDOWN,
        url=match["target"],
        host=find_link_host(match["target"]),
        start=match.start(),
        end=match.end(),
        anchor_start=match.start("anchor"),
        anchor_end=match.end("anchor"),
    )
