from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from moderation.services.endpoint_keys import unseal_endpoint
from moderation.storage.migrations import downgrade_schema, ensure_schema
from moderation.storage.models import Endpoint
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import SEALER, make_endpoint

BEFORE = "0015"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    ensure_schema(database)
    yield database
    database.close()


def test_secrets_of_webhooks_are_open_again_in_an_earlier_shape(
    database: Database,
) -> None:
    with database.write() as session:
        endpoint = make_endpoint(session, headers={"X-Own": "1"}, has_public_key=True)
        before = unseal_endpoint(endpoint, sealer=SEALER, at=now())

    downgrade_schema(database, revision=BEFORE, unseal=SEALER.unseal)
    with database.engine.connect() as connection:
        key = connection.execute(text("SELECT key FROM endpoint_secrets")).scalar_one()
    ensure_schema(database)

    with database.read() as session:
        after = unseal_endpoint(
            session.scalars(select(Endpoint)).one(), sealer=SEALER, at=now()
        )
    assert [key] == before.shared == after.shared
    assert after.headers == {"X-Own": "1"}


def test_without_the_key_nothing_goes_back(database: Database) -> None:
    with database.write() as session:
        make_endpoint(session)

    with pytest.raises(RuntimeError, match="moderation db downgrade"):
        downgrade_schema(database, revision=BEFORE)

    with database.read() as session:
        endpoint = session.scalars(select(Endpoint)).one()
        assert unseal_endpoint(endpoint, sealer=SEALER, at=now()).shared
