"""Bytes that are no HTTP, or too much of it: refused, at once and at no cost."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.mould import Mould
from tests.cli.running import Service, start_service

TIMEOUT_SECONDS = 10
MOST_GROWTH_KB = 60_000
HEAD = b"POST /embed/none/comments HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = HEAD + FORM + b"Transfer-Encoding: chunked\r\n\r\n"
ALIVE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, mould: Mould
) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("malformed")
    with start_service("serve", "--port", "0", cwd=home, start=mould.start) as service:
        yield service


def send(service: Service, data: bytes, *, is_closed: bool = False) -> bytes:
    """Send bytes and return all that comes back; "" if the connection is ended."""
    with socket.create_connection(("127.0.0.1", service.port), TIMEOUT_SECONDS) as line:
        try:
            line.sendall(data)
            if is_closed:
                line.shutdown(socket.SHUT_WR)
            line.settimeout(TIMEOUT_SECONDS)
            return b"".join(iter(lambda: line.recv(65_536), b""))
        except (BrokenPipeError, ConnectionResetError):
            # The service has said no before all was sent.
            return b""


def read_statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


@pytest.mark.parametrize(
    "data",
    [
        # No HTTP at all.
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"HELLO\r\n\r\n",
        b"GET / HTTP/9.9 x\r\n\r\n",
        b"GET  /  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        # A zero byte in the line, in a header's name and in its value.
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX\x00: a\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        # Two lengths, one that is none, one below nothing, one with another way.
        HEAD + FORM + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b&",
        HEAD + FORM + b"Content-Length: three\r\n\r\na=b",
        HEAD + FORM + b"Content-Length: -3\r\n\r\na=b",
        HEAD + FORM + b"Content-Length: +3\r\n\r\na=b",
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
        # Chunks whose size is none, or whose end is missing.
        CHUNKED + b"zz\r\na=b\r\n0\r\n\r\n",
        CHUNKED + b"-3\r\na=b\r\n0\r\n\r\n",
        CHUNKED + b"3\r\na=bXX\r\n0\r\n\r\n",
        # A header without its name, continued on a line of its own, and too many.
        b"GET / HTTP/1.1\r\nHost: localhost\r\n: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 60_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 400_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 400_000 + b" HTTP/1.1\r\n\r\n",
        # More than is taken, said beforehand.
        HEAD + FORM + b"Content-Length: 99999999999\r\n\r\na=b",
    ],
)
def test_what_is_malformed_is_refused(service: Service, data: bytes) -> None:
    statuses = read_statuses(send(service, data, is_closed=True))

    assert len(statuses) <= 1
    assert all(400 <= status < 500 or status == 501 for status in statuses), statuses
    assert read_statuses(send(service, ALIVE)) == [200]


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        # As a proxy is asked: for ourselves, and for another, whom we don't ask.
        (b"GET http://localhost/healthz HTTP/1.1", {200}),
        (b"GET http://evil.example/secret HTTP/1.1", {404}),
        (b"CONNECT evil.example:443 HTTP/1.1", {400, 404, 405}),
        (b"TRACE / HTTP/1.1", {405}),
        (b"OPTIONS * HTTP/1.1", {400, 404}),
        (b"GET /healthz HTTP/1.0", {200}),
    ],
)
@pytest.mark.parametrize("host", [b"Host: localhost\r\n", b""], ids=["host", "none"])
def test_what_is_odd_is_answered(
    service: Service, line: bytes, statuses: set[int], host: bytes
) -> None:
    data = line + b"\r\n" + host + b"Connection: close\r\n\r\n"

    (status,) = read_statuses(send(service, data))

    assert status in statuses


def test_requests_sent_all_at_once_are_answered_in_their_order(
    service: Service,
) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    other = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answer = send(service, (one + other) * 20 + ALIVE)

    assert read_statuses(answer) == [200, 404] * 20 + [200]


def test_a_request_hidden_in_a_body_is_not_answered(service: Service) -> None:
    """What follows a refused request is not read: it may be smuggled."""
    hidden = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"

    statuses = read_statuses(send(service, HEAD + FORM + both + hidden))

    assert 200 not in statuses


def test_those_who_leave_cost_nothing_for_long(service: Service) -> None:
    before = read_memory(service)
    long_body = HEAD + FORM + b"Content-Length: 1000000\r\n\r\n" + b"a" * 500_000
    endless = b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 200_000

    for _ in range(40):
        for data in (long_body, endless, CHUNKED + b"fffff\r\n" + b"a" * 200_000):
            with socket.create_connection(("127.0.0.1", service.port)) as line:
                try:
                    line.sendall(data)
                except (BrokenPipeError, ConnectionResetError):
                    continue

    assert read_statuses(send(service, ALIVE)) == [200]
    assert read_memory(service) - before < MOST_GROWTH_KB


def read_memory(service: Service) -> int:
    """Return how much memory the service has, in kilobytes."""
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])
