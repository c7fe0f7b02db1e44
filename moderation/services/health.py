"""Owns the question whether the service can do its work: what is well, what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from moderation.services.jobs import WORKER
from moderation.storage.migrations import find_head, find_revision
from moderation.storage.models import Job
from moderation.storage.session import Database
from moderation.storage.upkeep import find_file, measure_free
from moderation.storage.write_ahead import LONG_LOG_BYTES, measure_log

# It looks for work once a minute.
SILENCE = timedelta(minutes=5)
# A backup, or a long thread imported, is more than this.
LEAST_FREE_BYTES = 50_000_000
MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at, and in words how it is and what to do about it.

    What is not well is grave if comments can't be taken, or nobody is told of them.
    """

    name: str
    is_well: bool
    says: str
    is_grave: bool = True


def check_service(
    database: Database, *, data_dir: Path, at: datetime
) -> Sequence[Check]:
    """Return what was looked at; of a database that is not well, nothing further."""
    checks = [_check_database(database)]
    if checks[0].is_well:
        checks += [_check_worker(database, at), _check_disk(database, data_dir)]
        checks += _check_log(database)
    return checks


def _check_database(database: Database) -> Check:
    try:
        revision = find_revision(database)
    except SQLAlchemyError:
        return Check(
            name="database",
            is_well=False,
            says="The database does not answer. Check that it runs and can be reached.",
        )
    if revision != find_head():
        return Check(
            name="database",
            is_well=False,
            says="The database is out of date. Run: moderation db upgrade",
        )
    says = "The database answers and is of this version."
    return Check(name="database", is_well=True, says=says)


def _check_worker(database: Database, at: datetime) -> Check:
    with database.read() as session:
        job = session.get(Job, WORKER)
    seen = job.ended_at if job else None
    if seen is None or at - seen > SILENCE:
        return Check(
            name="worker",
            is_well=False,
            says="No worker runs: no mail, no webhook and no job. Start moderation "
            "worker, or moderation serve without --no-worker.",
        )
    return Check(name="worker", is_well=True, says="A worker runs.")


def _check_disk(database: Database, data_dir: Path) -> Check:
    free = measure_free(database, data_dir)
    room = f"{free // MEGABYTE:,} MB are free on the disk."
    if free < LEAST_FREE_BYTES:
        says = f"Only {room} Make room: without any, no comment can be saved."
        return Check(name="disk", is_well=False, says=says)
    return Check(name="disk", is_well=True, says=room)


def _check_log(database: Database) -> Sequence[Check]:
    """Look at SQLite's log, if there is one."""
    if find_file(database) is None:
        return ()
    size = measure_log(database)
    takes = f"The database's log takes {size / MEGABYTE:,.1f} MB"
    if size < LONG_LOG_BYTES:
        return (Check(name="log", is_well=True, says=f"{takes}."),)
    says = (
        f"{takes} and grows: somebody reads the database without end. Look for a "
        "backup that hangs, or a tool that is left open on the file. Once that has "
        "ended, the log is cut within a minute."
    )
    return (Check(name="log", is_well=False, says=says, is_grave=False),)
