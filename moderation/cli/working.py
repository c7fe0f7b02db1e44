"""Owns the worker of a command: begun with it, and ended with it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click
from flask import Flask

from moderation.delivery.worker import WORKER, Worker

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def announce(line: str) -> None:
    """Print a line if that can be: a service goes on though its log is full."""
    with suppress(OSError):
        click.echo(line)


def get_worker(app: Flask) -> Worker:
    """Return the worker of an app, not begun."""
    worker: Worker = app.extensions[WORKER]
    return worker


@contextmanager
def working(worker: Worker) -> Iterator[None]:
    """Let a worker work while the block runs; what it is at is ended with it."""
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def wait_for_signal() -> None:
    """Wait for SIGTERM or SIGINT; a second one ends the process at once."""
    is_over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(number, signal.SIG_DFL)
        is_over.set()

    before = {number: signal.signal(number, end) for number in STOP_SIGNALS}
    try:
        is_over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
