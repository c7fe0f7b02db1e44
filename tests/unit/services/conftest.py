"""Owns the database of service tests: real, without the web on it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from moderation.storage.session import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session
