"""Owns backups of a PostgreSQL database, made and put back by its own tools."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import URL, inspect

from moderation.storage.backup import BackupError
from moderation.storage.session import Database


def dump_database(database: Database, target: Path) -> int:
    """Write a dump (mode 0600) in pg_dump's own format; return its bytes.

    :raises BackupError: if the file is there, or pg_dump fails or is missing.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; give another name.")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _run(database, "pg_dump", ["--format=custom", f"--file={draft}"])
        check_dump(draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.link(draft, target)
    except FileExistsError as error:
        raise BackupError(f"{target} is there already; give another name.") from error
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def check_dump(path: Path) -> None:
    """Read the list of what is in a dump. :raises BackupError: if it is none."""
    listed = _call("pg_restore", ["--list", str(path)], {})
    if " comments " not in listed:
        raise BackupError(f"{path} is no backup of this service.")


def restore_dump(database: Database, source: Path, *, is_forced: bool = False) -> None:
    """Put a dump into a database, all of it or nothing.

    :raises BackupError: if it has tables already and `is_forced` is not given, or
        pg_restore fails.
    """
    check_dump(source)
    if inspect(database.engine).get_table_names() and not is_forced:
        raise BackupError(
            "The database has tables already. To replace them, stop the service and "
            "give --force."
        )
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
    _run(database, "pg_restore", [*options, str(source)])


def _run(database: Database, tool: str, arguments: Sequence[str]) -> None:
    """Run a tool on a database; the password is not seen in the list of processes."""
    url = database.url.set(drivername="postgresql")
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    shown = address.render_as_string(hide_password=False)
    _call(tool, [f"--dbname={shown}", *arguments], password)


def _call(tool: str, arguments: Sequence[str], more: Mapping[str, str]) -> str:
    path = shutil.which(tool)
    if path is None:
        raise BackupError(
            f"{tool} is missing; install PostgreSQL's client tools (Debian: "
            "postgresql-client)."
        )
    done = subprocess.run(  # noqa: S603 a tool found by name, and no shell
        [path, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**more} or None,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise BackupError(f"{tool} failed: {lines[0]}")
    return done.stdout
