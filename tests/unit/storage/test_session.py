import threading
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from moderation.storage.models import Base, Site
from moderation.storage.session import Database, DatabaseURLError
from tests.sparing import DURABLE

WRITERS, STEPS = 6, 25


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'x.sqlite3'}"


# As the pragma has it.
MOST_LOG_BYTES = 33_554_432


def make_tables(database: Database) -> None:
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        session.add(Site(key="a", name="0", policy="hold_all"))


def count_up(database: Database) -> None:
    with database.write() as session:
        site = session.scalars(select(Site)).one()
        site.name = str(int(site.name) + 1)


def change_and_fail(database: Database) -> None:
    with database.write() as session:
        session.scalars(select(Site)).one().name = "changed"
        session.flush()
        raise RuntimeError


@pytest.mark.parametrize("engines", [1, 2])
def test_no_update_is_lost_and_nobody_is_locked_out(
    file_url: str, engines: int
) -> None:
    # Two engines stand for two processes: they share no lock but the database's.
    databases = [Database(file_url) for _ in range(engines)]
    make_tables(databases[0])
    errors: list[Exception] = []

    def work(database: Database) -> None:
        try:
            for _ in range(STEPS):
                count_up(database)
        except Exception as error:  # noqa: BLE001 it is looked at below
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(databases[n % engines],))
        for n in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with databases[0].read() as session:
        assert session.scalars(select(Site.name)).one() == str(WRITERS * STEPS)
    for database in databases:
        database.close()


def test_a_reader_goes_on_while_somebody_writes(file_url: str) -> None:
    database = Database(file_url)
    make_tables(database)

    with database.write() as writer:
        writer.scalars(select(Site)).one().name = "changed"
        writer.flush()
        with database.read() as reader:
            seen = reader.scalars(select(Site.name)).one()

    assert seen == "0"
    database.close()


def test_an_error_takes_everything_back(file_url: str) -> None:
    database = Database(file_url)
    make_tables(database)

    with pytest.raises(RuntimeError):
        change_and_fail(database)

    with database.read() as session:
        assert session.scalars(select(Site.name)).one() == "0"
    database.close()


def test_every_commit_waits_for_the_disk(
    file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.storage.session.SQLITE_PRAGMAS", DURABLE)
    database = Database(file_url)

    with database.engine.connect() as connection:
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()

    assert (synchronous, journal) == (2, "wal")
    database.close()


def test_a_wrong_address_says_what_to_give() -> None:
    with pytest.raises(DatabaseURLError, match="give one like"):
        Database("no address")


@pytest.mark.parametrize(("query", "seconds"), [("", 5), ("?connect_timeout=9", "9")])
def test_a_postgresql_that_is_silent_is_given_up_soon(
    query: str, seconds: int | str
) -> None:
    database = Database(f"postgresql://somebody@db.example/some{query}")
    wanted: dict[str, object] = {}

    def note(_: object, __: object, ___: object, given: dict[str, object]) -> None:
        wanted.update(given)
        raise ConnectionRefusedError

    event.listen(database.engine, "do_connect", note)

    with pytest.raises(ConnectionRefusedError), database.look():
        pass

    assert wanted["connect_timeout"] == seconds
    assert wanted["keepalives_idle"] == 15


def test_nobody_else_on_the_machine_reads_what_is_stored(
    file_url: str, tmp_path: Path
) -> None:
    database = Database(file_url)

    make_tables(database)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(
        ("x.sqlite3", "x.sqlite3-shm", "x.sqlite3-wal"), 0o600
    )
    database.close()


def test_the_mode_an_operator_gave_the_database_is_kept(
    file_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.sqlite3"
    path.touch()
    path.chmod(0o640)
    database = Database(file_url)

    make_tables(database)

    assert path.stat().st_mode & 0o777 == 0o640
    database.close()


def test_a_log_that_had_to_grow_for_a_reader_is_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    log = path.with_name("log.sqlite3-wal")
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        session.execute(text("CREATE TABLE ballast (content BLOB)"))
    with database.read() as session:
        session.execute(text("SELECT count(*) FROM ballast"))
        for _ in range(5):
            fill(database, 9_000_000)
        grown = log.stat().st_size

    for _ in range(3):
        fill(database, 1)

    shrunk = log.stat().st_size
    database.close()
    assert shrunk <= MOST_LOG_BYTES < grown


def fill(database: Database, size: int) -> None:
    with database.write() as session:
        row = text("INSERT INTO ballast VALUES (zeroblob(:size))")
        session.execute(row, {"size": size})
