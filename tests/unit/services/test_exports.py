import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select

from moderation.formats.writing import FORMATS
from moderation.services.exports import export_site
from moderation.services.sites import find_site
from moderation.storage.models import Thread
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as session:
        site = make_site(session)
        for key in ("first", "second"):
            thread = make_thread(session, site, key=key)
            make_comment(session, thread, body=f"On the {key} page.")
    return database


def add_meanwhile(database: Database, key: str) -> None:
    with database.write() as session:
        thread = make_thread(session, find_site(session, "blog"), key=key)
        make_comment(session, thread, body="Too late.")


def is_hindered(database: Database) -> bool:
    """Return whether somebody keeps SQLite's log from being cut."""
    with closing(sqlite3.connect(str(database.url.database))) as connection:
        row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(row[0])


@pytest.mark.sqlite(reason="its log")
@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_keeps_no_log_from_being_cut_however_long_it_takes(
    filled: Database, format_: str
) -> None:
    hindered = []

    for number, _ in enumerate(export_site(filled, "blog", format_)):
        add_meanwhile(filled, f"meanwhile-{number}")
        hindered.append(is_hindered(filled))

    assert len(hindered) >= 3
    assert not any(hindered)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_has_what_there_was_at_its_beginning(
    filled: Database, format_: str
) -> None:
    parts = export_site(filled, "blog", format_)

    add_meanwhile(filled, "third")
    with filled.write() as session:
        known = session.scalars(select(Thread).where(Thread.key == "first")).one()
        make_comment(session, known, body="Too late.")
    written = "".join(parts)

    assert "On the second page." in written
    assert "Too late." not in written
    assert "third" not in written
