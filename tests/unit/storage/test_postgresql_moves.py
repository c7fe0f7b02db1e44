"""Moves to PostgreSQL, and its backups, on a real server."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.backup import BackupError
from moderation.storage.copying import CopyError, copy_rows
from moderation.storage.dumps import check_dump, dump_database, restore_dump
from moderation.storage.models import Base, Comment
from moderation.storage.search import Place, Term, select_matches
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread
from tests.postgresql import Server

Make = Callable[..., Database]
NUMBERS = count()


@pytest.fixture
def make(postgresql: Server) -> Iterator[Make]:
    """Return what makes databases, closed afterwards."""
    made: list[Database] = []

    def make_database(*, is_migrated: bool = True) -> Database:
        name = f"moves_{next(NUMBERS)}"
        url = postgresql.make_database(name, is_migrated=is_migrated)
        made.append(Database(url))
        return made[-1]

    yield make_database
    for database in made:
        database.close()


def fill(database: Database) -> None:
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        first = make_comment(session, thread, status=Status.APPROVED)
        make_comment(session, thread, parent=first, body="A zeppelin, 😀")


def read_bodies(database: Database) -> list[tuple[str, int | None]]:
    with database.read() as session:
        query = select(Comment.body, Comment.parent_id).order_by(Comment.id)
        return [(body, parent) for body, parent in session.execute(query)]


@pytest.mark.sqlite(reason="moves from SQLite")
def test_all_moves_to_an_empty_database_and_goes_on_there(
    database: Database, make: Make
) -> None:
    fill(database)
    target = make(is_migrated=False)

    counts = copy_rows(database, target, tell=lambda *_: None)

    assert counts["comments"] == 2
    assert read_bodies(target) == read_bodies(database)
    with target.write() as session:
        site_ids = [session.scalars(select(Comment.site_id)).first() or 0]
        term = Term(words=["zeppelin"], fields=("body",))
        found = select_matches(session, [term], Place(site_ids=site_ids))
        number = session.scalar(select(func.count()).select_from(found.subquery()))
        comment = session.scalars(select(Comment)).first()
        assert comment is not None
        # Its number is none that is taken.
        added = make_comment(session, comment.thread)
    assert number == 1
    assert added.id == 3


def test_a_database_with_rows_is_left_alone(database: Database, make: Make) -> None:
    fill(database)
    target = make()
    fill(target)

    with pytest.raises(CopyError, match="already"):
        copy_rows(database, target, tell=lambda *_: None)


def test_a_dump_is_made_while_running_and_restored_elsewhere(
    make: Make, tmp_path: Path
) -> None:
    source, elsewhere = make(), make(is_migrated=False)
    fill(source)
    path = tmp_path / "x.dump"

    with Session(source.engine) as writing:
        # What is not committed when it begins is not in it, and does not hold it up.
        make_site(writing, key="late")
        size = dump_database(source, path)
        writing.rollback()
    check_dump(path)
    restore_dump(elsewhere, path)

    assert size == path.stat().st_size
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_bodies(elsewhere) == read_bodies(source)
    assert count_tables(elsewhere) == count_tables(source)


def test_a_dump_replaces_what_is_there_only_if_forced(
    make: Make, tmp_path: Path
) -> None:
    source, target = make(), make()
    fill(source)
    path = tmp_path / "x.dump"
    dump_database(source, path)

    with pytest.raises(BackupError, match="--force"):
        restore_dump(target, path)
    before = read_bodies(target)
    restore_dump(target, path, is_forced=True)

    assert before == []
    assert read_bodies(target) == read_bodies(source)


def test_a_dump_overwrites_nothing_and_must_be_one(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "x.dump"
    path.write_text("no dump")

    with pytest.raises(BackupError, match="there already"):
        dump_database(make(), path)
    with pytest.raises(BackupError, match="pg_restore failed"):
        check_dump(path)


def count_tables(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
