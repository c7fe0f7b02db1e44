"""Measures the memory of a service with many comments: idle, and after a load.

    python -m tests.bench.bench_memory FOLDER

FOLDER is what `bench_capacity --folder FOLDER` kept. The load: threads read, comments
posted, and what moderators' programs ask for (the queue, page by page, and searches),
each over many connections. What is told is what the process has in use, and the most
that it ever had. Posts stay in the database.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from moderation.storage.session import Database
from tests.bench.asking import ask, make_request
from tests.bench.bench_import import make_comments
from tests.cli.running import start_service
from tests.factories import ORIGIN

SITE, SECRET_KEY = "blog", "k" * 48
CONNECTIONS = 32
READS, POSTS, PAGES, SEARCHES = 20_000, 2_000, 1_000, 100
SETTLE_SECONDS = 5
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    url = f"sqlite:///{folder / 'capacity.sqlite3'}"
    settings = {
        "MODERATION_DATABASE_URL": url,
        "MODERATION_LIMITS_ENABLED": "0",
        "MODERATION_SECRET_KEY": SECRET_KEY,
    }
    keys, comments = read_keys(url)
    secret = add_token(folder, settings)
    with start_service(
        "serve", "--port", "0", cwd=folder, settings=settings
    ) as service:
        time.sleep(SETTLE_SECONDS)
        print(f"{comments:,} comments")
        tell("idle", service.process.pid)
        loads: dict[str, Callable[[], Iterator[bytes]]] = {
            f"{READS:,} reads": lambda: make_reads(keys),
            f"{POSTS:,} posts": lambda: make_posts(service.port, keys),
            f"{PAGES:,} pages of held comments": lambda: make_pages(secret),
            f"{SEARCHES:,} searches": lambda: make_searches(secret),
        }
        for name, make in loads.items():
            outcome = ask(service.port, make(), connections=CONNECTIONS)
            assert set(outcome.statuses) <= {200, 201}, outcome.statuses
            tell(f"after {name}", service.process.pid)
        time.sleep(SETTLE_SECONDS)
        tell("at rest", service.process.pid)


def tell(when: str, pid: int) -> None:
    """Print what a process has in use, and the most it had."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    now, most = (
        int(status.split(f"{name}:")[1].split()[0]) / 1_024
        for name in ("VmRSS", "VmHWM")
    )
    print(f"{when:34} {now:4.0f} MB, {most:.0f} MB at most", flush=True)


def read_keys(url: str) -> tuple[Sequence[str], int]:
    """Return the keys of all threads, and how many comments there are."""
    database = Database(url)
    with database.look() as connection:
        keys = connection.exec_driver_sql("SELECT key FROM threads").scalars().all()
        count = connection.exec_driver_sql("SELECT count(*) FROM comments").scalar()
    database.close()
    return keys, count or 0


def add_token(folder: Path, settings: dict[str, str]) -> str:
    """Return the secret of a token that may read."""
    command = ["token", "add", "bench", "--site", SITE, "--scope", "read"]
    made = subprocess.run(
        [sys.executable, "-m", "moderation", *command],
        cwd=folder,
        env={**os.environ, "MODERATION_DATA_DIR": str(folder / "data"), **settings},
        text=True,
        check=True,
        capture_output=True,
    )
    return made.stdout.split()[-1]


def make_reads(keys: Sequence[str]) -> Iterator[bytes]:
    """Yield requests for threads, as a reader's page sends them."""
    chosen = random.Random(2).sample(keys, min(len(keys), READS))
    for key in islice(cycle(chosen), READS):
        query = urlencode({"thread": key})
        yield make_request("GET", f"/embed/{SITE}/comments?{query}", {"Origin": ORIGIN})


def make_posts(port: int, keys: Sequence[str]) -> Iterator[bytes]:
    """Yield posts, each to a thread of its own."""
    path, stamp = f"/embed/{SITE}/comments", time.time_ns()
    chosen = random.Random(3).sample(keys, min(len(keys), POSTS))
    for key, fields in zip(cycle(chosen), make_comments(POSTS), strict=False):
        query = urlencode({"thread": key})
        asked = make_request("GET", f"{path}?{query}", {"Origin": ORIGIN})
        (told,) = ask(port, iter([asked]), connections=1, keeps_bodies=True).bodies
        document = {
            "thread": key,
            "name": fields["name"],
            "email": f"new{fields['id']}-{stamp}@example.org",
            "comment": f"{fields['body']} {stamp}",
            "token": json.loads(told)["token"],
        }
        body = json.dumps(document).encode()
        yield make_request("POST", path, {**JSON, "Origin": ORIGIN}, body)


def make_pages(secret: str) -> Iterator[bytes]:
    """Yield requests for held comments, by the API."""
    for number in range(PAGES):
        query = urlencode({"site": SITE, "status": "held", "limit": 1 + number % 100})
        yield make_asked(f"/api/v1/comments?{query}", secret)


def make_searches(secret: str) -> Iterator[bytes]:
    """Yield searches for words that some, or many, comments have."""
    words = {word for row in make_comments(50) for word in str(row["body"]).split()}
    for word in random.Random(4).sample(sorted(filter(str.isalpha, words)), SEARCHES):
        yield make_asked(f"/api/v1/comments?{urlencode({'text': word})}", secret)


def make_asked(path: str, secret: str) -> bytes:
    """Return a request by a program that has a token."""
    return make_request("GET", path, {"Authorization": f"Bearer {secret}"})


if __name__ == "__main__":
    main()
