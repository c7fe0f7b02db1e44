"""Owns where backups are written, how they are named, and which are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from moderation.storage.backup import copy_database
from moderation.storage.dumps import dump_database
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.storage.upkeep import find_file

PREFIX = "moderation-"
STAMP = "%Y%m%dT%H%M%SZ"
SUFFIXES = {True: ".sqlite3", False: ".dump"}


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup in the directory of backups."""

    path: Path
    made_at: datetime
    bytes: int


def make_backup(database: Database, target: Path) -> int:
    """Write a backup of the database to a new file; return its bytes.

    :raises BackupError: if that can't be done; then there is no such file.
    """
    source = find_file(database)
    if source is not None:
        return copy_database(source, target).bytes
    return dump_database(database, target)


def make_named_backup(database: Database, folder: Path, *, keep: int) -> Backup:
    """Write a backup named after this moment, and delete the oldest but `keep`.

    :raises BackupError: if it can't be made; then none is deleted.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = now()
    name = f"{PREFIX}{at.strftime(STAMP)}{SUFFIXES[database.is_sqlite]}"
    size = make_backup(database, folder / name)
    for backup in list_backups(folder)[keep:]:
        backup.path.unlink(missing_ok=True)
    return Backup(path=folder / name, made_at=at, bytes=size)


def list_backups(folder: Path) -> Sequence[Backup]:
    """Return the backups in a directory, the newest first; files of others are none."""
    found = []
    for path in folder.glob(f"{PREFIX}*"):
        try:
            at = datetime.strptime(path.stem.removeprefix(PREFIX), STAMP).replace(
                tzinfo=UTC
            )
            size = path.stat().st_size
        except (ValueError, OSError):
            continue
        if path.suffix in SUFFIXES.values():
            found.append(Backup(path=path, made_at=at, bytes=size))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)
