from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from moderation.storage import recalling
from moderation.storage.models import Site
from moderation.storage.recalling import recall
from moderation.storage.session import Database
from tests.factories import make_site

FIND = select(Site.key, Site.name).where(Site.key == bindparam("key"))


class Names:
    """What is made of rows; each is another object."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.names = [row.name for row in rows]


def recall_names(session: Session, key: str = "blog") -> Names:
    return recall(session.connection(), FIND, {"key": key}, Names)


def test_what_has_not_changed_is_not_made_again(session: Session) -> None:
    make_site(session)

    assert recall_names(session) is recall_names(session)


def test_a_change_is_seen_at_once(session: Session) -> None:
    site = make_site(session)
    recall_names(session)

    site.name = "Another name"
    session.flush()

    assert recall_names(session).names == ["Another name"]


def test_a_change_that_was_rolled_back_is_forgotten(database: Database) -> None:
    with database.write() as session:
        name = make_site(session).name
    with database.write() as session:
        session.get_one(Site, 1).name = "Another name"
        session.flush()
        recall_names(session)
        session.rollback()

    with database.read() as session:
        assert recall_names(session).names == [name]


def test_what_is_asked_for_is_told_apart(session: Session) -> None:
    make_site(session)
    first = recall_names(session)

    assert (recall_names(session, "none").names, first.names) == ([], first.names)


def test_no_more_is_kept_than_is_allowed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "MOST_KEPT", 2)
    make_site(session)

    for number in range(5):
        recall_names(session, f"none-{number}")

    shelf = session.connection().get_execution_options()[recalling.SHELF]
    assert len(shelf) <= 2
