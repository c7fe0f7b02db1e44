"""Owns what a view needs at hand: settings, and units of work on the database."""

from contextlib import AbstractContextManager

from flask import Flask, current_app
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.services.sealing import Sealer
from moderation.storage.session import Database

SETTINGS = "moderation.settings"
DATABASE = "moderation.database"


def init_context(app: Flask, settings: Settings, database: Database) -> None:
    """Hand `app` the settings and database its views work with."""
    app.extensions[SETTINGS] = settings
    app.extensions[DATABASE] = database


def get_settings() -> Settings:
    """Return the settings of the current app."""
    settings: Settings = current_app.extensions[SETTINGS]
    return settings


def get_sealer() -> Sealer:
    """Return what seals and reads the secrets that the current app keeps."""
    return Sealer(get_settings().signing_keys)


def get_database() -> Database:
    """Return the database of the current app."""
    database: Database = current_app.extensions[DATABASE]
    return database


def unit_of_work() -> AbstractContextManager[Session]:
    """Open a session that commits when its block ends and rolls back on an error."""
    return get_database().write()


def reading() -> AbstractContextManager[Session]:
    """Open a session that only reads."""
    return get_database().read()
