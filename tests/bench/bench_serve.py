"""Measures a real service: many who post, and /healthz beside slow connections.

Not collected by pytest. Run it from the checkout: python -m tests.bench.bench_serve
"""

import http.client
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from tests.cli.load import ORIGIN, SITE, post_all
from tests.cli.running import Service, start_service

ADD_SITE = (sys.executable, "-m", "moderation", "site", "add")
TOTAL, THREADS = 2_000, 8
SLOW, IDLE = 300, 2_000
TRICKLE_SECONDS = 0.5
PROBES = 20


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = {
            "MODERATION_LIMITS_ENABLED": "0",
            "MODERATION_DATA_DIR": str(home / "data"),
        }
        subprocess.run(
            [*ADD_SITE, SITE, "--name", "A blog", "--origin", ORIGIN],
            env={**os.environ, **settings},
            check=True,
        )
        with start_service(
            "serve", "--port", "0", cwd=home, settings=settings
        ) as service:
            measure_posts(service, home / "data" / "moderation.sqlite3")
            measure_crowd(service)


def measure_posts(service: Service, path: Path) -> None:
    """Post from many threads and compare what was acknowledged with what is stored."""
    began = time.perf_counter()
    tally = post_all(service.port, total=TOTAL, threads=THREADS)
    seconds = time.perf_counter() - began
    with closing(sqlite3.connect(path)) as database:
        stored = [row[0] for row in database.execute("SELECT id FROM comments")]
    print(f"{TOTAL} posts by {THREADS} threads: {seconds:.1f} s", dict(tally.statuses))
    print(f"lost {len(set(tally.ids) - set(stored))}", end=", ")
    print(f"doubled {len(stored) - len(set(stored))}", end=", ")
    print(f"stored but not acknowledged {len(set(stored) - set(tally.ids))}")


def measure_crowd(service: Service) -> None:
    """Time /healthz while others send slowly, or nothing."""
    head = (
        b"POST /embed/blog/comments HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    )
    with ExitStack() as stack:
        everybody = [
            stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            for _ in range(SLOW + IDLE)
        ]
        for slow in everybody[:SLOW]:
            slow.sendall(head)
        times = []
        for _ in range(PROBES):
            for slow in everybody[:SLOW]:
                slow.sendall(b"a")
            times.append(time_health(service.port))
            time.sleep(TRICKLE_SECONDS)
    print(f"/healthz beside {SLOW} slow and {IDLE} idle connections:", end=" ")
    print(f"median {statistics.median(times):.3f} s, worst {max(times):.3f} s")


def time_health(port: int) -> float:
    """Return how long an answer takes on a new connection."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == http.HTTPStatus.OK
    connection.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
