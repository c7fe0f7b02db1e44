"""Shows that what is sent without a thread is what a thread would have sent."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from moderation.app import create_app
from moderation.cli.at_once import AT_ONCE
from moderation.cli.listening import open_socket
from moderation.cli.server import make_server
from moderation.config import Settings
from moderation.domain.policy import Policy
from moderation.domain.statuses import Status
from moderation.storage.session import Database
from moderation.web.context import DATABASE
from tests.cli.load import ORIGIN, SITE, THREAD, post_all
from tests.cli.mould import Mould
from tests.cli.running import start_service
from tests.factories import SECRET_KEY, make_comment, make_site, make_thread

ANSWER_SECONDS = 10
# What differs from one answer to the next; the id is told by the app alone.
ONCE_ONLY = re.compile(rb"\r\n(Date|X-Request-Id): [^\r]+")
PATH = f"/embed/{SITE}/comments?thread={THREAD}"
LONG_PATH = f"/embed/{SITE}/comments?thread=long"
OTHER = b"GET /healthz HTTP/1.1\r\nHost: a.example\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server in a thread of this process, and what it serves."""

    port: int
    app: Flask

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions[DATABASE]
        return database

    @property
    def answered_at_once(self) -> int:
        return int(self.app.extensions[AT_ONCE].answered_at_once)

    def connect(self, *, buffer_bytes: int | None = None) -> socket.socket:
        """Return a connection; the system holds back no more than `buffer_bytes`."""
        made = socket.socket()
        made.settimeout(ANSWER_SECONDS)
        if buffer_bytes is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        made.connect(("127.0.0.1", self.port))
        return made

    def exchange(self, request: bytes) -> bytes:
        """Return the one answer to a request, head and all, as it came."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_answer(connection, is_head=request.startswith(b"HEAD"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("at_once")
    app = create_app(
        Settings(
            data_dir=folder,
            database_url=f"sqlite:///{folder / 'test.sqlite3'}",
            secret_key=SECRET_KEY,
            base_url="http://localhost",
            limits_enabled=False,
        )
    )
    fill(app.extensions[DATABASE])
    is_over = threading.Event()
    with closing(open_socket("127.0.0.1", 0)) as listener:
        server = make_server(app, listener)

        def serve() -> None:
            while not is_over.is_set():
                server.poll(0.02)
            server.finish()

        thread = threading.Thread(target=serve)
        thread.start()
        yield Running(port=listener.getsockname()[1], app=app)
        is_over.set()
        thread.join()
    app.extensions[DATABASE].close()


def fill(database: Database) -> None:
    with database.write() as session:
        site = make_site(session, key=SITE)
        # Whatever comes is published.
        site.policy = Policy.HOLD_SUSPECT
        site.publish_below = site.spam_above = 1.0
        short = make_thread(session, site, key=THREAD)
        make_comment(session, short, status=Status.APPROVED, body="It helped. " * 200)
        long = make_thread(session, site, key="long")
        # So few that they make no flood, in which nothing is published.
        for _ in range(20):
            make_comment(session, long, status=Status.APPROVED, body="word " * 2_000)


def read_answer(connection: socket.socket, *, is_head: bool = False) -> bytes:
    """Return the next answer on a connection, and nothing of what follows it."""
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, "The connection was closed."
        answer += byte
    length = re.search(rb"\r\nContent-Length: ([0-9]+)\r\n", answer)
    missing = int(length[1]) if length and not is_head else 0
    while missing:
        chunk = connection.recv(missing)
        assert chunk, "The connection was closed."
        answer, missing = answer + chunk, missing - len(chunk)
    return answer


def make_request(*headers: str, path: str = PATH, version: str = "1.1") -> bytes:
    lines = [f"GET {path} HTTP/{version}", "Host: a.example", *headers]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def find_tag(running: Running) -> str:
    answer = running.exchange(make_request())
    found = re.search(rb"\r\nEtag: ([^\r]+)\r\n", answer)
    assert found
    return found[1].decode("ascii")


REQUESTS = {
    "plain": make_request(),
    "packed": make_request("Accept-Encoding: gzip, br"),
    "of a blog": make_request(f"Origin: {ORIGIN}", "Accept-Encoding: gzip"),
    "of a stranger": make_request("Origin: https://evil.example"),
    "the last": make_request("Connection: Close"),
    "kept open": make_request("Connection: keep-alive"),
    "of old": make_request(version="1.0"),
    "of old, kept open": make_request("Connection: Keep-Alive", version="1.0"),
    # There is no body to go on with: nobody waits for it.
    "expecting": make_request("Expect: 100-continue"),
    "known": make_request("If-None-Match: {tag}"),
    "known, the last": make_request("If-None-Match: {tag}", "Connection: close"),
    "known, of old": make_request(
        "If-None-Match: {tag}", "Connection: keep-alive", version="1.0"
    ),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_an_answer_at_once_is_as_any_other_to_the_byte(
    running: Running, request_: bytes
) -> None:
    request_ = request_.replace(b"{tag}", find_tag(running).encode("ascii"))
    with running.database.write():
        pass
    asked = [running.exchange(request_)]
    with running.database.write():
        pass
    asked.append(running.exchange(request_))
    before = running.answered_at_once

    asked.append(running.exchange(request_))

    assert running.answered_at_once == before + 1
    assert all(b"\r\nDate: " in answer for answer in asked)
    assert len({ONCE_ONLY.sub(b"", answer) for answer in asked}) == 1


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ('"a", {tag}', 304),
        # Some proxies take the mark of weakness off (RFC 9110, 13.1.2: as good).
        ("{text}", 304),
        ("*", 304),
        # Within another tag; twice weak is no tag at all.
        ('"x{text}x"', 200),
        ("W/{tag}", 200),
    ],
)
def test_what_is_known_is_told_as_the_app_would(
    running: Running, tags: str, status: int
) -> None:
    tag = find_tag(running)
    header = f"If-None-Match: {tags.format(tag=tag, text=tag.removeprefix('W/'))}"
    # Never asked for before, though it is the same.
    anew = make_request(header, path=f"{PATH}&x={tags.encode().hex()}")

    told = [running.exchange(request) for request in (anew, make_request(header))]

    assert [int(answer[9:12]) for answer in told] == [status, status]


# What would be cut short, or done by halves.
@pytest.mark.parametrize(
    "request_",
    [
        make_request().replace(b"GET", b"HEAD"),
        make_request("Content-Length: 2") + b"ab",
        make_request("Transfer-Encoding: chunked") + b"0\r\n\r\n",
        make_request("Connection: keep-alive, upgrade", "Upgrade: websocket"),
        make_request(path=PATH.replace("comments", "counts")),
        OTHER,
    ],
    ids=["head", "body", "chunks", "upgrade", "counts", "other"],
)
def test_what_is_no_simple_request_is_left_to_a_thread(
    running: Running, request_: bytes
) -> None:
    running.exchange(make_request())
    before = running.answered_at_once

    answer = running.exchange(request_)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert running.answered_at_once == before


def test_requests_sent_together_are_answered_in_turn(running: Running) -> None:
    running.exchange(make_request())

    with running.connect() as connection:
        connection.sendall(make_request() + OTHER + make_request() + OTHER)
        answers = [read_answer(connection) for _ in range(4)]

    assert [b"alive" in answer for answer in answers] == [False, True, False, True]
    assert ONCE_ONLY.sub(b"", answers[0]) == ONCE_ONLY.sub(b"", answers[2])


@pytest.mark.parametrize("headers", [[], ["If-None-Match: {tag}"]], ids=["200", "304"])
def test_a_connection_serves_one_request_after_another(
    running: Running, headers: list[str]
) -> None:
    tag = find_tag(running)
    request = make_request(*(header.format(tag=tag) for header in headers))

    with running.connect() as connection:
        answers = []
        for _ in range(3):
            connection.sendall(request)
            answers.append(read_answer(connection))

    assert len(answers) == 3
    assert all(b"Connection" not in answer for answer in answers)


def test_nothing_follows_the_answer_that_was_to_be_the_last(running: Running) -> None:
    running.exchange(make_request())

    with running.connect() as connection:
        connection.sendall(make_request("Connection: close") + make_request() + OTHER)
        read_answer(connection)
        rest = connection.recv(1)

    assert rest == b""


def test_who_is_slow_to_read_gets_all_of_it(running: Running) -> None:
    one = running.exchange(make_request(path=LONG_PATH))

    with running.connect(buffer_bytes=4_096) as connection:
        connection.sendall(make_request(path=LONG_PATH) * 40)
        time.sleep(0.1)
        answers = [read_answer(connection) for _ in range(40)]

    assert len(one) > 150_000
    assert {ONCE_ONLY.sub(b"", answer) for answer in answers} == {
        ONCE_ONLY.sub(b"", one)
    }


def test_a_client_that_goes_away_harms_nobody(running: Running) -> None:
    running.exchange(make_request(path=LONG_PATH))
    for _ in range(5):
        connection = running.connect(buffer_bytes=4_096)
        connection.sendall(make_request(path=LONG_PATH) * 20)
        # Reset, not closed: what is sent then fails.
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()

    answer = running.exchange(make_request())

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_post_is_seen_at_once_here_and_within_a_second_elsewhere(
    running: Running, tmp_path: Path, mould: Mould
) -> None:
    settings = {
        "MODERATION_DATABASE_URL": running.database.url.render_as_string(),
        "MODERATION_SECRET_KEY": SECRET_KEY,
        "MODERATION_DATA_DIR": str(tmp_path),
        "MODERATION_LIMITS_ENABLED": "0",
    }
    with start_service(
        "serve", "--port", "0", cwd=tmp_path, settings=settings, start=mould.start
    ) as other:
        readers = [count_approved(port) for port in (running.port, other.port)]
        # Read so often that both know the answer at once.
        before = [next(reader) for _ in range(20) for reader in readers]
        post_all(other.port, total=1, threads=1)
        posted_at = time.monotonic()
        there = next(readers[1])
        while (here := next(readers[0])) == before[0]:
            assert time.monotonic() < posted_at + 1

    assert set(before) == {before[0]}
    assert here == there == before[0] + 1


def count_approved(port: int) -> Iterator[int]:
    """Yield how many comments readers are given now, and now, and now."""
    with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as connection:
        while True:
            connection.sendall(make_request())
            yield read_answer(connection).count(b'"html"')
