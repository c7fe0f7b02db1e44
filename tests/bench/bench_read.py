"""Measures how fast threads are read, beside a Flask that says hello, in one run.

Not collected by pytest. Run it from the checkout: python -m tests.bench.bench_read
Both are served by the server that `moderation serve` starts, each in a process of its
own, in turns; 32 connections ask as fast as they are answered. The ratios are what
counts. That of the processor time a request takes does not hang on who else is busy.
"""

import http.client
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from moderation.domain.statuses import Status
from moderation.services.sites import find_site
from moderation.storage.session import Database
from tests.bench.asking import ask, make_request, read_cpu, repeat
from tests.bench.peers import Peer, start_hello
from tests.cli.load import ORIGIN, SITE
from tests.cli.running import start_service
from tests.factories import make_comment, make_thread

ADD_SITE = (sys.executable, "-m", "moderation", "site", "add")
CONNECTIONS, SECONDS, WARM_UP_SECONDS = 32, 3.0, 0.5
SIZES = (50, 1_000)
BODY = "In the third week I slept better, though the mornings were slow. " * 3


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many requests a second were answered, and what each cost the server."""

    rate: float
    microseconds: float
    waits: str


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, start_hello() as hello:
        home = Path(folder)
        settings = {
            "MODERATION_LIMITS_ENABLED": "0",
            "MODERATION_DATA_DIR": str(home / "data"),
        }
        add_site(home, settings)
        with start_service(
            "serve", "--port", "0", cwd=home, settings=settings
        ) as service:
            ours = Peer(port=service.port, pid=service.process.pid)
            for size in SIZES:
                path = f"/embed/{SITE}/comments?thread=of-{size}"
                for name, headers in list_requests(service.port, path).items():
                    base = measure(hello, "/", {})
                    pace = measure(ours, path, headers)
                    print(f"{size} comments, {name}: {compare(pace, base)}")


def list_requests(port: int, path: str) -> dict[str, dict[str, str]]:
    """Return the headers of packed, plain and conditional requests."""
    packed = {"Accept-Encoding": "gzip", "Origin": ORIGIN}
    tag = fetch_tag(port, path, packed)
    return {
        "gzip": packed,
        "plain": {"Origin": ORIGIN},
        "304": {**packed, "If-None-Match": tag},
    }


def compare(pace: Pace, base: Pace) -> str:
    """Return the figures beside those of hello world."""
    return (
        f"{pace.rate:,.0f}/s ({pace.rate / base.rate:.2f} of hello's {base.rate:,.0f}),"
        f" {pace.microseconds:.0f} us of processor"
        f" ({base.microseconds / pace.microseconds:.2f} of hello's speed),"
        f" {pace.waits}"
    )


def measure(peer: Peer, path: str, headers: dict[str, str]) -> Pace:
    """Ask for some seconds and return how it went."""
    request = make_request("GET", path, headers)
    ask(peer.port, repeat(request, WARM_UP_SECONDS), connections=CONNECTIONS)
    used = read_cpu(peer.pid)
    outcome = ask(peer.port, repeat(request, SECONDS), connections=CONNECTIONS)
    assert set(outcome.statuses) <= {200, 304}, outcome.statuses
    number = len(outcome.waits)
    return Pace(
        rate=outcome.rate,
        microseconds=(read_cpu(peer.pid) - used) / number * 1e6,
        waits=outcome.describe_waits(),
    )


def fetch_tag(port: int, path: str, headers: dict[str, str]) -> str:
    """Return the ETag of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    tag = connection.getresponse().headers["ETag"]
    connection.close()
    return tag


def add_site(home: Path, settings: dict[str, str]) -> None:
    """Add a site with a thread of each size."""
    subprocess.run(
        [*ADD_SITE, SITE, "--name", "A blog", "--origin", ORIGIN],
        env={**os.environ, **settings},
        check=True,
    )
    database = Database(f"sqlite:///{home / 'data' / 'moderation.sqlite3'}")
    with database.write() as session:
        site = find_site(session, SITE)
        for size in SIZES:
            thread = make_thread(session, site, key=f"of-{size}")
            for _ in range(size):
                make_comment(session, thread, status=Status.APPROVED, body=BODY)
    database.close()


if __name__ == "__main__":
    main()
