"""Owns statements given to the driver itself, in the transaction of a connection.

Core makes a context, a result and its columns for each: that takes longer than to run
most of them. Of what it does there is done here what others rely on: a transaction is
begun, errors are those of SQLAlchemy, and a connection that is lost is given up. Where
somebody listens to statements, as traces do, Core runs them, so that they are heard.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


class Found(NamedTuple):
    """Rows as the driver gives them, and the names of their columns."""

    names: Sequence[str]
    rows: Sequence[Any]


def fetch_all(connection: Connection, statement: str, values: Any) -> Found:  # noqa: ANN401 as the driver wants it
    """Run a statement, and return what it finds; nothing, if it is none that finds.

    :raises DBAPIError: if the database refuses, as Core does.
    """
    if is_heard(connection):
        result = connection.exec_driver_sql(statement, values)
        return (
            Found(list(result.keys()), result.all())
            if result.returns_rows
            else Found((), ())
        )
    _ensure_begun(connection)
    cursor = None
    try:
        cursor = _open_cursor(connection)
        cursor.execute(statement, values)
        columns = cursor.description
        if columns is None:
            return Found((), ())
        return Found([column[0] for column in columns], cursor.fetchall())
    except BaseException as error:  # noqa: BLE001 it is raised again
        _fail(connection, statement, error, cursor)


def run_all(connection: Connection, statement: str, rows: Sequence[Any]) -> None:
    """Run a statement, which finds nothing, for each of some rows of values.

    :raises DBAPIError: if the database refuses, as Core does.
    """
    if is_heard(connection):
        connection.exec_driver_sql(statement, rows)
        return
    _ensure_begun(connection)
    cursor = None
    try:
        cursor = _open_cursor(connection)
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
        else:
            cursor.executemany(statement, rows)
    except BaseException as error:  # noqa: BLE001 it is raised again
        _fail(connection, statement, error, cursor)


def run_first(connection: Connection, statement: str) -> None:
    """Run the statement that begins a transaction.

    :raises DBAPIError: if the database refuses, as Core does.
    """
    if is_heard(connection):
        connection.exec_driver_sql(statement)
        return
    cursor = None
    try:
        cursor = _open_cursor(connection)
        cursor.execute(statement)
    except BaseException as error:  # noqa: BLE001 it is raised again
        _fail(connection, statement, error, cursor)


def is_heard(connection: Connection) -> bool:
    """Return whether somebody listens to the statements of a connection."""
    return bool(connection.dispatch.before_cursor_execute)


def _ensure_begun(connection: Connection) -> None:
    if not connection.in_transaction():
        connection.begin()


def _open_cursor(connection: Connection) -> Any:  # noqa: ANN401 the driver's
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 for mypy: it is there while it is open
    return driver.cursor()


def _fail(
    connection: Connection,
    statement: str,
    error: BaseException,
    cursor: Any,  # noqa: ANN401 the driver's
) -> NoReturn:
    """Raise what Core would."""
    dialect = connection.dialect
    if not isinstance(error, dialect.loaded_dbapi.Error):
        if not isinstance(error, Exception):
            # Interrupted, it may be in the midst of an answer.
            connection.invalidate(error)
        raise error
    is_lost = dialect.is_disconnect(error, connection.connection, cursor)
    raised = DBAPIError.instance(
        statement,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
    if is_lost:
        connection.invalidate(error)
    raise raised from error
