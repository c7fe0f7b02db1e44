import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, OperationalError

from moderation.storage.driving import fetch_all, run_all
from moderation.storage.session import Database
from tests.factories import make_site

SECRET = "a-word-that-nobody-may-read"


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        yield connection


def list_values(connection: Connection, *values: object) -> Any:  # noqa: ANN401
    """Return values as the driver takes them: by place, or by the names a, b, …."""
    if connection.dialect.positional:
        return values
    return {chr(ord("a") + place): value for place, value in enumerate(values)}


def spell(connection: Connection, statement: str) -> str:
    """Return a statement with values :a, :b, … as the driver takes them."""
    for name in "ab":
        given = "?" if connection.dialect.positional else f"%({name})s"
        statement = statement.replace(f":{name}", given)
    return statement


def test_rows_come_with_the_names_of_their_columns(connection: Connection) -> None:
    statement = spell(connection, "SELECT 1 AS one, length(:a) AS long")

    found = fetch_all(connection, statement, list_values(connection, "four"))

    assert (list(found.names), [tuple(row) for row in found.rows]) == (
        ["one", "long"],
        [(1, 4)],
    )


def test_a_transaction_is_begun_as_by_core(connection: Connection) -> None:
    fetch_all(connection, "SELECT 1", ())

    assert connection.in_transaction()
    # What is done goes with it.
    run_all(connection, "DELETE FROM sites", [()])
    connection.rollback()
    assert not connection.in_transaction()


@pytest.mark.parametrize(
    "statement",
    [
        # A mistake of ours.
        "SELECT nothing FROM nowhere WHERE key = :a",
        # What a constraint forbids: the key is taken.
        """
        INSERT INTO sites (
            key, name, policy, publish_below, spam_above, is_open, created_at
        ) VALUES ('blog', :a, 'hold_all', 0, 0, true, '2026-01-01')
        """,
    ],
)
def test_what_the_database_refuses_is_raised_as_by_core(
    database: Database, statement: str
) -> None:
    with database.write() as session:
        make_site(session)
    raised = []

    for run in (fetch_all, Connection.exec_driver_sql):
        with database.engine.connect() as connection:
            text = spell(connection, statement)
            with pytest.raises(DBAPIError) as caught:
                run(connection, text, list_values(connection, SECRET))
            raised.append(caught.value)

    ours, cores = raised
    assert type(ours) is type(cores)
    assert type(ours.orig) is type(cores.orig)
    assert (ours.statement, ours.connection_invalidated) == (cores.statement, False)
    assert SECRET not in str(ours)


def test_one_of_many_rows_that_is_refused_is_raised(database: Database) -> None:
    with database.write() as session:
        make_site(session)

    with database.engine.connect() as connection:
        statement = spell(connection, "UPDATE sites SET is_open = NULL WHERE key = :a")
        rows = [list_values(connection, key) for key in ("none", "blog")]

        with pytest.raises(DBAPIError, match="is_open"):
            run_all(connection, statement, rows)


def test_a_connection_that_is_lost_is_given_up(database: Database) -> None:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.close()

        with pytest.raises(DBAPIError) as caught:
            fetch_all(connection, "SELECT 1", ())

        assert caught.value.connection_invalidated
        assert connection.invalidated
    with database.engine.connect() as connection:
        assert fetch_all(connection, "SELECT 1", ()).rows


@pytest.mark.sqlite
def test_a_database_that_stays_locked_is_told_as_such(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    path = database.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"), database.write() as session:
        make_site(session)

    other.close()


def test_who_listens_hears_statements_and_errors(database: Database) -> None:
    heard, errors = [], []

    def note(*arguments: object) -> None:
        heard.append(str(arguments[2]))

    def fail(context: object) -> None:
        errors.append(context)

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "handle_error", fail)
    with database.engine.connect() as connection:
        fetch_all(connection, "SELECT 1", ())
        run_all(connection, "DELETE FROM sites", [()])
        with pytest.raises(DBAPIError):
            fetch_all(connection, "SELECT nothing", ())

    assert [text for text in heard if not text.startswith("BEGIN")] == [
        "SELECT 1",
        "DELETE FROM sites",
        "SELECT nothing",
    ]
    assert len(errors) == 1
