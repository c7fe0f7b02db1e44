import http.client
import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.cli.listening import open_socket
from moderation.storage.models import Comment
from moderation.storage.session import Database
from tests.cli.load import ORIGIN, SITE, post_all
from tests.cli.mould import Mould
from tests.cli.running import Run, Service, start_service
from tests.cli.web_kills import THREADS, try_web_kills

ANSWER_SECONDS = 10


@pytest.fixture
def service(tmp_path: Path, run: Run, mould: Mould) -> Iterator[Service]:
    added = run("site", "add", SITE, "--name", "A blog", "--origin", ORIGIN)
    assert added.status == 0
    settings = {"MODERATION_LIMITS_ENABLED": "0"}
    with start_service(
        "serve", "--port", "0", cwd=tmp_path, settings=settings, start=mould.start
    ) as it:
        yield it


@pytest.fixture(scope="module")
def lasting(
    tmp_path_factory: pytest.TempPathFactory, mould: Mould
) -> Iterator[Service]:
    """Return a service for tests that leave nothing in it."""
    folder = tmp_path_factory.mktemp("lasting")
    with start_service("serve", "--port", "0", cwd=folder, start=mould.start) as it:
        yield it


def list_stored(url: str) -> list[int]:
    database = Database(url)
    with database.read() as session:
        stored = session.scalars(select(Comment.id)).all()
    database.close()
    return list(stored)


def exchange(port: int, request: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send raw bytes and read the one answer, as a client that sends all first."""
    with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.headers, answer.read()


def test_what_many_post_at_once_is_stored_and_nothing_twice(
    service: Service, kept_url: str
) -> None:
    tally = post_all(service.port, total=200, threads=8)

    stored = list_stored(kept_url)
    assert tally.statuses == {HTTPStatus.CREATED: 200}
    assert sorted(tally.ids) == sorted(stored)
    assert len(set(stored)) == 200


def test_what_was_acknowledged_before_a_stop_is_stored(
    service: Service, kept_url: str
) -> None:
    def stop_in_the_middle(acknowledged: int) -> None:
        if acknowledged == 60:
            service.process.send_signal(signal.SIGTERM)

    tally = post_all(service.port, total=400, threads=8, on_answer=stop_in_the_middle)

    assert service.process.wait(20) == 0
    assert set(tally.statuses) == {HTTPStatus.CREATED}
    assert 60 <= len(tally.ids) < 400
    # Each request that had arrived was answered, too.
    assert sorted(tally.ids) == sorted(list_stored(kept_url))


def test_what_was_acknowledged_is_stored_once_though_servers_are_killed(
    tmp_path: Path, database_url: str, mould: Mould
) -> None:
    trial = try_web_kills(tmp_path, database_url, kills=4, start=mould.start)

    assert (trial.lost, trial.doubled, trial.refused) == (0, 0, {})
    assert len(trial.acknowledged) > 5
    # Each connection may have waited for one more answer.
    assert len(trial.names) <= len(trial.acknowledged) + 4 * THREADS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_though_connections_are_open(
    service: Service, number: signal.Signals
) -> None:
    idle = http.client.HTTPConnection("127.0.0.1", service.port)
    idle.request("GET", "/healthz")
    idle.getresponse().read()

    assert service.stop(number) == 0

    idle.close()


def test_the_address_is_printed_on_one_line(tmp_path: Path) -> None:
    with start_service("serve", "--port", "0", cwd=tmp_path) as service:
        assert service.greeting == f"Serving at http://127.0.0.1:{service.port}\n"


HEAD = b"POST /embed/blog/comments HTTP/1.1\r\nHost: a.example\r\n"


# What the server itself refuses, before the app sees any of it.
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        # A client that sends all before it reads must still be able to read why.
        (HEAD + b"Content-Length: 10000000\r\n\r\n" + b"a" * 10_000_000, 413),
        (
            HEAD
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 64,
            413,
        ),
        (HEAD + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n", 400),
        # The server would answer 501, which no input should bring about.
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 400),
        # A proxy in front may see another request in it (RFC 9112, 6.1 and 11.2).
        (
            HEAD
            + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
            400,
        ),
        (HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n", 400),
        # The server would break the connection without an answer.
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\r\n\r\n", 400),
    ],
    ids=[
        "large",
        "large chunks",
        "headers",
        "chunk",
        "coding",
        "two lengths",
        "chunks in 1.0",
        "address",
        "tls",
    ],
)
def test_a_refusal_of_the_server_can_be_read_and_tells_nothing_of_it(
    lasting: Service, request_: bytes, status: int
) -> None:
    answered, headers, body = exchange(lasting.port, request_)

    assert answered == status
    assert headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Server"] is None
    assert json.loads(body)["status"] == status
    assert b"waitress" not in body


def test_a_body_just_over_the_limit_of_the_app_is_refused_by_the_app(
    service: Service,
) -> None:
    body = b"comment=" + b"a" * 1_048_576
    head = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
    head += (
        b"Origin: " + ORIGIN.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    )

    status, headers, _ = exchange(service.port, head + body)

    assert status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert headers["Content-Type"] == "text/html; charset=utf-8"


def test_slow_and_idle_connections_keep_nobody_waiting(lasting: Service) -> None:
    slow = HEAD + b"Content-Length: 1000\r\n\r\nname="
    sockets = []
    for number in range(300):
        connection = socket.create_connection(("127.0.0.1", lasting.port))
        connection.sendall(slow if number % 2 else b"")
        sockets.append(connection)

    began = time.monotonic()
    status, _, body = exchange(lasting.port, b"GET /healthz HTTP/1.1\r\n\r\n")
    seconds = time.monotonic() - began

    assert (status, body) == (HTTPStatus.OK, b"alive\n")
    assert seconds < 2
    for connection in sockets:
        connection.close()


def test_a_port_in_use_is_named(run: Run) -> None:
    with closing(open_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run("serve", "--port", str(port))

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert f"port {port} is in use" in done.err[0]


def test_an_address_that_is_not_of_this_machine_is_refused(run: Run) -> None:
    done = run("serve", "--host", "192.0.2.1", "--port", "0")

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert "--host" in done.err[0]
