import signal
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import func, select

from moderation.storage.models import Delivery, DeliveryState
from moderation.storage.session import Database
from tests.cli.kills import try_kills
from tests.cli.load import ORIGIN, SITE, post_all
from tests.cli.mould import Mould
from tests.cli.running import Run, start_service
from tests.unit.delivery.receiving import receiving

COMMENTS = f"/embed/{SITE}/comments?thread=a"
ARRIVED = 'moderation_delivery_attempts_total{outcome="arrived"} 3.0'


def ask(port: int, path: str) -> tuple[int, str]:
    """Return the status of an answer, and the answer."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def count_arrived(database: Database) -> int:
    query = select(func.count()).where(Delivery.state == DeliveryState.ARRIVED)
    with database.read() as session:
        return session.scalar(query) or 0


def wait_for_arrivals(url: str, count: int) -> bool:
    database = Database(url)
    with closing(database):
        for _ in range(300):
            if count_arrived(database) >= count:
                return True
            time.sleep(0.05)
    return False


def test_every_event_arrives_though_the_worker_is_killed_again_and_again(
    tmp_path: Path, mould: Mould
) -> None:
    trial = try_kills(tmp_path, kills=4, start=mould.start)

    assert len(trial.announced) > 5
    # Nothing is lost, and nothing stays in dead hands.
    assert set(trial.taken) == trial.announced
    assert trial.waiting == 0
    # Starting another worker takes its time; the sweep would come after 60 seconds.
    assert trial.stalled_seconds < 30
    # Whatever reached the receiver is on record.
    assert all(trial.asked[uid] <= trial.logged[uid] for uid in trial.announced)


def test_a_comment_that_was_posted_is_told_by_the_same_command(
    tmp_path: Path, run: Run, kept_url: str, mould: Mould
) -> None:
    settings = {
        "MODERATION_LIMITS_ENABLED": "0",
        "MODERATION_WEBHOOK_ALLOW": "127.0.0.0/8",
    }
    run("site", "add", SITE, "--name", "A blog", "--origin", ORIGIN)

    with receiving() as receiver, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODERATION_WEBHOOK_ALLOW", "127.0.0.0/8")
        run("endpoint", "add", receiver.url, "--all-sites")
        with start_service(
            "serve", "--port", "0", cwd=tmp_path, settings=settings, start=mould.start
        ) as service:
            tally = post_all(service.port, total=20, threads=4)
            has_arrived = wait_for_arrivals(kept_url, 20)
            status = service.stop(signal.SIGTERM)

    assert has_arrived
    assert status == 0
    assert len(set(receiver.ids)) == len(tally.ids) == 20


def test_without_a_worker_events_wait_for_one(
    tmp_path: Path, run: Run, kept_url: str, mould: Mould
) -> None:
    settings = {
        "MODERATION_WEBHOOK_ALLOW": "127.0.0.0/8",
        "MODERATION_METRICS_ALLOW": "127.0.0.0/8",
    }
    run("site", "add", SITE, "--name", "A blog", "--origin", ORIGIN)
    with receiving() as receiver, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODERATION_WEBHOOK_ALLOW", "127.0.0.0/8")
        run("endpoint", "add", receiver.url, "--all-sites")
        with start_service(
            "serve",
            "--port",
            "0",
            "--no-worker",
            cwd=tmp_path,
            settings=settings,
            start=mould.start,
        ) as service:
            post_all(service.port, total=3, threads=1)
        before = len(receiver.requests)

        with start_service(
            "worker", "--port", "0", cwd=tmp_path, settings=settings, start=mould.start
        ) as worker:
            has_arrived = wait_for_arrivals(kept_url, 3)
            # They are counted right after the commit that was waited for.
            is_told = any(ARRIVED in ask(worker.port, "/metrics")[1] for _ in range(20))
            others = [ask(worker.port, path)[0] for path in ("/login", COMMENTS)]
            status = worker.stop(signal.SIGTERM)

    assert (before, has_arrived, status) == (0, True, 0)
    # What it did it tells itself: the web process knows nothing of it.
    assert is_told
    assert others == [404, 404]
