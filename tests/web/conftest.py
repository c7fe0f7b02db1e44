"""Owns what tests of pages share: counting what they ask of the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import event

from moderation.storage.session import Database

CountQueries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def count_queries(database: Database) -> CountQueries:
    """Return what lists the statements run in its block, BEGIN left out."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statement = str(arguments[2])
            if not statement.startswith("BEGIN"):
                statements.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    return count
