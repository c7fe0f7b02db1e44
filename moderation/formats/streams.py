"""Owns how an export is opened: unpacked if need be, and never without bounds."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from moderation.formats.records import BrokenFileError

MOST_BYTES = 8 * 2**30
MOST_UNPACKED_BYTES = 16 * 2**30
# Text is packed to a tenth, seldom to a fiftieth; zeros to a thousandth.
MOST_RATIO = 200
UNSUSPICIOUS_BYTES = 64 * 2**20
MOST_LINE_BYTES = 8 * 2**20
CHUNK_BYTES = 65_536

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Export:
    """An export being read. `position` and `size` count bytes as they lie on disk."""

    def __init__(self, path: Path, file: BinaryIO, *, size: int) -> None:
        self.path = path
        self.size = size
        self._file = file
        self._stream = io.BufferedReader(_Unpacked(file), CHUNK_BYTES)

    @property
    def position(self) -> int:
        """How much has been read."""
        return self._file.tell()

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the unpacked bytes. :raises BrokenFileError: if they can't be."""
        while chunk := self._stream.read1(CHUNK_BYTES):
            yield chunk

    def read_lines(self) -> Iterator[tuple[str, bytes]]:
        """Yield the unpacked lines with their places.

        :raises BrokenFileError: if it can't be unpacked, or a line is too long.
        """
        number = 0
        while line := self._stream.readline(MOST_LINE_BYTES + 1):
            number += 1
            if len(line) > MOST_LINE_BYTES:
                raise BrokenFileError(
                    f"line {number}",
                    f"the line has more than {MOST_LINE_BYTES} bytes; no comment has",
                )
            yield f"line {number}", line


@contextmanager
def open_export(path: Path) -> Iterator[Export]:
    """Yield a file to read, unpacked if gzip packed it.

    :raises BrokenFileError: if it is empty, too large, or a zip file.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BrokenFileError(
                "", f"the file has {size} bytes; {MOST_BYTES} are the most"
            )
        if not size:
            raise BrokenFileError("byte 0", "the file is empty")
        if file.read(len(ZIP)) == ZIP:
            raise BrokenFileError(
                "byte 0", "this is a zip file; unpack it, and name the file in it"
            )
        file.seek(0)
        yield Export(path, file, size=size)


class _Unpacked(io.RawIOBase):
    """The bytes of a file, unpacked if gzip packed it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        self._source = gzip.GzipFile(fileobj=file) if self._is_packed else file
        self._count = 0

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer. :raises BrokenFileError: if it can't be unpacked."""
        try:
            chunk = self._source.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            if not self._is_packed:
                raise
            raise BrokenFileError(
                f"byte {self._count} of what is packed",
                f"the gzip file is damaged or ends too early ({error})",
            ) from error
        self._count += len(chunk)
        self._refuse_bomb()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _refuse_bomb(self) -> None:
        if not self._is_packed or self._count < UNSUSPICIOUS_BYTES:
            return
        is_bomb = self._count > MOST_RATIO * max(self._file.tell(), 1)
        if is_bomb or self._count > MOST_UNPACKED_BYTES:
            raise BrokenFileError(
                f"byte {self._count} of what is packed",
                "the file unpacks to more than any export has; unpack it yourself "
                "if it is one",
            )
