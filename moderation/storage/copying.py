"""Owns the move of all rows from one database to another, counted and compared."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from moderation.storage.migrations import upgrade_schema
from moderation.storage.models import Base, Comment
from moderation.storage.search import keep_words
from moderation.storage.session import Database

ROWS_AT_ONCE = 1_000
# The highest id that a table ever had, deleted rows included.
_LAST_IDS = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = :name",
    "postgresql": "SELECT pg_sequence_last_value("
    "pg_get_serial_sequence(:name, 'id')::regclass)",
}
DIGEST_BYTES = 8
Row = Mapping[str, Any]


class CopyError(Exception):
    """A move that could not be made; says why and what to do."""


def copy_rows(
    source: Database, target: Database, *, tell: Callable[[str, int], object]
) -> Mapping[str, int]:
    """Copy all rows into an empty database, all or nothing; return how many by table.

    `target` is brought to the newest shape first. The rows are those of one moment, and
    afterwards read back and compared. `tell` is called with each table and its rows.

    :raises CopyError: if the target has rows already, or they are not the same.
    """
    upgrade_schema(target)
    counts = {}
    with source.read() as reading, target.write() as writing:
        _require_empty(writing)
        for table in Base.metadata.sorted_tables:
            counts[table.name] = _copy_table(reading, writing, table)
            tell(table.name, counts[table.name])
        for table in Base.metadata.sorted_tables:
            _copy_sequence(reading, writing, table)
            if compute_checksum(reading, table) != compute_checksum(writing, table):
                raise CopyError(
                    f"The rows of {table.name} are not the same after the move; "
                    "nothing was kept. Report this, please."
                )
    return counts


def compute_checksum(session: Session, table: Table) -> tuple[int, int]:
    """Return how many rows a table has, and a sum over them in whatever order."""
    number = total = 0
    for row in _read(session, table):
        number += 1
        total += _hash(row)
    return number, total % 2 ** (8 * DIGEST_BYTES)


def _require_empty(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        if session.execute(select(table).limit(1)).first() is not None:
            raise CopyError(
                f"There are rows in {table.name} already. Name an empty database."
            )


def _copy_table(reading: Session, writing: Session, table: Table) -> int:
    """Copy the rows of a table; what points to the table itself comes last."""
    own = [column.name for column in table.columns if _points_to_itself(column)]
    number = 0
    for rows in _cut(_read(reading, table)):
        writing.connection().execute(
            insert(table), [{**row, **dict.fromkeys(own)} for row in rows]
        )
        if table is Comment.__table__:
            keep_words(writing, rows)
        number += len(rows)
    for name in own:
        _copy_pointers(reading, writing, table, name)
    return number


def _copy_pointers(reading: Session, writing: Session, table: Table, name: str) -> None:
    change = (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({name: bindparam("points_to")})
    )
    found = _read(reading, table, only=name)
    for rows in _cut(found):
        values = [{"row": row["id"], "points_to": row[name]} for row in rows]
        writing.connection().execute(change, values)


def _read(session: Session, table: Table, *, only: str = "") -> Iterator[Row]:
    """Yield the rows, or `id` and one column of those that have something there."""
    query = select(table).order_by(*table.primary_key.columns)
    if only:
        query = select(table.c.id, table.c[only]).where(table.c[only].is_not(None))
    found = session.connection().execute(
        query, execution_options={"yield_per": ROWS_AT_ONCE}
    )
    for row in found.mappings():
        yield dict(row)


def _cut(rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _points_to_itself(column: Column[Any]) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def _hash(row: Row) -> int:
    """Return a number that stands for what is in a row."""
    written = json.dumps(row, sort_keys=True, default=_write)
    digest = hashlib.blake2b(written.encode(), digest_size=DIGEST_BYTES).digest()
    return int.from_bytes(digest, "big")


def _write(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _copy_sequence(reading: Session, writing: Session, table: Table) -> None:
    """Let PostgreSQL number on from where the other database was."""
    if writing.get_bind().dialect.name == "sqlite" or "id" not in table.columns:
        return
    last = reading.scalar(select(func.max(table.c.id))) or 0
    if table.dialect_options["sqlite"]["autoincrement"]:
        # What was deleted keeps its id.
        query = text(_LAST_IDS[reading.get_bind().dialect.name])
        last = max(last, reading.scalar(query, {"name": table.name}) or 0)
    if last:
        writing.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": table.name, "last": last},
        )
