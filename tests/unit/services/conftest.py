"""Owns the session of service tests: as a service is given one."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from moderation.storage.session import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session
