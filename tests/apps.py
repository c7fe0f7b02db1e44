"""Lends apps to tests: one for all whose settings are alike, as new for each test.

Making one takes ten times as long as asking it something, and half of the suite did so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask

from moderation.app import create_app
from moderation.config import Settings
from moderation.delivery.worker import WORKER, Worker
from moderation.services.meters import METER, Meter
from moderation.storage.session import Database
from moderation.web.context import DATABASE, SETTINGS
from moderation.web.embed.answers import ShortWay
from moderation.web.logs import set_up_logs

# A password that takes its time took a third of the tests of accounts; those that are
# about it make their own app (tests/web/accounts/test_login.py).
QUICK_HASHES = {"argon2__memory_cost": 8, "argon2__time_cost": 1}


@dataclass(frozen=True, kw_only=True)
class Made:
    """An app, and what of it a test may have changed, as it was."""

    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]

    def renew(self, settings: Settings, database: Database) -> None:
        """Let the app be as if it had just been made, with these."""
        set_up_logs(settings)
        self.app.config.clear()
        self.app.config.update(self.config)
        self.app.extensions.clear()
        self.app.extensions.update(self.extensions)
        own: Database = self.extensions[DATABASE]
        # Others hold on to the app's Database: it gets the engine and lock of another.
        vars(own).update(vars(database))
        worker = Worker(settings, own)
        own.on_work = worker.tell
        self.app.extensions.update(
            {SETTINGS: settings, WORKER: worker, METER: Meter(own)}
        )
        short_way = self.app.wsgi_app
        assert isinstance(short_way, ShortWay)
        # Of no database but the last one: an app outlives its database only here.
        short_way._answers = type(short_way._answers)()  # noqa: SLF001


@dataclass(frozen=True, kw_only=True)
class Apps:
    """The apps of one process, by their settings without the places of a test."""

    made: dict[Settings, Made] = field(default_factory=dict)

    @contextmanager
    def lend(self, settings: Settings, database: Database) -> Iterator[Flask]:
        """Yield an app on an up-to-date database, which stays its giver's to close."""
        # What is counted in memory must be counted from nought.
        assert not settings.limits_enabled
        key = replace(settings, data_dir=Path(), database_url="")
        made = self.made.get(key)
        if made is None:
            made = self.made[key] = make(settings)
        made.renew(settings, database)
        yield made.app


@contextmanager
def making(settings: Settings) -> Iterator[Flask]:
    """Yield an app of the test's own, with a Database of its own."""
    app = create_app(settings)
    app.testing = True
    # As in production: an error must become an answer, not a traceback.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["security"].pwd_context.update(**QUICK_HASHES)
    yield app
    app.extensions[DATABASE].close()


def make(settings: Settings) -> Made:
    with making(settings) as app:
        pass
    # Flask then takes no more routes: others would have them, too.
    app.test_client().get("/healthz")
    return Made(app=app, config=dict(app.config), extensions=dict(app.extensions))
