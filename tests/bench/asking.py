"""Owns the load of the benchmarks: one thread that asks over many connections.

A client of threads measures itself: 32 of them, with `http.client`, ask no faster than
700 times a second. This one sends bytes made beforehand, and reads of an answer no more
than it takes to know its status and its end.
"""

import os
import re
import select
import socket
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT_SECONDS = 30
BUFFER_BYTES = 1_048_576
MOST_HEAD_BYTES = 4_096
HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
BODILESS = {204, 304}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a load; `bodies` is empty unless they were to be kept."""

    began: float
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """How many were answered each second."""
        return len(self.waits) / (self.ends[-1] - self.began)

    def note(self, caller: "Caller", *, keeps_body: bool) -> None:
        """Note what a caller was answered just now."""
        now = time.perf_counter()
        self.statuses[caller.status] += 1
        self.waits.append(now - caller.sent_at)
        self.ends.append(now)
        if keeps_body:
            self.bodies.append(caller.body)

    def describe_waits(self) -> str:
        """Return how long the middle, and the slowest of a hundred, waited."""
        slow = statistics.quantiles(self.waits, n=100)[-1]
        middle = statistics.median(self.waits)
        return f"p50 {middle * 1e3:.1f} ms, p99 {slow * 1e3:.1f} ms"


class Caller:
    """One connection, made anew where the server closes it, and its last answer."""

    def __init__(self, port: int) -> None:
        self.sent_at = 0.0
        self._port = port
        self._head = bytearray()
        self._body = bytearray()
        self.status = 0
        self._missing = 0
        # So that the first connection is made like any other: when it is needed.
        self._is_chunked, self._is_closed = False, True
        self.socket = socket.socket()

    @property
    def body(self) -> bytes:
        """The body of the answer read last."""
        return bytes(self._body)

    def send(self, request: bytes) -> bool:
        """Send a request that fits in the buffers; return if by a new connection."""
        is_new, self._is_closed = self._is_closed, False
        if is_new:
            self.socket.close()
            self.socket = self._connect()
        self.sent_at = time.perf_counter()
        self._head.clear()
        self._body.clear()
        self.socket.sendall(request)
        return is_new

    def receive(self, buffer: bytearray, *, keeps_body: bool) -> bool:
        """Read what is there, into `buffer` first; return whether that was the end.

        :raises ConnectionError: if the server gave up in the middle.
        """
        number = self.socket.recv_into(buffer)
        if not number:
            raise ConnectionError("The server closed the connection.")
        start = 0
        if not self._head.endswith(HEAD_END):
            start = self._read_head(buffer, number)
            if not start:
                return False
        if keeps_body or self._is_chunked:
            self._body += memoryview(buffer)[start:number]
        if self._is_chunked:
            return self._body.endswith(LAST_CHUNK)
        self._missing -= number - start
        return self._missing == 0

    def _read_head(self, buffer: bytearray, number: int) -> int:
        """Return how many of the bytes just read belong to the head; 0: all of them."""
        before = len(self._head)
        # Of a long answer no more is copied than may be head.
        self._head += memoryview(buffer)[: min(number, MOST_HEAD_BYTES)]
        end = self._head.find(HEAD_END)
        if end < 0:
            return 0
        del self._head[end + len(HEAD_END) :]
        self.status = int(self._head[9:12])
        self._is_closed = CLOSE.search(self._head) is not None
        self._is_chunked = CHUNKED.search(self._head) is not None
        length = LENGTH.search(self._head)
        self._missing = 0
        if length and self.status not in BODILESS:
            self._missing = int(length[1])
        return len(self._head) - before

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), TIMEOUT_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # With a time limit, Python polls before each call.
        made.settimeout(None)
        return made


def ask(
    port: int,
    requests: Iterator[bytes],
    *,
    connections: int,
    keeps_bodies: bool = False,
) -> Outcome:
    """Send `requests` over some connections, each when the one before is answered.

    :raises ConnectionError: if the server gives up a connection, or stands still.
    """
    callers = [Caller(port) for _ in range(connections)]
    outcome, buffer = Outcome(began=time.perf_counter()), bytearray(BUFFER_BYTES)
    with select.epoll() as poll:
        busy: dict[int, Caller] = {}

        def send_next(caller: Caller) -> None:
            busy.pop(caller.socket.fileno(), None)
            request = next(requests, None)
            if request is None:
                caller.socket.close()
                return
            if caller.send(request):
                poll.register(caller.socket, select.EPOLLIN)
            busy[caller.socket.fileno()] = caller

        for caller in callers:
            send_next(caller)
        while busy:
            events = poll.poll(TIMEOUT_SECONDS)
            if not events:
                raise ConnectionError("The server stands still.")
            for number, _ in events:
                caller = busy[number]
                if caller.receive(buffer, keeps_body=keeps_bodies):
                    outcome.note(caller, keeps_body=keeps_bodies)
                    send_next(caller)
    return outcome


def repeat(request: bytes, seconds: float) -> Iterator[bytes]:
    """Yield a request again and again for some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield request


def make_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """Return a request as it is sent."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def read_cpu(pid: int) -> float:
    """Return the seconds of processor time a process and its children have used."""
    process = Path(f"/proc/{pid}")
    fields = (process / "stat").read_text("ascii").rpartition(")")[2].split()
    children = (process / "task" / str(pid) / "children").read_text("ascii").split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(read_cpu(int(child)) for child in children)
