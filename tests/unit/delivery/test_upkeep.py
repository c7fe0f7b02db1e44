import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from moderation.config import Settings
from moderation.delivery.jobs import JobRunner, PeriodicJob
from moderation.delivery.upkeep import (
    back_up,
    forget_old,
    keep_short,
    look_after,
    put_in_order,
)
from moderation.domain.statuses import Status
from moderation.services.backups import list_backups
from moderation.services.jobs import request_job
from moderation.services.sessions import start_session
from moderation.storage.models import Comment, LoginSession
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.storage.upkeep import measure_bytes, measure_waste
from tests.factories import make_comment, make_site, make_thread

MONTH = timedelta(days=31)
MANY = 1_500
WORK = """
import sys
from pathlib import Path
from moderation.config import Settings
from moderation.delivery.upkeep import keep_short
from moderation.storage.session import Database
url = sys.argv[1]
settings = Settings(data_dir=Path("."), database_url=url, secret_key="k" * 48)
print(keep_short(Database(url), settings))
"""


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.close()


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Comment)) or 0


def fill(database: Database, number: int, *, status: Status = Status.SPAM) -> None:
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        for _ in range(number):
            comment = make_comment(session, thread, status=status)
            comment.ip, comment.network = "192.0.2.7", "192.0.2.0/24"
            comment.created_at = now() - MONTH


@pytest.mark.parametrize(
    ("days", "left", "said"),
    [
        # As shipped: 30 days for each.
        ((30, 30), 0, "Forgot the addresses of 1 comment, 1 spam comments, 0 rejected"),
        # 0 keeps for good.
        ((30, 0), 1, "Forgot the addresses of 1 comment, 0 rejected comments."),
        ((0, 0), 1, "Forgot 0 rejected comments."),
        # Longer than its age.
        ((60, 60), 1, "Forgot the addresses of 0 comments, 0 spam comments"),
    ],
)
def test_what_is_kept_is_as_the_settings_say(
    database: Database, settings: Settings, days: tuple[int, int], left: int, said: str
) -> None:
    fill(database, 1)
    address, spam = days
    given = replace(settings, retention_address_days=address, retention_spam_days=spam)

    result = keep_short(database, given)

    assert result.startswith(said)
    assert count(database) == left


def test_retention_killed_in_the_middle_is_ended_by_the_next(
    database: Database, settings: Settings
) -> None:
    fill(database, MANY)
    database.close()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, settings.database_url], stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while count(database) == MANY and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    between = count(database)

    keep_short(database, settings)

    assert 0 < between < MANY
    assert between % 100 == 0
    assert count(database) == 0
    if database.is_sqlite:
        with database.look() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        assert found == "ok"


def test_sessions_whose_time_is_over_go_though_nobody_logs_in(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        start_session(
            session, b"x", moderator_id=None, data={}, user_agent="", at=now()
        )
    with time_machine.travel(now() + timedelta(days=2)):
        first, second = forget_old(database, settings), forget_old(database, settings)

    assert first == "Forgot 1 thing whose time was over."
    assert second == "Forgot 0 things whose time was over."
    with database.read() as session:
        assert session.scalars(select(LoginSession)).all() == []


def test_a_backup_is_made_when_the_newest_is_old_enough(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    given = replace(settings, backup_dir=str(folder), backup_hours=24, backup_keep=2)

    said = []
    for hours in (0, 1, 24, 48):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            said.append(back_up(database, given).split()[0])

    assert [word == "Wrote" for word in said] == [True, False, True, True]
    assert len(list_backups(folder)) == 2


def test_without_a_directory_no_backup_is_made(
    database: Database, settings: Settings
) -> None:
    assert "MODERATION_BACKUP_DIR" in back_up(database, settings)


@pytest.mark.sqlite(reason="PostgreSQL's own vacuum does so in its time")
def test_putting_in_order_makes_the_file_small_again(
    database: Database, settings: Settings
) -> None:
    fill(database, 500)
    keep_short(database, settings)
    before = measure_bytes(database)

    first = put_in_order(database, settings)
    second = put_in_order(database, settings)

    assert measure_bytes(database) < before
    assert first == second


@pytest.mark.sqlite(reason="only SQLite's file is written anew")
def test_the_file_is_written_anew_by_itself_only_if_much_was_deleted(
    database: Database, settings: Settings
) -> None:
    fill(database, 500)
    before = look_after(database, settings)
    keep_short(database, settings)

    after = look_after(database, settings)

    assert before.startswith("In order: ")
    assert after.startswith("Put in order")
    assert measure_waste(database) == 0


def test_a_job_on_request_waits_until_it_is_asked_for(
    database: Database, settings: Settings
) -> None:
    done: list[int] = []

    def work(database: Database, settings: Settings) -> str:
        del database, settings
        done.append(1)
        return "Done."

    job = PeriodicJob(name="a", every=MONTH, work=work, is_on_request=True)
    runner = JobRunner(database, settings, [job], is_stopping=threading.Event())
    runner.run()
    before = list(done)
    with database.write() as session:
        request_job(session, "a", at=now())

    runner.run()
    runner.run()

    assert (before, done) == ([], [1])
