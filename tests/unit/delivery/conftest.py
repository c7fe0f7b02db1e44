"""Owns what tests of deliveries share: a real database, and a receiver."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from moderation.storage.session import Database
from tests.unit.delivery.receiving import Receiver, receiving


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with Session(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
