"""Owns how XML is read: one record after the other, no DTD, nothing kept whole."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from moderation.formats.records import BrokenFileError
from moderation.formats.streams import CHUNK_BYTES, Export

MOST_TEXT_CHARACTERS = 4 * 2**20
# Expat holds a tag or a comment until it ends.
MOST_BYTES_WITHOUT_EVENT = 16 * 2**20
DEEPEST = 100
# Codes of expat for a document that ends before its time.
ENDS_EARLY = {3, 5, 20}

_CDATA_END = b"]]>"
_ENDS = {b"<![CDATA[": _CDATA_END, b"<!--": b"-->"}
_MARK = re.compile(rb"<!\[CDATA\[|\]\]>|<!--|-->")
_BEFORE = b"` \t\r\n"
_BARE_ID = re.compile(rb"(<(?:post|parent|thread) dsq:id=)([0-9]{1,30})(?=[\s/>])")
_LONGEST_ID_TAG = 64
_LONGEST_MARK = len(b"<![CDATA[")


@dataclass(kw_only=True, slots=True)
class Record:
    """An element that stands for something, with those of its texts that are wanted.

    `fields` has the text of each by its path ("author/name"), and attributes behind
    an @ ("thread@id", or "@id" of the record's own). `outer` is the record around it,
    with what was read of that so far. Names are local ones: namespaces differ by
    version.
    """

    name: str
    place: str
    outer: "Record | None"
    depth: int
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """Return a text without white space around it, "" if there is none."""
        return self.fields.get(path, "").strip()


Wanted = Mapping[str, AbstractSet[str]]


def read_records(export: Export, *, root: str, wanted: Wanted) -> Iterator[Record]:
    """Yield the records of an XML file as they end.

    `wanted` names the elements that are records, and which of their texts to keep.

    :raises BrokenFileError: if it is no such XML, naming line and column.
    """
    target = _Target(root, wanted)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.expat = parser.parser
    try:
        for chunk in _mend_ends(_mend_tags(export.read_chunks())):
            target.note_chunk()
            parser.feed(chunk)
            yield from target.take()
        parser.close()
    except ParseError as error:
        raise _describe(error) from error
    except DefusedXmlException as error:
        raise BrokenFileError(
            target.place, "the file has a DTD or entities of its own; no export has"
        ) from error
    except LookupError as error:
        raise BrokenFileError(target.place, f"{error}; give a file in UTF-8") from error
    yield from target.take()


def _mend_tags(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Drop what copying left before the first tag, and quote ids that are not.

    Plugins write empty lines before the declaration, which XML forbids; Disqus's ids
    were once written as dsq:id=1.
    """
    has_begun, rest = False, b""
    for chunk in chunks:
        text = rest + (chunk if has_begun else chunk.lstrip(_BEFORE))
        has_begun = has_begun or bool(text)
        # A tag that the next chunk may end.
        tail = text.rfind(b"<", -_LONGEST_ID_TAG)
        kept = tail if tail >= 0 else len(text)
        yield _BARE_ID.sub(rb'\1"\2"', text[:kept])
        rest = text[kept:]
    yield _BARE_ID.sub(rb'\1"\2"', rest)


def _mend_ends(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Write out each "]]>" that ends no CDATA, which XML forbids and WordPress wrote.

    In old exports it stands behind values that had one inside.
    """
    inside, rest = b"", b""
    for chunk in chunks:
        parts, start = [], 0
        text = rest + chunk
        for match in _MARK.finditer(text):
            mark = match[0]
            if not inside and mark in _ENDS:
                inside = _ENDS[mark]
            elif mark == inside:
                inside = b""
            elif mark == _CDATA_END and not inside:
                parts += [text[start : match.start()], b"]]&gt;"]
                start = match.end()
        kept = max(start, len(text) - _LONGEST_MARK + 1)
        # A whole mark at the end was counted already: it must not be found again.
        tail = _MARK.search(text, max(start, len(text) - 2 * _LONGEST_MARK))
        while tail is not None:
            kept = max(kept, tail.end())
            tail = _MARK.search(text, tail.end())
        parts.append(text[start:kept])
        rest = text[kept:]
        yield b"".join(parts)
    yield rest


def _describe(error: ParseError) -> BrokenFileError:
    line, column = error.position
    place = f"line {line}, column {column + 1}"
    if error.code in ENDS_EARLY:
        return BrokenFileError(place, "the file ends in the middle; export it again")
    words = str(error).partition(":")[0]
    return BrokenFileError(
        place, f"this is not well-formed XML ({words}); export it again, as UTF-8"
    )


class _Target:
    """Takes what the parser finds, and keeps the records until they are taken."""

    def __init__(self, root: str, wanted: Wanted) -> None:
        self.expat: Any = None
        self._root = root
        self._wanted = wanted
        self._path: list[str] = []
        self._record: Record | None = None
        self._text: list[str] | None = None
        self._length = 0
        self._done: list[Record] = []
        self._silent_bytes = 0

    @property
    def place(self) -> str:
        return f"line {self.expat.CurrentLineNumber}"

    def take(self) -> Sequence[Record]:
        done, self._done = self._done, []
        return done

    def note_chunk(self) -> None:
        self._silent_bytes += CHUNK_BYTES
        if self._silent_bytes > MOST_BYTES_WITHOUT_EVENT:
            raise BrokenFileError(
                self.place, "a tag or a comment here is longer than any export has"
            )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._silent_bytes = 0
        name = _strip(tag)
        if not self._path and name != self._root:
            raise BrokenFileError(
                self.place,
                f"the file begins with <{name[:40]}>, not with <{self._root}>; "
                "choose the format it has",
            )
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise BrokenFileError(self.place, "elements are nested too deeply")
        if name in self._wanted:
            self._record = Record(
                name=name,
                place=self.place,
                outer=self._record,
                depth=len(self._path),
            )
        record = self._record
        if record is None:
            return
        path = "/".join(self._path[record.depth :])
        for key, value in attributes.items():
            record.fields.setdefault(f"{path}@{_strip(key)}", value)
        is_wanted = path in self._wanted[record.name] and not record.get(path)
        self._text, self._length = ([] if is_wanted else None), 0

    def data(self, text: str) -> None:
        self._silent_bytes = 0
        if self._text is None:
            return
        self._length += len(text)
        if self._length > MOST_TEXT_CHARACTERS:
            raise BrokenFileError(
                self.place, "a text here is longer than any comment is"
            )
        self._text.append(text)

    def end(self, tag: str) -> None:
        del tag
        self._silent_bytes = 0
        record = self._record
        if record is not None:
            if self._text is not None:
                path = "/".join(self._path[record.depth :])
                record.fields[path] = "".join(self._text)
                self._text = None
            if record.depth == len(self._path):
                self._done.append(record)
                self._record = record.outer
        self._path.pop()

    def close(self) -> None:
        """Be told of the end by the parser."""


def _strip(tag: str) -> str:
    return tag.rpartition("}")[2]
