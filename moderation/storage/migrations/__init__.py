"""Owns the database's shape over time: Alembic revisions and what runs them.

Alembic is imported where something is to be run. Mostly the shape is right, and with
what it imports itself it takes 10 MB of each process, and a fifth of a second.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from moderation.storage.session import Database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "head"
VERSIONS = Path(__file__).parent / "versions"


class SchemaError(Exception):
    """A database whose shape is not what the code needs; says what to run."""


def upgrade_schema(database: Database, *, revision: str = HEAD) -> None:
    """Bring the database to `revision` in one transaction: all of it or nothing."""
    from alembic import command  # noqa: PLC0415 see above

    with database.alter() as connection:
        command.upgrade(_make_config(connection), revision)


def downgrade_schema(
    database: Database, *, revision: str, unseal: Callable[[str], str] | None = None
) -> None:
    """Take the database back to `revision` (or "-1", "base") in one transaction.

    `unseal` reads what is kept encrypted: revisions before 0016 knew no such thing.
    """
    from alembic import command  # noqa: PLC0415 see above

    with database.alter() as connection:
        config = _make_config(connection)
        config.attributes["unseal"] = unseal
        command.downgrade(config, revision)


def find_revision(database: Database) -> str | None:
    """Return the revision the database is at, None if it is empty."""
    with database.read() as session:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = session.scalar(
            text("SELECT version_num FROM alembic_version")
        )
        return found


@cache
def find_head() -> str:
    """Return the revision the code needs: that of the files, read once."""
    revisions = _list_revisions()
    if not revisions:
        raise SchemaError("This installation has no migrations; install it again.")
    return max(revisions)


def ensure_schema(database: Database) -> None:
    """Upgrade a SQLite database; check any other.

    :raises SchemaError: if the database is of a later version, or not SQLite and
        out of date, with the command to run.
    """
    current = find_revision(database)
    if current == find_head():
        return
    if current is not None and not is_known_revision(current):
        raise SchemaError(
            f"The database is at revision {current}, which this version does not "
            "know; start the version that made it, or a later one."
        )
    if not database.is_sqlite:
        raise SchemaError("The database is out of date; run: moderation db upgrade")
    upgrade_schema(database)


def is_known_revision(revision: str) -> bool:
    """Return whether this version has a revision."""
    return revision in _list_revisions()


def _list_revisions() -> frozenset[str]:
    """Return the revisions: numbers of as many digits, with which the files begin."""
    return frozenset(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def _make_config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 see above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
