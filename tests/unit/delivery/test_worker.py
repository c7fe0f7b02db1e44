import logging
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from moderation.config import Settings
from moderation.delivery.engine import TroubleHandler
from moderation.delivery.jobs import JobRunner, PeriodicJob
from moderation.delivery.upkeep import forget_sent
from moderation.delivery.worker import Worker
from moderation.services.events import record_events
from moderation.storage.models import Job
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_comment, make_endpoint, make_site, make_thread
from tests.unit.delivery.receiving import Receiver
from tests.waiting import wait_until

START = "2026-03-01T12:00:00Z"
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="k" * 48,
        webhook_allow=(ip_network("127.0.0.0/8"),),
    )


@pytest.fixture
def worker(settings: Settings, database: Database) -> Iterator[Worker]:
    worker = Worker(settings, database, jobs=())
    database.on_work = worker.tell
    worker.start()
    yield worker
    worker.stop()


def announce(database: Database, url: str, *, count: int = 1) -> None:
    with database.write() as session:
        make_endpoint(session, url=url)
        thread = make_thread(session, make_site(session))
        comments = [make_comment(session, thread) for _ in range(count)]
        record_events(session, comments)


def count_threads() -> int:
    return sum(thread.name.startswith("Worker-") for thread in threading.enumerate())


@pytest.mark.usefixtures("worker")
def test_what_is_committed_is_sent_at_once(
    database: Database, receiver: Receiver
) -> None:
    announce(database, receiver.url)

    assert wait_until(lambda: len(receiver.requests) == 1)


def test_what_was_left_is_sent_when_a_worker_starts(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    # Nobody was told.
    announce(database, receiver.url, count=50)
    worker = Worker(settings, database, jobs=())

    worker.start()

    assert wait_until(lambda: len(receiver.requests) == 50)
    worker.stop()


def test_a_worker_ends_with_all_its_threads(
    settings: Settings, database: Database
) -> None:
    worker = Worker(settings, database, jobs=())

    worker.start()
    during = count_threads()
    worker.stop()

    assert during > 0
    assert count_threads() == 0


def test_who_posts_does_not_fail_for_a_broken_queue(
    settings: Settings, database: Database
) -> None:
    broken = replace(settings, queue_url="sqlite:////proc/nowhere/queue.sqlite3")
    database.on_work = Worker(broken, database).tell

    announce(database, "https://hooks.example.org/")

    with database.read() as session:
        assert (
            session.connection()
            .exec_driver_sql("SELECT count(*) FROM deliveries")
            .scalar_one()
            == 1
        )


def test_without_a_queue_work_is_found_all_the_same(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    announce(database, receiver.url, count=3)
    broken = replace(settings, queue_url="sqlite:////proc/nowhere/queue.sqlite3")
    worker = Worker(broken, database, jobs=())

    worker.start()

    assert wait_until(lambda: len(receiver.requests) == 3)
    worker.stop()


def test_a_queue_in_trouble_is_told_once_a_minute(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = TroubleHandler()
    record = logging.makeLogRecord(
        {"msg": "Error reading from queue", "levelno": logging.ERROR}
    )

    for _ in range(5):
        handler.handle(record)

    shown = capsys.readouterr()
    assert (shown.out + shown.err).count("Error reading from queue") == 1


def test_an_app_that_tells_nothing_opens_no_queue(
    settings: Settings, database: Database
) -> None:
    Worker(settings, database)

    assert not (settings.data_dir / "queue.sqlite3").exists()


def make_runner(
    database: Database, settings: Settings, *jobs: PeriodicJob
) -> JobRunner:
    return JobRunner(database, settings, jobs, is_stopping=threading.Event())


def test_a_job_runs_every_so_often(settings: Settings, database: Database) -> None:
    runs = []

    def work(_: Database, __: Settings) -> str:
        runs.append(now())
        return "Done."

    runner = make_runner(
        database, settings, PeriodicJob(name="a", every=HOUR, work=work)
    )
    with time_machine.travel(START, tick=False) as clock:
        for minutes in (0, 30, 29, 1, 61):
            clock.shift(timedelta(minutes=minutes))
            runner.run()

    assert len(runs) == 3
    with database.read() as session:
        job = session.get(Job, "a")
    assert job is not None
    assert (job.result, job.error, job.lease) == ("Done.", "", "")


def test_a_job_that_breaks_down_is_noted_and_stops_no_other(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Database, __: Settings) -> str:
        raise RuntimeError("ada@example.org")

    runner = make_runner(
        database,
        settings,
        PeriodicJob(name="a", every=HOUR, work=fail),
        PeriodicJob(name="b", every=HOUR, work=lambda _, __: "Done."),
    )

    runner.run()

    capsys.readouterr()
    with database.read() as session:
        jobs = {job.name: job for job in session.scalars(select(Job))}
    assert "RuntimeError" in jobs["a"].error
    assert "ada" not in jobs["a"].error
    assert jobs["b"].result == "Done."


def test_a_job_is_never_run_twice_at_a_time(
    settings: Settings, database: Database, database_url: str
) -> None:
    other = Database(database_url)
    begun, may_end, runs = threading.Event(), threading.Event(), []

    def work(_: Database, __: Settings) -> str:
        runs.append(1)
        begun.set()
        may_end.wait(10)
        return ""

    job = PeriodicJob(name="a", every=HOUR, work=work)
    first = threading.Thread(target=make_runner(database, settings, job).run)
    first.start()
    begun.wait(10)
    make_runner(other, settings, job).run()
    may_end.set()
    first.join()

    other.close()
    assert len(runs) == 1


def test_a_job_of_a_dead_worker_is_run_again_when_it_must_have_ended(
    settings: Settings, database: Database
) -> None:
    runs = []

    def die(_: Database, __: Settings) -> str:
        runs.append(1)
        raise SystemExit

    job = PeriodicJob(name="a", every=24 * HOUR, work=die, longest=HOUR)
    runner = make_runner(database, settings, job)
    with time_machine.travel(START, tick=False) as clock:
        for minutes in (0, 59, 1):
            clock.shift(timedelta(minutes=minutes))
            run_quietly(runner)

    assert len(runs) == 2


def run_quietly(runner: JobRunner) -> None:
    with suppress(SystemExit):
        runner.run()


def test_old_events_are_forgotten_but_those_that_wait(
    settings: Settings, database: Database, receiver: Receiver
) -> None:
    announce(database, receiver.url)
    worker = Worker(settings, database)
    with time_machine.travel(now() + timedelta(days=31)):
        before = forget_sent(database, settings)
        worker.sender.run()
        after = forget_sent(database, settings)

    assert before == "Forgot 0 mails and 0 events."
    assert after == "Forgot 0 mails and 1 events."
