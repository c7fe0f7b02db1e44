"""Owns the database's shape over time: Alembic revisions and what runs them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from moderation.storage.session import Database

HEAD = "head"


class SchemaError(Exception):
    """A database whose shape is not what the code needs; says what to run."""


def upgrade_schema(database: Database, *, revision: str = HEAD) -> None:
    """Bring the database to `revision` in one transaction: all of it or nothing."""
    with database.alter() as connection:
        command.upgrade(_make_config(connection), revision)


def downgrade_schema(
    database: Database, *, revision: str, unseal: Callable[[str], str] | None = None
) -> None:
    """Take the database back to `revision` (or "-1", "base") in one transaction.

    `unseal` reads what is kept encrypted: revisions before 0016 knew no such thing.
    """
    with database.alter() as connection:
        config = _make_config(connection)
        config.attributes["unseal"] = unseal
        command.downgrade(config, revision)


def find_revision(database: Database) -> str | None:
    """Return the revision the database is at, None if it is empty."""
    with database.read() as session:
        context = MigrationContext.configure(session.connection())
        return context.get_current_revision()


@cache
def find_head() -> str:
    """Return the revision the code needs: that of the files, read once."""
    head = ScriptDirectory.from_config(_make_config()).get_current_head()
    if head is None:
        raise SchemaError("This installation has no migrations; install it again.")
    return head


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
    scripts = ScriptDirectory.from_config(_make_config())
    return any(script.revision == revision for script in scripts.walk_revisions())


def _make_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
