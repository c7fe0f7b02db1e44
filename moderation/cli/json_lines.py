"""Owns JSON lines as they come in: whatever the bytes are, one entry per line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# The longest comment with every letter escaped takes a tenth of this.
MOST_LINE_BYTES = 4_194_304


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its decoded JSON in `value`, or what is wrong with it in `error`."""

    value: object = None
    error: str = ""


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """Yield the lines of `stream` as they arrive, holding one in memory at a time."""
    while raw := stream.readline(MOST_LINE_BYTES + 1):
        if len(raw) > MOST_LINE_BYTES:
            _skip_line(stream, raw)
            yield Line(error=f"Give lines of at most {MOST_LINE_BYTES} bytes.")
        else:
            yield decode_line(raw)


def decode_line(raw: bytes) -> Line:
    """Return the line that `raw` is. A byte order mark is passed over."""
    try:
        return Line(value=json.loads(raw.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        return Line(error=f"Give UTF-8; byte {error.start + 1} of the line is not.")
    except json.JSONDecodeError as error:
        return Line(
            error=f"This is no JSON ({error.msg} at character {error.pos + 1}); "
            "give one object a line."
        )
    except ValueError:
        return Line(error="Give shorter numbers: one of these is too long to read.")
    except RecursionError:
        return Line(error="This JSON is nested too deeply; give one flat object.")


def _skip_line(stream: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(MOST_LINE_BYTES)
