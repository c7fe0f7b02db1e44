"""Owns backups of an SQLite database: made while it is in use, checked, put back."""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from moderation.storage.migrations import is_known_revision

# Pages copied at a time; between two steps others get at the disk.
PAGES_AT_ONCE = 1_000
PAUSE_SECONDS = 0.005
TOKEN_BYTES = 8


class BackupError(Exception):
    """A backup that could not be made or put back; says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A backup that was checked: rows by table, and the revision it is at."""

    path: Path
    bytes: int
    revision: str
    rows: Mapping[str, int]


def copy_database(source: Path, target: Path) -> Copy:
    """Write a backup of an SQLite database to a new file (mode 0600), and check it.

    It holds all that was committed before this began. Others go on reading and
    writing meanwhile. `target` appears when it is whole and checked, or not at all.

    :raises BackupError: if the file is there already, or the copy is not whole.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; give another name.")
    with _drafting(target) as draft:
        with (
            closing(_open(source, is_read_only=True)) as original,
            closing(_open(draft)) as copy,
        ):
            # One snapshot from here on: else each write by others would make the copy
            # begin again.
            original.execute("BEGIN")
            rows = _count_rows(original)
            original.backup(copy, pages=PAGES_AT_ONCE, sleep=PAUSE_SECONDS)
            # The log of the original can be cut again while the copy is checked.
            original.execute("ROLLBACK")
            # One file: no log beside it that could be forgotten.
            copy.execute("PRAGMA journal_mode = DELETE")
            _compare(rows, _count_rows(copy))
        found = check_copy(draft)
        _publish(draft, target)
    return Copy(
        path=target, bytes=found.bytes, revision=found.revision, rows=found.rows
    )


def check_copy(path: Path) -> Copy:
    """Return what is in a backup.

    :raises BackupError: if it is none, is damaged, or of a later version.
    """
    try:
        with closing(_open(path, is_read_only=True)) as connection:
            _check_whole(connection, path)
            (revision,) = connection.execute(
                "SELECT version_num FROM alembic_version"
            ).fetchone()
            rows = _count_rows(connection)
    except (sqlite3.Error, TypeError) as error:
        raise BackupError(f"{path} is no backup of this service ({error}).") from error
    if not is_known_revision(revision):
        raise BackupError(
            f"{path} is at revision {revision}, which this version does not know; use "
            "the version that made it, or a later one."
        )
    return Copy(path=path, bytes=path.stat().st_size, revision=revision, rows=rows)


def restore_copy(source: Path, target: Path, *, is_forced: bool = False) -> Path | None:
    """Put a backup in the place of a database, which must not be in use.

    Return where the database that was there is now, None if there was none.

    :raises BackupError: if the backup can't be used, the database is there and
        `is_forced` is not given, or somebody uses it.
    """
    check_copy(source)
    if target.exists() and not is_forced:
        raise BackupError(
            f"{target} is there already. To put it aside and the backup in its place, "
            "stop the service and give --force."
        )
    aside = None
    with _drafting(target) as draft:
        with (
            closing(_open(source, is_read_only=True)) as original,
            closing(_open(draft)) as copy,
        ):
            original.backup(copy)
        check_copy(draft)
        if target.exists():
            aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}.before")
            _take_down(target)
            os.link(target, aside)
            _sync(draft)
            # At no moment there is none: it would be made anew, and empty.
            draft.replace(target)
            _sync(target.parent)
        else:
            _publish(draft, target)
    return aside


def _open(path: Path, *, is_read_only: bool = False) -> sqlite3.Connection:
    mode = "ro" if is_read_only else "rw"
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)


def _check_whole(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise BackupError(f"{path} is damaged ({found}); use another backup.")
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise BackupError(f"{path} is damaged (rows are missing); use another backup.")


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'comment_search%'"
        " ORDER BY name"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 names of the schema
        for (name,) in names
    }


def _compare(rows: Mapping[str, int], copied: Mapping[str, int]) -> None:
    wrong = [name for name in rows if rows[name] != copied.get(name)]
    if wrong:
        raise BackupError(
            f"The copy has another number of rows in {', '.join(wrong)}; nothing was "
            "kept. Check the disk and try again."
        )


@contextmanager
def _drafting(target: Path) -> Iterator[Path]:
    """Yield an empty file for its owner alone beside `target`; gone afterwards."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(TOKEN_BYTES)}.part")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield draft
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _publish(draft: Path, target: Path) -> None:
    """Give a draft its name once it is on the disk; never over another file.

    :raises BackupError: if somebody else has made that file meanwhile.
    """
    _sync(draft)
    try:
        os.link(draft, target)
    except FileExistsError as error:
        raise BackupError(f"{target} is there already; give another name.") from error
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_down(path: Path) -> None:
    """Bring the log of a database into its file, which nobody may be using.

    SQLite gives up the log only for who is alone, so this tells whether a server runs.

    :raises BackupError: if one does.
    """
    with closing(_open(path)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout = 1000")
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError:
            mode = ""
        except sqlite3.DatabaseError:
            # It is damaged: that is why it is replaced.
            return
    if mode.lower() != "delete":
        raise BackupError(
            f"{path} is in use. Stop `moderation serve` and `moderation worker`, then "
            "restore."
        )
