"""Owns how a command opens the database: brought up to date, closed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from moderation.config import load_settings
from moderation.storage.migrations import ensure_schema
from moderation.storage.session import Database


@contextmanager
def open_database(*, is_current: bool = True) -> Iterator[Database]:
    """Yield the database of the settings; `is_current`: not before it is up to date.

    :raises SettingsError: if a setting can't be used.
    :raises SchemaError: if it is not SQLite and out of date.
    """
    database = Database(load_settings().database_url)
    try:
        if is_current:
            ensure_schema(database)
        yield database
    finally:
        database.close()
