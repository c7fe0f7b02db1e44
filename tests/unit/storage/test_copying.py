from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.domain.statuses import Status
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.storage.copying import CopyError, compute_checksum, copy_rows
from moderation.storage.models import Base, Comment, Thread
from moderation.storage.session import Database
from tests.factories import make_comment, make_endpoint, make_site, make_thread


@pytest.fixture
def source(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        make_endpoint(session)
        draft = prepare_draft(
            thread=thread.key, name="Ada", email="a@b.example", body="Früher 🙂 war…"
        )
        first = submit_comment(session, "blog", draft, Arrival(ip="192.0.2.1"))
        second = make_comment(session, thread, status=Status.SPAM)
        # An import gives a parent that came later.
        first.parent_id = second.id
    yield database
    database.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'target.sqlite3'}")
    yield database
    database.close()


def test_all_rows_are_the_same_afterwards(source: Database, target: Database) -> None:
    told: dict[str, int] = {}

    counts = copy_rows(source, target, tell=told.__setitem__)

    assert counts == told
    assert (counts["comments"], counts["decisions"]) == (2, 2)
    with source.read() as one, target.read() as other:
        for table in Base.metadata.sorted_tables:
            assert compute_checksum(one, table) == compute_checksum(other, table)
        first = other.get_one(Comment, 1)
        assert (first.body, first.parent_id) == ("Früher 🙂 war…", 2)


def test_a_database_with_rows_is_left_alone(source: Database, target: Database) -> None:
    copy_rows(source, target, tell=lambda *_: None)

    with pytest.raises(CopyError, match="Name an empty database"):
        copy_rows(source, target, tell=lambda *_: None)

    with target.read() as session:
        assert len(session.scalars(select(Thread)).all()) == 1


def test_one_other_value_changes_the_checksum(
    source: Database, target: Database
) -> None:
    copy_rows(source, target, tell=lambda *_: None)

    with target.write() as session:
        session.get_one(Comment, 1).score += 1e-9

    table = Base.metadata.tables["comments"]
    with source.read() as one, target.read() as other:
        assert compute_checksum(one, table) != compute_checksum(other, table)
