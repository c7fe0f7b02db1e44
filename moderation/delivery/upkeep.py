"""Owns the work of periodic jobs that keep the database small, in order, and safe.

Each may be killed at any moment and is done again from where it was: it goes by short
transactions, and asks each time what is left to do.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.domain.plurals import count_in_words
from moderation.domain.statuses import Status
from moderation.services.backups import list_backups, make_named_backup
from moderation.services.counting import count_lessons, list_uncounted
from moderation.services.expired import forget_expired
from moderation.services.housekeeping import forget_deliveries
from moderation.services.outgoing_mails import forget_mails
from moderation.services.retention import (
    forget_campaigns,
    hash_addresses,
    purge_comments,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.storage.upkeep import measure_waste, refresh_plans, tidy_database

# What is left then is for the next time: the lease of a job ends after an hour.
MOST_SECONDS = 2_400.0
# Between two steps whoever waits for the database gets it.
PAUSE_SECONDS = 0.01
# A backup that is asked for every 24 hours must not slip by a minute each day.
SLACK = timedelta(minutes=30)
MOST_WASTE = 0.10

Step = Callable[[Session], int]


def forget_sent(database: Database, settings: Settings) -> str:
    """Delete mails and events that were sent, or given up, long ago."""
    del settings
    at = now()
    with database.write() as session:
        mails = forget_mails(session, at=at)
    events = _repeat(database, lambda session: forget_deliveries(session, at=at))
    return f"Forgot {mails} mails and {events} events."


def forget_old(database: Database, settings: Settings) -> str:
    """Delete sessions, links and kept answers whose time is over."""
    del settings
    with database.write() as session:
        number = forget_expired(session, at=now())
    return f"Forgot {count_in_words(number, 'thing')} whose time was over."


def keep_short(database: Database, settings: Settings) -> str:
    """Make old addresses hashes, and delete what was unwanted for long."""
    at = now()
    parts = []
    _count_lessons(database)
    if before := _find_end(at, settings.retention_address_days):
        number = _repeat(
            database,
            lambda session: hash_addresses(
                session, key=settings.secret_key, before=before
            ),
        )
        parts.append(f"the addresses of {count_in_words(number, 'comment')}")
    for status, days in (
        (Status.SPAM, settings.retention_spam_days),
        (Status.REJECTED, settings.retention_rejected_days),
    ):
        if end := _find_end(at, days):
            number = _purge(database, status, end)
            parts.append(f"{number} {status} comments")
    with database.write() as session:
        forget_campaigns(session)
    return f"Forgot {', '.join(parts)}." if parts else "Everything is kept."


def back_up(database: Database, settings: Settings) -> str:
    """Make a backup if the newest one is old enough."""
    if not settings.backup_dir:
        return "No directory is set for backups (MODERATION_BACKUP_DIR)."
    folder = Path(settings.backup_dir)
    newest = next(iter(list_backups(folder)), None)
    if newest and newest.made_at > now() - find_backup_time(settings):
        return f"{newest.path.name} is young enough."
    made = make_named_backup(database, folder, keep=settings.backup_keep)
    return f"Wrote {made.path.name} ({made.bytes:,} bytes)."


def put_in_order(database: Database, settings: Settings) -> str:
    """Write the database's file anew, without what was deleted."""
    del settings
    return tidy_database(database)


def look_after(database: Database, settings: Settings) -> str:
    """Write the database's file anew if much of it holds nothing: others wait then."""
    waste = measure_waste(database)
    if waste >= MOST_WASTE:
        return put_in_order(database, settings)
    refresh_plans(database)
    return f"In order: {waste:.0%} of the file holds nothing."


def find_backup_time(settings: Settings) -> timedelta:
    """Return how old the newest backup has to be for another one."""
    return max(timedelta(hours=settings.backup_hours) - SLACK, SLACK)


def _purge(database: Database, status: Status, before: datetime) -> int:
    return _repeat(
        database,
        lambda session: purge_comments(session, status=status, before=before),
    )


def _count_lessons(database: Database) -> None:
    """Count what an import left that was killed: what is purged must have taught."""
    with database.read() as session:
        site_ids = list_uncounted(session)
    end = time.monotonic() + MOST_SECONDS
    for site_id in site_ids:
        while time.monotonic() < end and count_lessons(database, site_id):
            time.sleep(PAUSE_SECONDS)


def _find_end(at: datetime, days: int) -> datetime | None:
    return at - timedelta(days=days) if days else None


def _repeat(database: Database, step: Step) -> int:
    """Do a step, each in its own transaction, until there is nothing left; count."""
    total, end = 0, time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        with database.write() as session:
            number = step(session)
        total += number
        if not number:
            break
        time.sleep(PAUSE_SECONDS)
    return total
