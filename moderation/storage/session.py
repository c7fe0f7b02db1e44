"""Owns the engine and its sessions: no lost update, no "database is locked"."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from itertools import count
from time import monotonic, perf_counter
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from moderation.storage.driving import run_first
from moderation.storage.recalling import SHELF
from moderation.storage.search import set_up_search
from moderation.storage.tight import TightDisk

BUSY_TIMEOUT_SECONDS = 10
# libpq's: a machine that is gone without a word is given up within half a minute. By
# default all threads would wait for it for minutes, and for an answer two hours.
POSTGRESQL_OPTIONS: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# Beside five that stay: the threads of a server and its worker, each with one.
MOST_OVERFLOW = 20
READ_ONLY = "read_only"
_IS_SINGLE = "is_single"
_WORK = "work"
_COUNTS = "counts"

# WAL lets readers go on while one writes. FULL makes every commit wait for the
# disk: with NORMAL, 20 acknowledged comments were followed by no fsync at all.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1_000}",
    # After a long reader the log is cut back to this; it would keep its size for good.
    "PRAGMA journal_size_limit = 33554432",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = FAST",
    "PRAGMA temp_store = MEMORY",
    # For each connection: the system keeps the file in memory besides, and at a million
    # comments a post costs no more than with 16 MB.
    "PRAGMA cache_size = -4000",
    # 16 MB of log: a post changes 50 pages, most of them the same as the one before,
    # and by default every twentieth would copy them all and wait for the disk.
    "PRAGMA wal_autocheckpoint = 4000",
)


class DatabaseURLError(Exception):
    """A database address that can't be used; the message says what to give."""


class Count(NamedTuple):
    """What is to be counted under a name and labels, or measured, once it is true."""

    name: str
    labels: tuple[str, ...] = ()
    number: float = 1


def announce_work(session: Session, kind: str) -> None:
    """Note that a session stores work of a kind for the worker, told after commit."""
    session.info.setdefault(_WORK, set()).add(kind)


def note_count(session: Session, name: str, *labels: str, number: float = 1) -> None:
    """Note what is to be counted when, and only if, a session's work is committed."""
    session.info.setdefault(_COUNTS, []).append(Count(name, labels, number))


class Database:
    """An engine, and the two kinds of session: one to write and one to read.

    On SQLite a writer takes the write lock when it begins (BEGIN IMMEDIATE): taken
    only at the first write, as the driver does, it fails with "database is locked"
    whenever somebody else wrote meanwhile. Writers of one process queue up on a
    lock of their own, which wakes the next at once instead of by polling.

    `on_work` is called after the commit of a session that announced work, with the
    kinds of it, when all locks are released; it must not raise. Nor must `on_counts`,
    called then with what was noted to be counted, nor `on_wait`, called with how many
    seconds a writer waited for its "turn" in this process, and for another's "lock".
    `last_write` is another number after each write of this process, and before the
    writer goes on.
    """

    last_write = 0
    on_work: Callable[[AbstractSet[str]], None] | None = None
    on_counts: Callable[[Sequence[Count]], None] | None = None
    on_wait: Callable[[str, float], None] | None = None

    def __init__(self, url: str) -> None:
        self.url = _parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _create_engine(self.url)
        self._reader = self.engine.execution_options(**{READ_ONLY: True})
        self._looker = self._reader.execution_options(**{_IS_SINGLE: True})
        self._lock = threading.Lock()
        self._writes = count(1)
        self._reads: dict[object, float] = {}
        self._tight_disk = TightDisk()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", self._begin)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session; commit when the block ends, roll back if it raises."""
        try:
            with (
                self._queue(),
                Session(self.engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except OperationalError as error:
            self._tight_disk.note(error)
            raise
        finally:
            # Whatever became of it: a commit that failed may have been done.
            self.last_write = next(self._writes)
            if self.is_sqlite:
                self._tight_disk.relieve(self.engine)
        if self.on_counts is not None and _COUNTS in session.info:
            self.on_counts(session.info[_COUNTS])
        if self.on_work is not None and _WORK in session.info:
            self.on_work(session.info[_WORK])

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one moment of the database and writes nothing."""
        mark = object()
        self._reads[mark] = monotonic()
        try:
            with Session(self._reader, expire_on_commit=False) as session:
                yield session
        finally:
            del self._reads[mark]

    def find_oldest_read(self) -> float:
        """Return for how many seconds somebody of this process has been reading."""
        begun = tuple(self._reads.values())
        return monotonic() - min(begun) if begun else 0.0

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Yield a connection that only reads: one query at half a session's cost."""
        with self._looker.connect() as connection:
            yield connection

    @contextmanager
    def alter(self) -> Iterator[Connection]:
        """Yield a connection for a change of shape, in one transaction.

        On SQLite tables are altered by copying them, for which foreign keys must
        rest: dropping the old table would delete what refers to it.
        """
        with self._queue(), self.engine.connect() as connection:
            if self.is_sqlite:
                _run_raw(connection, "PRAGMA foreign_keys = OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                if self.is_sqlite:
                    _run_raw(connection, "PRAGMA foreign_keys = ON")

    @contextmanager
    def pause_writers(self) -> Iterator[None]:
        """Let nobody of this process write to SQLite while the block runs."""
        with self._queue():
            yield

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        begun = perf_counter()
        with self._lock:
            self._note_wait("turn", begun)
            yield

    def _begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_IS_SINGLE, False):
            # One query sees one moment by itself.
            return
        if options.get(READ_ONLY, False):
            run_first(connection, "BEGIN")
            return
        begun = perf_counter()
        run_first(connection, "BEGIN IMMEDIATE")
        self._note_wait("lock", begun)

    def _note_wait(self, kind: str, begun: float) -> None:
        if self.on_wait is not None:
            self.on_wait(kind, perf_counter() - begun)


def _parse_url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise DatabaseURLError(
            "MODERATION_DATABASE_URL is no database address; give one like "
            "sqlite:////srv/comments/moderation.sqlite3 or postgresql://user@host/name"
        ) from error
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _create_engine(url: URL) -> Engine:
    options: dict[str, Any] = {
        # Errors are logged, and what people write must not be.
        "hide_parameters": True,
        "execution_options": {SHELF: {}},
    }
    if url.get_backend_name() != "sqlite":
        # What the address says stands.
        wanted = {k: v for k, v in POSTGRESQL_OPTIONS.items() if k not in url.query}
        options |= {"pool_pre_ping": True, "max_overflow": MOST_OVERFLOW}
        return create_engine(url, connect_args=wanted, **options)
    options |= {
        "connect_args": {
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": BUSY_TIMEOUT_SECONDS,
        },
    }
    if url.database in {None, "", ":memory:"}:
        return create_engine(url, poolclass=StaticPool, **options)
    # As many connections as threads want: waiting is done at the lock, not here.
    engine = create_engine(url, pool_size=16, max_overflow=-1, **options)
    event.listen(engine, "do_connect", _make_private)
    return engine


def _make_private(_: object, __: object, arguments: list[str], ___: object) -> None:
    """Make a new database for its owner alone: SQLite would let everybody read it.

    The files beside it get the same mode.
    """
    path = arguments[0]
    if path.startswith("file:"):
        # A URI, not a path: whoever writes one chooses such things.
        return
    # It is there, mostly; if it can't be made, SQLite says why.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _set_up_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    set_up_search(connection)


def _run_raw(connection: Connection, statement: str) -> None:
    """Run a statement that must stand outside any transaction."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(statement)
