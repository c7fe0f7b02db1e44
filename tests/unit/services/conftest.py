"""Owns what service tests share: a session as services are given, and who is there."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.services.access import Actor, load_actor
from moderation.storage.models import Site, Thread
from moderation.storage.session import Database
from tests.factories import make_moderator, make_site, make_thread


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session)


@pytest.fixture
def thread(session: Session, site: Site) -> Thread:
    return make_thread(session, site)


@pytest.fixture
def alice(session: Session) -> Actor:
    return load_actor(session, make_moderator(session).id)


@pytest.fixture
def actor(session: Session, site: Site) -> Actor:
    del site
    return load_actor(session, make_moderator(session, role=Role.OWNER).id)
