"""Serves an app to browsers, from within the process of the tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from flask import Flask

from moderation.cli.listening import open_socket
from moderation.cli.server import make_server

POLL_SECONDS = 1.0


def open_listener() -> closing[socket.socket]:
    """Return what opens a socket at a free port, and closes it."""
    return closing(open_socket("127.0.0.1", 0))


def get_port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


@contextmanager
def serving(app: Flask, listener: socket.socket) -> Iterator[None]:
    """Serve an app as `moderation serve` does, in a thread."""
    server = make_server(app, listener)
    is_over = threading.Event()

    def serve() -> None:
        while not is_over.is_set():
            server.poll(POLL_SECONDS)
        server.finish()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        server.pull_trigger()
        thread.join()
