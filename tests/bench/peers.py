"""Owns what the benchmarks measure beside: the least that Flask can do, and Isso."""

import multiprocessing
import os
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, jsonify, request

from moderation.cli.server import make_server, run_server

JSON = {"Content-Type": "application/json"}
START_SECONDS = 20
ISSO_WORKERS = 2
ISSO_SETTINGS = """
[general]
dbpath = {path}
host = http://127.0.0.1/
[moderation]
enabled = true
[guard]
enabled = false
"""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A server that runs by itself."""

    port: int
    pid: int


@contextmanager
def start_hello() -> Iterator[Peer]:
    """Serve the smallest app there is."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "Hello, World!")
    with start_app(app) as peer:
        yield peer


@contextmanager
def start_floor(folder: Path) -> Iterator[Peer]:
    """Serve an app that does no more with a comment than to commit it to SQLite.

    It has one connection, and a lock: without that, writers wait by polling.
    """
    app, lock, connections = (
        Flask("floor"),
        threading.Lock(),
        list[sqlite3.Connection](),
    )

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(
            folder / "floor.sqlite3", isolation_level=None, check_same_thread=False
        )
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = FULL")
        made.execute(
            "CREATE TABLE comments (id INTEGER PRIMARY KEY, name, email, body)"
        )
        return made

    def post() -> tuple[Response, int]:
        fields = request.get_json()
        row = fields["name"], fields["email"], fields["comment"]
        with lock:
            if not connections:
                connections.append(connect())
            number = (
                connections[0]
                .execute(
                    "INSERT INTO comments (name, email, body) VALUES (?, ?, ?)", row
                )
                .lastrowid
            )
        return jsonify(id=number), 201

    app.add_url_rule("/", view_func=post, methods=["POST"])
    with start_app(app) as peer:
        yield peer


@contextmanager
def start_app(app: Flask) -> Iterator[Peer]:
    """Serve an app as `moderation serve` would, in a process of its own."""
    app.config["MAX_CONTENT_LENGTH"] = 1_048_576
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        process = multiprocessing.get_context("fork").Process(
            target=lambda: run_server(make_server(app, listener)), daemon=True
        )
        process.start()
        try:
            assert process.pid is not None
            yield Peer(port=listener.getsockname()[1], pid=process.pid)
        finally:
            process.terminate()
            process.join()


@contextmanager
def start_isso(python: Path, folder: Path) -> Iterator[Peer]:
    """Serve Isso by gunicorn, as its manual says, with comments held for moderation."""
    settings = folder / "isso.cfg"
    settings.write_text(ISSO_SETTINGS.format(path=folder / "isso.sqlite3"), "utf-8")
    port = find_free_port()
    command = [
        str(python),
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--preload",
    ]
    process = subprocess.Popen(
        [*command, "--workers", str(ISSO_WORKERS), "isso.run"],
        env={**os.environ, "ISSO_SETTINGS": str(settings), "PYTHONPATH": ""},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield Peer(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait()


def find_free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens at a port."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise ConnectionError("The peer does not start.")
