"""Owns how the format of an export is found out from its beginning."""

import gzip
import re
import zlib
from pathlib import Path

from moderation.formats.streams import GZIP

HEAD_BYTES = 65_536
SQLITE = b"SQLite format 3\0"
# The first that fits counts.
_MARKS = (
    ("jsonl", re.compile(rb'\s*\{[^\n]{0,400}"format":\s*"leave-a-reply"')),
    ("remark42", re.compile(rb'\s*\{[^\n]{0,400}"version":')),
    ("artrans", re.compile(rb'\s*\[\s*\{.*?"page_key"', re.DOTALL)),
    ("isso-json", re.compile(rb'\s*\[\s*\{.*?"comments"', re.DOTALL)),
    ("disqus", re.compile(rb".{0,2000}?<disqus[\s>]", re.DOTALL)),
    ("wxr", re.compile(rb".{0,20000}?<rss[\s>]", re.DOTALL)),
)


def detect_format(path: Path) -> str:
    """Return the name of a file's format, "" if it is none that is known."""
    head = _read_head(path)
    if head.startswith(SQLITE):
        return "isso"
    head = head.removeprefix(b"\xef\xbb\xbf")
    return next((name for name, mark in _MARKS if mark.match(head)), "")


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head.startswith(GZIP):
            return head
        file.seek(0)
        try:
            return gzip.GzipFile(fileobj=file).read(HEAD_BYTES)
        except (OSError, EOFError, zlib.error):
            return b""
