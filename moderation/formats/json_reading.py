"""Owns how JSON is read: one item or line after the other, bounded in memory."""

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import Any

from moderation.formats.records import BrokenFileError
from moderation.formats.streams import Export

Fields = Mapping[str, Any]
# A page of Isso with thousands of comments has a tenth of this.
MOST_ITEM_CHARACTERS = 8 * 2**20
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


def read_objects(export: Export) -> Iterator[tuple[str, Fields]]:
    """Yield the objects of JSON lines with their places; empty lines are passed over.

    :raises BrokenFileError: at a line that is no object.
    """
    for place, line in export.read_lines():
        if line.strip():
            yield place, _decode_line(place, line)


def read_array(export: Export) -> Iterator[tuple[str, Fields]]:
    """Yield the objects of a JSON array with their places.

    :raises BrokenFileError: if the file is no array of objects.
    """
    text = _Text(export)
    if text.find_next() != "[":
        raise BrokenFileError("byte 0", "the file is no JSON list ([…])")
    text.pass_over()
    number = 0
    while text.find_next() != "]":
        if number:
            text.expect(",", place=f"item {number}")
        number += 1
        yield f"item {number}", text.decode_object(f"item {number}")
    text.pass_over()
    if text.find_next():
        raise BrokenFileError(f"item {number}", "something follows the end of the list")


class _Text:
    """The text of a file, of which only what is not read yet is kept."""

    def __init__(self, export: Export) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._chunks = export.read_chunks()
        self._buffer = ""
        self._start = 0
        self._has_ended = False
        self._bytes = 0

    def find_next(self) -> str:
        """Return the next character that is no white space, "" at the end."""
        while True:
            while self._start < len(self._buffer):
                if self._buffer[self._start] not in _SPACE:
                    return self._buffer[self._start]
                self._start += 1
            if not self._read_more():
                return ""

    def pass_over(self) -> None:
        """Pass over the character that was found."""
        self._start += 1

    def expect(self, character: str, *, place: str) -> None:
        """Pass over a character. :raises BrokenFileError: if it is not there."""
        found = self.find_next()
        if found != character:
            raise BrokenFileError(
                place,
                "the file ends in the middle; export it again"
                if not found
                else "this is not JSON: items are not parted by a comma",
            )
        self.pass_over()
        if self.find_next() == "]":
            raise BrokenFileError(place, "this is not JSON: a comma before the end")

    def decode_object(self, place: str) -> Fields:
        """Return the next object. :raises BrokenFileError: if there is none."""
        found = self.find_next()
        if found and found != "{":
            raise BrokenFileError(place, "this item is no object ({…})")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._start)
            except json.JSONDecodeError as error:
                if self._double(place):
                    continue
                if error.pos >= len(self._buffer) - 1 or "Unterminated" in error.msg:
                    cause = "the file ends in the middle; export it again"
                else:
                    cause = f"this is not JSON ({error.msg})"
                raise BrokenFileError(place, cause) from error
            except (ValueError, RecursionError) as error:
                raise BrokenFileError(
                    place, "numbers too long, or nested too deeply"
                ) from error
            self._start = end
            fields: Fields = value
            return fields

    def _double(self, place: str) -> bool:
        """Read as much again, so that reading takes time linear in the item.

        :raises BrokenFileError: if the item is too long.
        """
        if len(self._buffer) - self._start > MOST_ITEM_CHARACTERS:
            raise BrokenFileError(
                place,
                f"the item has more than {MOST_ITEM_CHARACTERS} characters, or does "
                "not end; export it again",
            )
        wanted = 2 * (len(self._buffer) - self._start)
        is_more = False
        while len(self._buffer) - self._start < wanted and self._read_more():
            is_more = True
        return is_more

    def _read_more(self) -> bool:
        if self._has_ended:
            return False
        chunk = next(self._chunks, b"")
        self._has_ended = not chunk
        try:
            text = self._decoder.decode(chunk, final=self._has_ended)
        except UnicodeDecodeError as error:
            raise BrokenFileError(
                f"byte {self._bytes + error.start}",
                "the file is not UTF-8; convert it first",
            ) from error
        self._bytes += len(chunk)
        self._buffer = self._buffer[self._start :] + text
        self._start = 0
        return not self._has_ended or bool(text)


def _decode_line(place: str, line: bytes) -> Fields:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BrokenFileError(
            f"{place}, byte {error.start + 1}", "this is not UTF-8; convert it first"
        ) from error
    except json.JSONDecodeError as error:
        raise BrokenFileError(
            f"{place}, character {error.pos + 1}",
            f"this is not JSON, or the line ends too early ({error.msg})",
        ) from error
    except (ValueError, RecursionError) as error:
        raise BrokenFileError(
            place, "numbers too long, or nested too deeply"
        ) from error
    if not isinstance(value, dict):
        raise BrokenFileError(place, "this line is no JSON object ({…})")
    return value


def get_text(fields: Fields, name: str) -> str:
    """Return a field as text; numbers are written out, anything else is ""."""
    value = fields.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def get_object(fields: Fields, name: str) -> Fields:
    """Return a field that is an object, an empty one if it is none."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def is_true(value: object) -> bool:
    """Return whether a field says yes, also in words."""
    return value is True or (isinstance(value, str) and value.lower() in {"true", "1"})
