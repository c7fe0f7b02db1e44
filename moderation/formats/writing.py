"""Owns the list of formats that can be written."""

from collections.abc import Callable, Iterable, Iterator

from moderation.formats.csv_writer import write_csv
from moderation.formats.disqus_writer import write_disqus
from moderation.formats.exported import ExportedSite, ExportedThread
from moderation.formats.jsonl_writer import write_jsonl
from moderation.formats.wxr_writer import write_wxr

FORMATS = ("jsonl", "wxr", "disqus", "csv")
# Formats that hold what was said of a comment, too.
WHOLE = "jsonl"

ReadThreads = Callable[[], Iterable[ExportedThread]]


def write_export(
    format_: str, site: ExportedSite, read_threads: ReadThreads
) -> Iterator[str]:
    """Yield the parts of an export; each call of `read_threads` begins anew."""
    match format_:
        case "wxr":
            return write_wxr(site, read_threads())
        case "disqus":
            return write_disqus(site, read_threads(), read_threads())
        case "csv":
            return write_csv(site, read_threads())
        case _:
            return write_jsonl(site, read_threads())
