"""Owns the web server: waitress with our limits, and how it ends."""

import gc
import logging
import resource
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from moderation.cli.at_once import get_finder
from moderation.cli.channel import Channel
from moderation.cli.lanes import Lanes

# Handlers wait for the disk and for each other more than for the processor: more of
# them would only queue at the database's lock.
THREADS = 8
# SQLite takes one post at a time: while one is written, the next is made ready. More
# of them would fight for the interpreter, and take it from whoever reads.
POST_THREADS = 2
MOST_CONNECTIONS = 4_000
ACCEPTED_AT_ONCE = 64
# Descriptors for the database, templates and bodies that wait on disk.
SPARE_DESCRIPTORS = 200
IDLE_SECONDS = 60
CLEANUP_SECONDS = 2
MOST_HEADER_BYTES = 32_768
# A longer body waits on disk: thousands of slow ones must not fill the memory.
BODY_IN_MEMORY_BYTES = 65_536
# Up to this much over its own limit Flask refuses a body itself, as a page if need be.
BODY_MARGIN_BYTES = 65_536
# Docker kills after ten; the worker may take two more.
STOP_SECONDS = 6.0
POLL_SECONDS = 1.0
STOPPING_POLL_SECONDS = 0.05
# How long a thread may keep the interpreter when another wants it: beside eight
# connections that post, the slowest of a hundred other answers took half as long as
# with Python's 5 ms.
SWITCH_SECONDS = 0.0005
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(TcpWSGIServer):
    """A server that cuts off requests without end, and stops without losing any."""

    channel_class = Channel

    def __init__(
        self,
        app: Flask,
        listener: socket.socket,
        adjustments: Adjustments,
        lanes: Lanes,
    ) -> None:
        self.is_stopping = False
        self.finder = get_finder(app)
        self.thread = threading.get_ident()
        self.sockets: dict[int, Any] = {}
        name = listener.getsockname()
        super().__init__(
            app,
            self.sockets,
            _sock=listener,
            dispatcher=lanes,
            adj=adjustments,
            sockinfo=(listener.family, listener.type, listener.proto, name),
            bind_socket=False,
        )

    @property
    def channels(self) -> list[Channel]:
        """Return the open connections."""
        return [found for found in self.sockets.values() if isinstance(found, Channel)]

    def add_task(self, task: Any) -> None:  # noqa: ANN401
        """Have a request answered: at once if its answer is known, else by a thread.

        Those that follow another on its connection are added by the thread that has
        answered that one.
        """
        if (
            self.finder is None
            or threading.get_ident() != self.thread
            or not task.answer_at_once(self.finder)
        ):
            super().add_task(task)

    def handle_accept(self) -> None:
        """Accept who is waiting: one at a time, 2,000 would take as many polls."""
        for _ in range(ACCEPTED_AT_ONCE):
            before = len(self.sockets)
            super().handle_accept()
            if len(self.sockets) == before:
                break

    def maintenance(self, now: float) -> None:
        """Close what has been idle, or sending, for too long."""
        super().maintenance(int(now))
        for channel in self.channels:
            if channel.is_overdue(now):
                channel.will_close = True

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Begin to end (a signal handler); a second signal ends the process at once."""
        del frame
        self.is_stopping = True
        signal.signal(number, signal.SIG_DFL)
        self.pull_trigger()

    def poll(self, seconds: float) -> None:
        """Handle what happens on any connection, waiting up to `seconds` for it."""
        self.thread = threading.get_ident()
        wasyncore.loop(seconds, use_poll=True, map=self.sockets, count=1)

    def finish(self) -> None:
        """Accept nothing more, answer what has been received, and close."""
        self.accepting = False
        self.del_channel()
        if self.socket is not None:
            self.socket.close()
        deadline = time.monotonic() + STOP_SECONDS
        while self.channels and time.monotonic() < deadline:
            self.poll(STOPPING_POLL_SECONDS)
            for channel in self.channels:
                if channel.is_idle:
                    channel.handle_close()
        self.task_dispatcher.shutdown(timeout=1)
        # With the files that were being sent to whoever has not read them yet.
        for channel in self.channels:
            channel.handle_close()
        wasyncore.close_all(self.sockets)


def make_server(
    app: Flask, listener: socket.socket, *, post_threads: int = POST_THREADS
) -> Server:
    """Return a server of `app` that accepts connections at `listener` from now on.

    Comments that are posted are answered by `post_threads` of its threads.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    descriptors = raise_descriptor_limit()
    adjustments = Adjustments(
        sockets=[listener],
        threads=THREADS,
        asyncore_use_poll=True,
        backlog=1_024,
        connection_limit=min(MOST_CONNECTIONS, descriptors - SPARE_DESCRIPTORS),
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=CLEANUP_SECONDS,
        max_request_header_size=MOST_HEADER_BYTES,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + BODY_MARGIN_BYTES,
        inbuf_overflow=BODY_IN_MEMORY_BYTES,
        log_socket_errors=False,
        # Of the proxies in front only the app knows how many are trusted.
        clear_untrusted_proxy_headers=False,
        ident=None,
    )
    lanes = Lanes(threads=THREADS, post_threads=post_threads)
    return Server(app, listener, adjustments, lanes)


def run_server(server: Server) -> None:
    """Serve until SIGTERM or SIGINT, then answer what has been received and return."""
    # What is there by now stays: looked through for garbage again and again, it cost
    # one page in twenty 100 ms.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
    before = {number: signal.signal(number, server.stop) for number in STOP_SIGNALS}
    try:
        while not server.is_stopping:
            server.poll(POLL_SECONDS)
        server.finish()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def raise_descriptor_limit() -> int:
    """Let this process open as many files as the system allows; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
