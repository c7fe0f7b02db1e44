"""Owns the step from the HTML of other systems to the Markdown kept here."""

import html
import re
from dataclasses import dataclass, field

import nh3

from moderation.domain.plain_text import is_plain

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
URL_SCHEMES = {"http", "https", "mailto"}
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol"}
LISTS = {"ul", "ol"}
MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*"}
# Deeper quotes and lists are shown flat: each level is rewritten by those around it.
DEEPEST = 8

_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<attributes>(?:\s[^\s=>]+=\"[^\"]*\")*)\s*>"
    r"|(?P<text>[^<]+|<)"
)
_ATTRIBUTE = re.compile(r"\s(?P<name>[^\s=>]+)=\"(?P<value>[^\"]*)\"")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACED = re.compile(r"[ \t]*\n[ \t]*")
_GAPS = re.compile(r"\n{3,}")
# What Markdown would take for a mark: in a line, and at the beginning of one.
_MARK = re.compile(
    r"[\\`]|\*(?=\S)|(?<=\S)\*|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|\[(?=[^\]\n]{0,200}\][(\[:])"
    r"|&(?=#?\w{1,31};)"
)
_LINE_MARK = re.compile(
    r"^(?P<space>[ \t]*)(?P<number>\d{1,9})?"
    r"(?P<mark>#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|(?<=\d)[.)](?=\s|$)|~{3,}|={2,}|-{3,})",
    re.MULTILINE,
)
_INDENT = re.compile(r"^[ \t]{2,}")
_ADDRESS = re.compile(r"https?://\S*")
_UNSAFE_IN_LINK = re.compile(r"[\s<>\\]")
_BARE = re.compile(r"https?://[^\s<>()\[\]]*[^\s<>()\[\].,:;\"'!?]")


def convert_html(text: str, *, is_typed: bool) -> str:
    """Return HTML as Markdown that renders to what it shows.

    Read by a sanitiser first, so it may be anything. `is_typed`: a line end breaks the
    line, an empty line parts paragraphs, as in WordPress. Takes linear time.
    """
    if (is_typed or "\n" not in text) and is_plain(text):
        return text
    clean = nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        url_schemes=URL_SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    writer = _Writer(is_typed=is_typed)
    for match in _TOKEN.finditer(clean):
        if match["tag"] is None:
            writer.write_text(html.unescape(match["text"]))
        elif match["end"]:
            writer.end(match["tag"])
        else:
            writer.start(match["tag"], _read_attributes(match["attributes"]))
    return writer.finish()


def _read_attributes(text: str) -> dict[str, str]:
    return {m["name"]: html.unescape(m["value"]) for m in _ATTRIBUTE.finditer(text)}


@dataclass(kw_only=True, slots=True)
class _Open:
    """An element that has not ended: what it holds so far."""

    tag: str
    href: str = ""
    count: int = 0
    parts: list[str] = field(default_factory=list)


class _Writer:
    """Writes Markdown; elements that hold others are put together when they end."""

    def __init__(self, *, is_typed: bool) -> None:
        self._is_typed = is_typed
        self._stack = [_Open(tag="")]
        self._flat: list[str] = []
        self._has_broken = False

    def write_text(self, text: str) -> None:
        """Write a text so that it shows as it is."""
        tags = {open_.tag for open_ in self._stack}
        if tags & {"pre", "code"}:
            self._add(text)
            return
        if self._stack[-1].tag in LISTS and not text.strip():
            return
        if self._is_typed:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            # Behind <br> the line has ended already.
            text = text[1:] if self._has_broken and text[:1] == "\n" else text
            # Four spaces would begin a block of code.
            text = _INDENT.sub(" ", _SPACED.sub("\n", text))
        else:
            text = _SPACE.sub(" ", text)
        self._has_broken = False
        self._add(_escape(text))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._has_broken = tag == "br"
        if tag == "br":
            self._add("\n")
        elif tag == "hr":
            self._add("\n\n")
        elif tag == "img":
            self._add_image(attributes)
        elif len(self._stack) >= DEEPEST:
            self._flat.append(tag)
            self._add("\n\n" if tag in BLOCKS else "")
        else:
            if tag == "li":
                self._stack[-1].count += 1
            count = _read_start(attributes.get("start", "")) if tag == "ol" else 0
            href = attributes.get("href", "")
            self._stack.append(_Open(tag=tag, href=href, count=count))

    def end(self, tag: str) -> None:
        """End an element; the sanitiser sees to it that it is the last begun."""
        self._has_broken = False
        if self._flat and self._flat[-1] == tag:
            self._flat.pop()
        elif self._stack[-1].tag == tag and len(self._stack) > 1:
            self._close()

    def finish(self) -> str:
        """Return what was written."""
        while len(self._stack) > 1:
            self._close()
        text = "".join(self._stack[0].parts)
        return _GAPS.sub("\n\n", text).strip("\n ")

    def _add(self, text: str) -> None:
        self._stack[-1].parts.append(text)

    def _add_image(self, attributes: dict[str, str]) -> None:
        if attributes.get("src"):
            text = _escape(attributes.get("alt", ""))
            self._add(_write_link(text, attributes["src"]))

    def _close(self) -> None:
        done = self._stack.pop()
        text = "".join(done.parts)
        tag, outer = done.tag, self._stack[-1]
        if tag == "a":
            self._add(_write_link(text, done.href))
        elif tag in MARKS:
            self._add(_surround(text, MARKS[tag]))
        elif tag == "code":
            self._add(text if outer.tag == "pre" else _write_code(text))
        elif tag == "pre":
            self._add(_write_block(text))
        elif tag == "li":
            mark = f"{outer.count}. " if outer.tag == "ol" else "- "
            body = _GAPS.sub("\n\n", text).strip()
            self._add(f"{mark}{_indent(body, ' ' * len(mark))}\n")
        elif tag in LISTS:
            gap = "\n" if outer.tag == "li" else "\n\n"
            self._add(f"{gap}{text}{gap}")
        elif tag == "blockquote":
            body = _GAPS.sub("\n\n", text).strip()
            self._add(f"\n\n> {_indent(body, '> ')}\n\n")
        elif tag.startswith("h") and tag != "hr":
            self._add(f"\n\n{_surround(text, '**')}\n\n")
        else:
            self._add(f"\n\n{text}\n\n" if tag in BLOCKS else text)


def _read_start(text: str) -> int:
    """Return the number before that of a list's first item."""
    return int(text) - 1 if text.isdecimal() and 0 < len(text) < 9 else 0  # noqa: PLR2004


def _escape(text: str) -> str:
    """Put a backslash before what Markdown would take for a mark, not in addresses."""
    parts, start = [], 0
    for match in _ADDRESS.finditer(text):
        parts += [_MARK.sub(r"\\\g<0>", text[start : match.start()]), match[0]]
        start = match.end()
    parts.append(_MARK.sub(r"\\\g<0>", text[start:]))
    escaped = "".join(parts)
    return _LINE_MARK.sub(r"\g<space>\g<number>\\\g<mark>", escaped)


def _write_link(text: str, url: str) -> str:
    """Return a link; one that shows its own address is written bare."""
    shown = text.replace("\\", "").strip()
    if not url:
        return text
    url = _UNSAFE_IN_LINK.sub(lambda m: f"%{ord(m[0]):02X}", url)
    if (shown == url or not shown) and _BARE.fullmatch(url):
        return url
    if not shown:
        shown = text = url
    if "[" in text or "]" in text:
        text = re.sub(r"\\?([\[\]])", r"\\\1", text)
    target = f"<{url}>" if "(" in url or ")" in url else url
    return f"[{' '.join(text.split())}]({target})"


def _surround(text: str, mark: str) -> str:
    """Return a text between marks, the white space around it outside."""
    body = text.strip()
    if not body or "\n\n" in body:
        return text
    start = text.index(body)
    return f"{text[:start]}{mark}{body}{mark}{text[start + len(body) :]}"


def _write_code(text: str) -> str:
    if not text.strip():
        return text
    fence = "`" * (_count_ticks(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{_SPACE.sub(' ', text)}{pad}{fence}"


def _write_block(text: str) -> str:
    fence = "`" * max(3, _count_ticks(text) + 1)
    return f"\n\n{fence}\n{text.strip(chr(10))}\n{fence}\n\n"


def _count_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _indent(text: str, prefix: str) -> str:
    return text.replace("\n", f"\n{prefix}")
