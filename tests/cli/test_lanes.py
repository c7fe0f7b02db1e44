"""Shows that posts which take long keep nobody else waiting."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from flask import Flask

from moderation.cli.lanes import Lanes, is_posting
from moderation.cli.listening import open_socket
from moderation.cli.server import POST_THREADS, THREADS, make_server

ANSWER_SECONDS = 10
POST = (
    b"POST /embed/blog/comments HTTP/1.1\r\nHost: a.example\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
GET = b"GET /login HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server whose posts wait until they may go on; how many are at it at once."""

    port: int
    may_go_on: threading.Event
    at_once: list[int] = field(default_factory=list)

    def send(self, request: bytes) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), ANSWER_SECONDS)
        made.sendall(request)
        return made


@pytest.fixture
def running() -> Iterator[Running]:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    may_go_on, is_over, lock = threading.Event(), threading.Event(), threading.Lock()
    present: list[int] = []
    at_once: list[int] = []

    def post() -> str:
        with lock:
            present.append(1)
            at_once.append(len(present))
        may_go_on.wait(ANSWER_SECONDS)
        with lock:
            present.pop()
        return "posted"

    app.add_url_rule("/embed/blog/comments", view_func=post, methods=["POST"])
    app.add_url_rule("/login", endpoint="login", view_func=lambda: "welcome")
    with closing(open_socket("127.0.0.1", 0)) as listener:
        server = make_server(app, listener)

        def serve() -> None:
            while not is_over.is_set():
                server.poll(0.02)
            server.finish()

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        yield Running(port=port, may_go_on=may_go_on, at_once=at_once)
        may_go_on.set()
        is_over.set()
        thread.join()


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the connection is closed."""
    answer = b""
    while chunk := connection.recv(1_000):
        answer += chunk
    return answer


def test_posts_that_wait_keep_no_reader_waiting(running: Running) -> None:
    with ExitStack() as stack:
        posting = [
            stack.enter_context(running.send(POST))
            for _ in range(THREADS + POST_THREADS)
        ]
        reading = stack.enter_context(running.send(GET))

        read = read_all(reading)
        running.may_go_on.set()
        posted = [read_all(connection) for connection in posting]

    assert read.endswith(b"welcome")
    assert [answer[-6:] for answer in posted] == [b"posted"] * len(posting)
    assert max(running.at_once) <= POST_THREADS


@pytest.mark.parametrize(
    ("command", "path", "expected"),
    [
        # What visitors write, from the element, the page, or a blog's own form.
        ("POST", "/embed/blog/comments", True),
        ("POST", "/wp-comments-post.php", True),
        # What they read.
        ("GET", "/embed/blog/comments", False),
        # A moderator decides; a program asks.
        ("POST", "/moderate/decide", False),
        ("POST", "/api/v1/judgements", False),
    ],
)
def test_what_counts_as_a_post(command: str, path: str, *, expected: bool) -> None:
    request = SimpleNamespace(command=command, path=path, error=None)

    assert is_posting(request) is expected


def test_what_can_not_be_read_is_refused(running: Running) -> None:
    with running.send(b"POST http://[ HTTP/1.1\r\n\r\n") as connection:
        answer = read_all(connection)

    assert answer[8:13] == b" 400 "


def test_ending_waits_for_both_lanes_at_once() -> None:
    is_over = threading.Event()
    begun = threading.Semaphore(0)
    lanes = Lanes(threads=1, post_threads=1)

    def stand_still() -> None:
        begun.release()
        is_over.wait(ANSWER_SECONDS)

    for command in ("GET", "POST"):
        request = SimpleNamespace(command=command, path="/embed/blog", error=None)
        lanes.add_task(SimpleNamespace(requests=[request], service=stand_still))
        assert begun.acquire(timeout=ANSWER_SECONDS)
    before = time.monotonic()

    lanes.shutdown(timeout=0.5)

    took = time.monotonic() - before
    is_over.set()
    assert 0.5 <= took < 0.9
