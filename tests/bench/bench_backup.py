"""Backs up a service that is posted to, and restores it elsewhere.

    python -m tests.bench.bench_backup [--url URL] [--rate 50]

What was acknowledged before the backup began must be in it, and it must open and
serve: else it ends with status 1. `--url` names a database with comments, as
bench_capacity makes them; without it there are few.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import select

from moderation.storage.migrations import ensure_schema
from moderation.storage.models import Comment
from moderation.storage.session import Database
from tests.cli.load import ORIGIN, SITE, THREAD, fetch_token, post_comment
from tests.cli.running import start_service
from tests.cli.web_kills import make_blog

THREADS = 8
BEFORE_SECONDS, AFTER_SECONDS = 10, 3
SECRET_KEY = "k" * 48


@dataclass(kw_only=True)
class Posted:
    """The ids that were acknowledged, in order, and how long each took."""

    ids: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


def main() -> int:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--rate", type=float, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        url = given.url or f"sqlite:///{home / 'posted.sqlite3'}"
        database = Database(url)
        ensure_schema(database)
        make_blog(database)
        database.close()
        return try_backup(home, url, rate=given.rate)


def try_backup(home: Path, url: str, *, rate: float) -> int:
    """Post, back up meanwhile, restore, and look; return the exit status."""
    settings = {
        "MODERATION_DATABASE_URL": url,
        "MODERATION_LIMITS_ENABLED": "0",
        "MODERATION_SECRET_KEY": SECRET_KEY,
    }
    copy = home / "copy"
    with (
        start_service("serve", "--port", "0", cwd=home, settings=settings) as it,
        posting(it.port, rate=rate) as posted,
    ):
        began = time.monotonic()
        time.sleep(BEFORE_SECONDS)
        before = list(posted.ids)
        asked = time.monotonic()
        run(home, settings, "backup", str(copy))
        took = time.monotonic() - asked
        time.sleep(AFTER_SECONDS)
        reached = len(posted.ids) / (time.monotonic() - began)
    slow = statistics.quantiles(posted.waits, n=100)[-1]
    print(f"{len(posted.ids)} posts acknowledged, {reached:.0f} a second", end="; ")
    print(f"99 of 100 within {slow * 1e3:.0f} ms; refused: {posted.refused}")
    print(f"backup: {took:.1f} s, {copy.stat().st_size / 1e6:,.0f} MB")
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    restored = f"sqlite:///{elsewhere / 'moderation.sqlite3'}"
    settings["MODERATION_DATABASE_URL"] = restored
    run(elsewhere, settings, "restore", str(copy))
    missing = set(before) - read_ids(restored)
    with start_service(
        "serve", "--port", "0", cwd=elsewhere, settings=settings
    ) as service:
        statuses = [
            read(service.port, f"/embed/{SITE}?thread={THREAD}"),
            read(service.port, "/readyz?exclude=worker"),
        ]
    print(
        f"{len(before)} acknowledged before, {len(missing)} of them missing", end="; "
    )
    print(f"restored, it answers {statuses}")
    return 0 if before and not missing and set(statuses) == {HTTPStatus.OK} else 1


@contextmanager
def posting(port: int, *, rate: float) -> Iterator[Posted]:
    """Post so many comments a second while the block runs, from several threads."""
    posted, lock, is_over = Posted(), threading.Lock(), threading.Event()
    token, begun = fetch_token(port), time.monotonic()
    first = int(time.time()) % 10_000_000 * 100

    def post_share(start: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        number = start
        while not is_over.wait(max(begun + number / rate - time.monotonic(), 0)):
            sent = time.monotonic()
            status, body = post_comment(connection, token, first + number)
            with lock:
                posted.waits.append(time.monotonic() - sent)
                if status == HTTPStatus.CREATED:
                    posted.ids.append(json.loads(body)["id"])
                else:
                    posted.refused.append(status)
            number += THREADS
        connection.close()

    threads = [threading.Thread(target=post_share, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield posted
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def run(home: Path, settings: dict[str, str], *arguments: str) -> None:
    """Run a command.

    :raises subprocess.CalledProcessError: if it fails.
    """
    subprocess.run(
        [sys.executable, "-m", "moderation", *arguments],
        cwd=home,
        env={**os.environ, "MODERATION_DATA_DIR": str(home / "data"), **settings},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def read_ids(url: str) -> set[int]:
    """Return the ids of all comments."""
    database = Database(url)
    with database.read() as session:
        found = set(session.scalars(select(Comment.id)))
    database.close()
    return found


def read(port: int, path: str) -> int:
    """Return the status of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Origin": ORIGIN})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


if __name__ == "__main__":
    sys.exit(main())
