"""Owns how comments are written for people and their spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator

from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread

COLUMNS = (
    "id",
    "parent",
    "thread",
    "url",
    "title",
    "status",
    "kind",
    "date",
    "name",
    "email",
    "website",
    "comment",
    "ip",
    "score",
)
# A spreadsheet would take a cell that begins like this for a formula, also behind
# white space (OWASP, CSV injection).
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
BYTE_ORDER_MARK = "\ufeff"


def write_csv(site: ExportedSite, threads: Iterable[ExportedThread]) -> Iterator[str]:
    """Yield the lines of a table, one comment each, fit to be opened anywhere.

    A cell that could be a formula has an apostrophe in front. It begins with a byte
    order mark, without which Excel does not see that it is UTF-8.
    """
    yield BYTE_ORDER_MARK + _write_row(COLUMNS)
    for thread in threads:
        for comment in thread.comments:
            yield _write_row(_list_cells(site, thread, comment))


def make_safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    cell = cell.replace("\x00", "")
    return f"'{cell}" if cell.lstrip(" ").startswith(_RISKY) else cell


def _list_cells(
    site: ExportedSite, thread: ExportedThread, comment: ExportedComment
) -> Iterable[object]:
    return (
        comment.id,
        "" if comment.parent is None else comment.parent,
        thread.key,
        thread.find_url(site),
        thread.title,
        comment.status.value,
        comment.kind.value,
        f"{comment.created_at:%Y-%m-%d %H:%M:%S}",
        comment.name,
        comment.email,
        comment.website,
        comment.body,
        comment.ip,
        f"{comment.score:.4f}",
    )


def _write_row(cells: Iterable[object]) -> str:
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([make_safe(str(cell)) for cell in cells])
    return line.getvalue()
