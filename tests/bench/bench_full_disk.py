"""Fills a real disk under the service, and makes room again; nothing may be lost.

    sudo python -m tests.bench.bench_full_disk [--megabytes 12]

Mounts a small tmpfs, posts until the service says 507, frees some of it, and posts
again. Ends with status 1 if an answer was another than 201 or 507, readers were not
served meanwhile, or what was acknowledged is not stored.
"""

import argparse
import http.client
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path

from tests.cli.load import ORIGIN, SITE, Tally, post_all
from tests.cli.running import start_service

MEGABYTE = 1_000_000
ROUND = 50
MOST_ROUNDS = 200
SPARE_BYTES = 3 * MEGABYTE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=12)
    given = parser.parse_args()
    with small_disk(given.megabytes) as folder:
        return try_disk(folder)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a disk of this size while the block runs."""
    with tempfile.TemporaryDirectory() as name:
        size = f"size={megabytes}m"
        subprocess.run(
            ["/usr/bin/mount", "-t", "tmpfs", "-o", size, "tmpfs", name], check=True
        )
        try:
            yield Path(name)
        finally:
            subprocess.run(["/usr/bin/umount", "--lazy", name], check=True)


def try_disk(folder: Path) -> int:
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(SPARE_BYTES))
    command = [sys.executable, "-m", "moderation", "site", "add", SITE]
    env = {**os.environ, "MODERATION_DATA_DIR": str(folder / "data")}
    added = [*command, "--name", "B", "--origin", ORIGIN]
    subprocess.run(added, env=env, check=True, stdout=subprocess.DEVNULL)
    settings = {"MODERATION_LIMITS_ENABLED": "0"}
    with start_service("serve", "--port", "0", cwd=folder, settings=settings) as it:
        before, number = post_until(it.port, HTTPStatus.INSUFFICIENT_STORAGE, 0)
        readers = read(it.port)
        ballast.unlink()
        after = post_all(it.port, total=ROUND, threads=4, first=number)
    with closing(sqlite3.connect(folder / "data" / "moderation.sqlite3")) as database:
        stored = {row[0] for row in database.execute("SELECT id FROM comments")}
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    ids = [*before.ids, *after.ids]
    lost, doubled = set(ids) - stored, len(ids) - len(set(ids))
    print(f"until full {dict(before.statuses)}, with room {dict(after.statuses)}")
    print(f"readers meanwhile {readers}; integrity {verdict}")
    print(f"{len(ids)} acknowledged, {len(lost)} lost, {doubled} twice")
    expected = {HTTPStatus.CREATED, HTTPStatus.INSUFFICIENT_STORAGE}
    is_well = (
        set(before.statuses) == expected
        and set(after.statuses) == {HTTPStatus.CREATED}
        and readers == HTTPStatus.OK
        and verdict == "ok"
        and stored == set(ids)
    )
    return 0 if is_well and not doubled else 1


def post_until(port: int, status: int, first: int) -> tuple[Tally, int]:
    """Post until that is answered; return what was, and the next number."""
    all_ = Tally()
    for _ in range(MOST_ROUNDS):
        tally = post_all(port, total=ROUND, threads=4, first=first)
        all_.ids.extend(tally.ids)
        all_.statuses.update(tally.statuses)
        first += ROUND
        if status in tally.statuses:
            break
    return all_, first


def read(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/embed/{SITE}?thread=post-1")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


if __name__ == "__main__":
    sys.exit(main())
