"""Prints what finding comments costs: python -m tests.bench.bench_find [NUMBER].

Makes a site of NUMBER comments (1,000,000) in a temporary folder: words as frequent as
in real texts, one text in twenty Chinese. For each search: CPU time warm and cold.
"""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR
from moderation.services.finding import find_comments
from moderation.services.wishes import make_wish
from moderation.storage.migrations import ensure_schema
from moderation.storage.models import Comment
from moderation.storage.session import Database
from tests.factories import make_site, make_thread

ROWS_AT_ONCE = 5_000
SEARCHES: tuple[dict[str, str], ...] = (
    {},
    {"status": "held"},
    {"thread": "1", "status": "spam"},
    {"from": "a1@example.org"},
    {"network": "203.0.113.0/24"},
    {"reason": "honeypot"},
    {"least": "99"},
    {"status": "held", "most": "0"},
    {"q": "w1"},
    {"q": "w1 w2 w3"},
    {"q": "w30000"},
    {"q": "w300*"},
    {"q": '"w1 w2"'},
    {"q": "一丁"},
    {"q": "龥"},
    {"q": "w1 is:held"},
    {"q": "w1", "from": "a1@example.org"},
    {"q": "w1", "least": "99"},
)
WORDS = [f"w{rank}" for rank in range(1, 60_000)]
SIGNS = [chr(0x4E00 + rank) for rank in range(3_000)]


def make_rows(number: int, dice: random.Random) -> Iterator[dict[str, object]]:
    weights = [
        list(itertools.accumulate(1 / rank for rank in range(1, len(one) + 1)))
        for one in (WORDS, SIGNS)
    ]
    for index in range(number):
        length = dice.randint(15, 80)
        words = dice.choices(WORDS, cum_weights=weights[0], k=length)
        signs = dice.choices(SIGNS, cum_weights=weights[1], k=length)
        body = " ".join(words) if index % 20 else "".join(signs)
        author = min(int(dice.paretovariate(0.8)), 300_000)
        yield {
            "site_id": 1,
            "thread_id": 1,
            "status": dice.choices(list(Status), (10, 60, 10, 20))[0],
            "name": f"Name {author}",
            "email": f"a{author}@example.org",
            "website": "",
            "body": body,
            "html": body,
            "digest": index.to_bytes(32, "big"),
            "network": f"203.0.{author % 250}.0/24",
            "score": dice.random(),
            "created_at": datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=index),
        }


def measure(database: Database, typed: dict[str, str]) -> str:
    wish, times, found = make_wish(typed), [], 0
    for _ in range(4):
        with database.read() as session:
            start = time.process_time()
            found = len(find_comments(session, OPERATOR, wish).comments)
            times.append((time.process_time() - start) * 1_000)
    return f"{min(times):7.1f} {times[0]:7.1f} ms {found:3} {typed}"


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        ensure_schema(database)
        with database.write() as session:
            make_thread(session, make_site(session))
        rows = make_rows(number, random.Random(1))
        while chunk := list(itertools.islice(rows, ROWS_AT_ONCE)):
            with database.write() as session:
                session.execute(insert(Comment), chunk)
        for typed in SEARCHES:
            print(measure(database, typed))
        database.close()


if __name__ == "__main__":
    main()
