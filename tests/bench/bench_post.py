"""Measures how fast comments are taken, beside the least that can be done, and Isso.

Not collected by pytest. Run it from the checkout: python -m tests.bench.bench_post
[--isso PYTHON], where PYTHON is one that has Isso 0.14 and gunicorn installed. Ours has
the whole filter, moderation and history on, and what the demo's site has learnt; the
floor is a bare Flask that commits one row, behind the same server. Every commit waits
for the disk (SQLite, synchronous = FULL). The ratios are what counts.
"""

import argparse
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from sqlalchemy import select

from moderation.app import create_app
from moderation.config import Settings
from moderation.services.samples import SITE_KEY, add_samples
from moderation.storage.models import Comment
from moderation.web.context import DATABASE
from tests.bench.asking import Outcome, ask, make_request, read_cpu
from tests.bench.peers import JSON, Peer, start_floor, start_isso
from tests.cli.running import start_service

CONNECTIONS = (8, 32)
TOTAL, WARM_UP = 1_500, 100
ORIGIN = "http://localhost"
THREAD, SECRET_KEY = "bench", "k" * 48
WORDS_OF_A_COMMENT = 40

Fields = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How one who takes comments did."""

    outcome: Outcome
    milliseconds: float

    def describe(self) -> str:
        """Return the figures."""
        return (
            f"{self.outcome.rate:6.0f}/s, {self.milliseconds:5.2f} ms of processor, "
            f"{self.outcome.describe_waits()}"
        )

    def compare(self, other: "Pace") -> float:
        """Return how many times as fast as another's this is."""
        return self.outcome.rate / other.outcome.rate


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure how fast comments are taken.")
    parser.add_argument("--isso", type=Path, help="a Python with Isso and gunicorn")
    isso_python = parser.parse_args().isso
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        words = add_site(home / "data")
        floor = stack.enter_context(start_floor(home))
        isso = isso_python and stack.enter_context(start_isso(isso_python, home))
        ours = stack.enter_context(start_ours(home))
        acknowledged: list[int] = []
        for number in CONNECTIONS:
            base = measure(floor, map(make_floor_post, make_fields(words)), number)
            own = measure(ours, make_own_posts(ours, words), number)
            acknowledged += [json.loads(body)["id"] for body in own.outcome.bodies]
            print(f"{number} connections")
            print(f"  floor {base.describe()}")
            print(f"  ours  {own.describe()}: {own.compare(base):.2f} of the floor")
            if isso is None:
                print("  Isso  skipped: name a Python that has it with --isso")
                continue
            peer = measure(isso, map(make_isso_post, make_fields(words)), number)
            print(f"  Isso  {peer.describe()}: ours does {own.compare(peer):.1f} times")
        report_losses(acknowledged, home / "data" / "moderation.sqlite3")


def measure(peer: Peer, posts: Iterator[bytes], connections: int) -> Pace:
    """Send posts, some of them first to warm up, and return how it went."""
    first = ask(
        peer.port, islice(posts, WARM_UP), connections=connections, keeps_bodies=True
    )
    used = read_cpu(peer.pid)
    outcome = ask(
        peer.port, islice(posts, TOTAL), connections=connections, keeps_bodies=True
    )
    assert set(outcome.statuses) <= {201, 202}, outcome.statuses
    cost = (read_cpu(peer.pid) - used) / TOTAL * 1e3
    outcome.bodies.extend(first.bodies)
    return Pace(outcome=outcome, milliseconds=cost)


def report_losses(acknowledged: Sequence[int], path: Path) -> None:
    """Print how what was acknowledged compares with what is stored."""
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT c.id FROM comments AS c JOIN threads AS t ON t.id = thread_id"
        rows = database.execute(f"{query} WHERE t.key = ?", [THREAD]).fetchall()
    stored = {row[0] for row in rows}
    print(f"{len(acknowledged)} acknowledged", end=", ")
    print(f"lost {len(set(acknowledged) - stored)}", end=", ")
    print(f"doubled {len(acknowledged) - len(set(acknowledged))}", end=", ")
    print(f"stored but not acknowledged {len(stored - set(acknowledged))}")


@contextmanager
def start_ours(home: Path) -> Iterator[Peer]:
    """Serve the site."""
    settings = {
        "MODERATION_LIMITS_ENABLED": "0",
        "MODERATION_SECRET_KEY": SECRET_KEY,
        "MODERATION_BASE_URL": ORIGIN,
        "MODERATION_DATA_DIR": str(home / "data"),
    }
    command = ("serve", "--port", "0")
    with start_service(*command, cwd=home, settings=settings) as service:
        yield Peer(port=service.port, pid=service.process.pid)


def add_site(folder: Path) -> list[str]:
    """Make the demo's site, and return the words that are used there."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'moderation.sqlite3'}"
    settings = Settings(
        data_dir=folder, database_url=url, secret_key=SECRET_KEY, base_url=ORIGIN
    )
    app = create_app(settings)
    database = app.extensions[DATABASE]
    with database.write() as session:
        add_samples(session, base_url=ORIGIN, password_hash="!")
        texts = session.scalars(select(Comment.body)).all()
    database.close()
    words = {word for text in texts for word in text.split() if word.isalpha()}
    return sorted(words)


def make_fields(words: Sequence[str]) -> Iterator[Fields]:
    """Yield one comment after another, no two alike."""
    chance = random.Random()
    for number in count():
        text = " ".join(chance.choices(words, k=WORDS_OF_A_COMMENT))
        yield {
            "name": f"Reader {number}",
            "email": f"reader{chance.randrange(10**9)}@example.org",
            "comment": f"{text.capitalize()}.",
        }


def make_own_posts(ours: Peer, words: Sequence[str]) -> Iterator[bytes]:
    """Yield posts as our form's script sends them."""
    path = f"/embed/{SITE_KEY}/comments"
    asked = fetch(ours.port, f"{path}?thread={THREAD}")
    constant = {"thread": THREAD, "token": json.loads(asked)["token"]}
    for fields in make_fields(words):
        body = json.dumps({**fields, **constant}).encode()
        yield make_request("POST", path, {**JSON, "Origin": ORIGIN}, body)


def make_floor_post(fields: Fields) -> bytes:
    """Return a post as the floor takes it."""
    return make_request("POST", "/", JSON, json.dumps(fields).encode())


def make_isso_post(fields: Fields) -> bytes:
    """Return a post as Isso takes it: with a title, or it would fetch the page."""
    names = ("author", fields["name"]), ("email", fields["email"])
    document = {**dict(names), "text": fields["comment"], "title": "A post"}
    path = f"/new?uri=%2F{THREAD}"
    return make_request("POST", path, JSON, json.dumps(document).encode())


def fetch(port: int, path: str) -> bytes:
    """Return the body of an answer."""
    request = make_request("GET", path, {"Origin": ORIGIN})
    return ask(port, iter([request]), connections=1, keeps_bodies=True).bodies[0]


if __name__ == "__main__":
    main()
