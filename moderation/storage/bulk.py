"""Owns how many rows are stored at once, past the unit of work and its objects."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Table, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.storage.lookups import find_connection
from moderation.storage.models import Comment
from moderation.storage.models.base import Base
from moderation.storage.objects import adopt
from moderation.storage.search import keep_words
from moderation.storage.spelling import find_rows, insert_all

# Composed once: that takes longer than to run it.
_INSERT_COMMENT = insert(Comment).returning(Comment.id)
_TAKE_POSTGRESQL = text(
    "SELECT nextval(pg_get_serial_sequence('comments', 'id'))"
    " FROM generate_series(1, :count)"
)
# What was deleted keeps its id, so this is not the greatest of those there are.
_LAST_SQLITE = text("SELECT seq FROM sqlite_sequence WHERE name = 'comments'")


def take_comment_ids(session: Session, count: int) -> Sequence[int]:
    """Return ids for so many new comments, ascending, that nobody else is given.

    On SQLite that holds because whoever writes has the only lock; the rows with these
    ids must be stored in the same unit of work.
    """
    if session.get_bind().dialect.name == "sqlite":
        last = session.scalar(_LAST_SQLITE) or 0
        return range(last + 1, last + 1 + count)
    return sorted(session.scalars(_TAKE_POSTGRESQL, {"count": count}))


def insert_rows(
    session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Store rows that all have the same columns; the others get their defaults."""
    listed = list(rows)
    if listed:
        insert_all(find_connection(session), _compose(model), listed)


def insert_comment(session: Session, row: Mapping[str, Any]) -> Comment:
    """Store a comment given as the values of its row, and return it.

    As if it had been read: what it is stored with, as its signals, is read when it is
    asked for. The unit of work would take five times as long.
    """
    [[comment_id]] = find_rows(find_connection(session), _INSERT_COMMENT, row)
    stored = {"id": comment_id, **row}
    keep_words(session, [stored])
    return adopt(session, Comment, stored)


def insert_missing(
    session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Store those rows that no unique constraint forbids, as `insert_rows` does."""
    connection = find_connection(session)
    statement = _compose_missing(model, connection.dialect.name)
    insert_all(connection, statement, rows)


@lru_cache
def _compose(model: type[Base]) -> Insert:
    """Return what inserts. Composed once: that takes longer than to run it."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 for mypy: our models are tables
    return insert(table)


@lru_cache
def _compose_missing(model: type[Base], database: str) -> Insert:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 for mypy: our models are tables
    make = sqlite.insert if database == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing()


def run_tuples(
    session: Session, statement: Insert, rows: Sequence[tuple[int | str, ...]]
) -> None:
    """Insert many rows, all columns in the table's order, given to the driver as such.

    Twice as fast as by the session, which looks at every value: so there must be
    nothing but numbers and texts.
    """
    if not rows:
        return
    connection = find_connection(session)
    compiled = statement.compile(dialect=connection.dialect)
    names = [column.name for column in statement.table.columns]
    if getattr(compiled, "positiontup", None) == names:
        connection.exec_driver_sql(str(compiled), list(rows))
    else:
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(str(compiled), named)
