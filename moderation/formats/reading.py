"""Owns the list of formats that can be read, and how a file of one is opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from moderation.formats.artrans_reader import read_artrans
from moderation.formats.disqus_reader import read_disqus
from moderation.formats.isso_reader import read_isso, read_isso_json
from moderation.formats.jsonl_reader import read_jsonl
from moderation.formats.records import Imported
from moderation.formats.remark42_reader import read_remark42
from moderation.formats.staticman_reader import measure_folder, read_staticman
from moderation.formats.streams import Export, open_export
from moderation.formats.wxr_reader import read_wxr

READERS: dict[str, Callable[[Export], Iterator[Imported]]] = {
    "wxr": read_wxr,
    "disqus": read_disqus,
    "isso": read_isso,
    "isso-json": read_isso_json,
    "remark42": read_remark42,
    "artrans": read_artrans,
    "jsonl": read_jsonl,
}
STATICMAN = "staticman"
FORMATS = (*READERS, STATICMAN)


class Progress(Protocol):
    """How many bytes were read, of how many."""

    @property
    def size(self) -> int:
        """All bytes."""

    @property
    def position(self) -> int:
        """Those read."""


@contextmanager
def open_records(
    format_: str, path: Path
) -> Iterator[tuple[Iterator[Imported], Progress]]:
    """Yield what a file (for Staticman a folder) holds, and how far it was read.

    :raises BrokenFileError: if it is empty or too large; reading it raises the same
        where it is broken.
    """
    if format_ == STATICMAN:
        progress = measure_folder(path)
        yield read_staticman(path, progress), progress
        return
    with open_export(path) as export:
        yield READERS[format_](export), export
