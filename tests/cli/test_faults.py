"""What a machine does to a service: full, read-only, closed, crowded."""

import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from moderation.cli.listening import open_socket
from moderation.formats.jsonl_reader import FORMAT, VERSION
from tests.cli.load import ORIGIN, SITE, post_all
from tests.cli.mould import Mould
from tests.cli.running import Run, start_service

PATIENCE_SECONDS = 30


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    """Return where a service with one site is to be run."""
    assert run("site", "add", SITE, "--name", "B", "--origin", ORIGIN).status == 0
    return tmp_path


def write_export(path: Path, *, comments: int) -> None:
    """Write so many comments on one page as `moderation export` does."""
    head = {"type": "export", "format": FORMAT, "version": VERSION, "site": "old"}
    page = {"type": "thread", "key": "post-9", "url": f"{ORIGIN}/post-9", "title": "P"}
    rows = [
        {
            "type": "comment",
            "id": str(number),
            "thread": "post-9",
            "name": "Eve",
            "email": "eve@example.org",
            "body": f"Word {number}.",
            "status": "approved",
            "created_at": "2024-01-01T00:00:00Z",
        }
        for number in range(comments)
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in (head, page, *rows)))


def find_free_port() -> int:
    with closing(open_socket("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_until_alive(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail("The service does not answer.")


@contextmanager
def serving(folder: Path, *before: str, redirect: str = "") -> Iterator[int]:
    """Start a service by a shell that redirects its output; yield its port."""
    port = find_free_port()
    command = [*before, sys.executable, "-m", "moderation", "serve", "--port"]
    process = subprocess.Popen(
        ["/bin/sh", "-c", f'exec "$@" {redirect}', "sh", *command, str(port)],
        cwd=folder,
        env={
            **os.environ,
            "MODERATION_DATA_DIR": str(folder / "data"),
            "MODERATION_LIMITS_ENABLED": "0",
        },
        start_new_session=True,
    )
    try:
        wait_until_alive(port)
        yield port
    finally:
        # All of it: strace would not hand the signal on.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)


def test_a_service_whose_output_goes_nowhere_serves(folder: Path) -> None:
    with serving(folder, redirect=">/dev/full 2>&-") as port:
        tally = post_all(port, total=3, threads=1)

    assert tally.statuses == {HTTPStatus.CREATED: 3}


@pytest.mark.sqlite(reason="the mode of its file")
def test_a_database_that_can_only_be_read_is_refused_at_the_start(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "data" / "moderation.sqlite3"
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    monkeypatch.setenv("MODERATION_DATABASE_URL", url)

    done = run("worker")

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert "can only be read" in done.err[0]


@pytest.mark.sqlite(reason="its one writer and its log")
def test_many_writers_a_backup_an_import_and_a_long_reader_get_along(
    folder: Path, run: Run, mould: Mould
) -> None:
    database = folder / "data" / "moderation.sqlite3"
    lines = folder / "comments.jsonl"
    write_export(lines, comments=60)
    settings = {"MODERATION_LIMITS_ENABLED": "0"}
    with (
        start_service(
            "serve", "--port", "0", cwd=folder, settings=settings, start=mould.start
        ) as service,
        closing(sqlite3.connect(database, isolation_level=None)) as reader,
    ):
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM comments").fetchone()
        statuses: list[int] = []

        def do_the_rest() -> None:
            statuses.append(run("backup", str(folder / "copy.sqlite3")).status)
            statuses.append(run("import", "jsonl", str(lines), "--site", SITE).status)

        rest = threading.Thread(target=do_the_rest)
        rest.start()
        tally = post_all(service.port, total=96, threads=64)
        rest.join()
        after = reader.execute("SELECT count(*) FROM comments").fetchone()
        reader.execute("COMMIT")

    assert statuses == [0, 0]
    assert before == after
    assert set(tally.statuses) <= {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}
    assert tally.statuses[HTTPStatus.CREATED] >= 50
    with closing(sqlite3.connect(database)) as stored:
        (number,) = stored.execute("SELECT count(*) FROM comments").fetchone()
    assert number == tally.statuses[HTTPStatus.CREATED] + 60


if shutil.which("strace"):

    @pytest.mark.sqlite(reason="PostgreSQL writes in a process of its own")
    def test_every_acknowledged_comment_was_written_to_the_disk_first(
        folder: Path,
    ) -> None:
        trace = folder / "trace"
        watched = "trace=fsync,fdatasync"
        tracer = ["strace", "-f", "-y", "-e", watched, "-o", str(trace)]
        with serving(folder, *tracer) as port:
            before = count_syncs(trace)
            tally = post_all(port, total=10, threads=1)
            after = count_syncs(trace)

        assert tally.statuses == {HTTPStatus.CREATED: 10}
        assert after - before >= 10


def count_syncs(trace: Path) -> int:
    """Return how often the database's log was brought to the disk, as strace saw it."""
    lines = trace.read_text(errors="replace").splitlines()
    return len(
        [line for line in lines if re.search(r"sync\(.*moderation\.sqlite3", line)]
    )
