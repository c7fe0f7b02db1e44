"""Prints what judging costs on a site that has learnt and stored much.

    python tests/bench/bench_learnt.py [--comments N] [--folder PATH]

Builds an SQLite database with a site of a million comments, and lets it learn 100,
10,000 and 100,000 decisions, as many words as comments of 140 hashed words teach. Every
word of the texts judged has been learnt: the site knows all there is to look up.
Processor time of one core. Takes some minutes and 2 GB.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, quantiles
from tempfile import TemporaryDirectory
from time import process_time

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.services.drafts import Arrival, make_submission, prepare_draft
from moderation.services.judging import gather_context
from moderation.services.learning import read_learnt
from moderation.services.sites import add_site
from moderation.spam.cold import make_cold_context
from moderation.spam.learning import find_evidence, find_words
from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission
from moderation.storage.models import LearntFeature, LearntSite, LearntWord, Thread
from moderation.storage.models.base import Base
from moderation.storage.session import Database
from moderation.storage.tallies import add_rows

SEED, TEXTS, ROUNDS = 1, 300, 3
THREADS = 1_000
# Decisions, and how many different words they teach: about their number to the power
# of 0.8 (Heaps' law), times the words of a comment.
STAGES = ((100, 6_000), (10_000, 250_000), (100_000, 1_600_000))
WORDS = 4_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# ruff: noqa: S608 - the statements are our own text
_NUMBERS = (
    "WITH RECURSIVE numbers(n) AS"
    " (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many) "
)
_ADD_THREADS = text(
    _NUMBERS + "INSERT INTO threads (site_id, key, url, title, is_open, approved_count,"
    " version, created_at) SELECT :site, 'post-' || n, '', 'A post', 1, 0, 1, :at"
    " FROM numbers"
)
_ADD_COMMENTS = text(
    _NUMBERS
    + "INSERT INTO comments (site_id, thread_id, status, version, name, email, website,"
    " body, html, digest, ip, network, user_agent, score, failures, inputs, created_at)"
    " SELECT :site, :thread + n % :threads, CASE n % 3 WHEN 0 THEN 'spam' ELSE"
    " 'approved' END, 1, 'Ann ' || n % 5000, 'ann' || n % 5000 || '@a.example', '',"
    " 'What you wrote in number ' || n || ' helped me.', '', randomblob(32), '',"
    " '10.0.' || n % 250 || '.0/24', '', 0.1, '[]', '[]',"
    " datetime(:at, '-' || (:many - n) || ' minutes') || '.000000' FROM numbers"
)
_ADD_WORDS = text(
    _NUMBERS + "INSERT OR IGNORE INTO learnt_words (site_id, word, spam, ham)"
    " SELECT :site, abs(random()) % 16777216, n % 2, 1 FROM numbers"
)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The database, its site, one of the threads, and the texts to judge."""

    database: Database
    site_id: int
    thread_id: int
    texts: Sequence[str]


def main() -> None:
    """Print the cost of each part at each stage, and what the last one adds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the database is built")
    options = parser.parse_args()
    with TemporaryDirectory(dir=options.folder) as folder:
        bench = build(Path(folder) / "bench.sqlite3", options.comments)
        learnt = 0
        first: float | None = None
        for decisions, words in STAGES:
            teach(bench, decisions=decisions, words=words - learnt)
            learnt = words
            cost = measure(bench, decisions)
            first = first or cost
            print(f"    read and judge: {cost / first:.2f} times the first")
        bench.database.close()


def build(path: Path, comments: int) -> Bench:
    """Return a bench whose site has that many comments."""
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        site = add_site(
            session,
            key="blog",
            name="A blog",
            origins=("https://blog.example",),
            policy=Policy.HOLD_FIRST,
        )
        session.flush()
        numbers = {"site": site.id, "at": NOW.strftime("%Y-%m-%d %H:%M:%S")}
        session.execute(_ADD_THREADS, numbers | {"many": THREADS})
        given = {"many": comments, "thread": 1, "threads": THREADS}
        session.execute(_ADD_COMMENTS, numbers | given)
        site_id = site.id
    print(f"{comments:,} comments, {path.stat().st_size / 1e6:.0f} MB")
    return Bench(database=database, site_id=site_id, thread_id=1, texts=make_texts())


def make_texts() -> list[str]:
    """Return texts of made-up words, common ones more often, of 600 characters."""
    chance = random.Random(SEED)
    letters = "abcdefghijklmnoprstuvwyz"
    words = [
        "".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(WORDS)
    ]
    weights = [1 / (rank + 3) for rank in range(WORDS)]
    return [
        " ".join(chance.choices(words, weights, k=chance.randint(40, 140)))
        for _ in range(TEXTS)
    ]


def teach(bench: Bench, *, decisions: int, words: int) -> None:
    """Let the site have learnt `decisions`, and so many different `words` more."""
    with bench.database.write() as session:
        given = {"site": bench.site_id, "many": words}
        session.execute(_ADD_WORDS, given)
        known: set[int] = set()
        for body in bench.texts:
            known |= find_words(make(body))
        rows = [
            {"site_id": bench.site_id, "word": n, "spam": 1, "ham": 1}
            for n in sorted(known)
        ]
        add_rows(session, LearntWord, rows)
        evidence = find_evidence(make(bench.texts[0]), ["no_link", "question"])
        add_rows(
            session,
            LearntFeature,
            [
                {
                    "site_id": bench.site_id,
                    "kind": "signal",
                    "key": key,
                    "spam": 1,
                    "ham": 9,
                }
                for key in sorted(evidence.signals)
            ],
        )
        site = session.get(LearntSite, bench.site_id)
        if site is None:
            site = LearntSite(site_id=bench.site_id)
            session.add(site)
        site.spam, site.ham = decisions // 2, decisions // 2


def make(body: str) -> Submission:
    """Return a submission with this body."""
    draft = prepare_draft(thread="post-1", name="Ann", email="ann@a.example", body=body)
    return make_submission(draft, Arrival(ip="10.0.3.7"), NOW)


def measure(bench: Bench, decisions: int) -> float:
    """Print the milliseconds of each part, and return those of reading and judging."""
    submissions = [make(body) for body in bench.texts]
    with bench.database.read() as session:
        thread = session.get_one(Thread, bench.thread_id)
        drafts = [
            prepare_draft(thread=thread.key, name="Ann", email="ann@a.example", body=b)
            for b in bench.texts
        ]
        arrival = Arrival(ip="10.0.3.7")
        pairs = list(zip(submissions, drafts, strict=True))

        def read(place: int) -> None:
            read_learnt(session, bench.site_id, replace(submissions[place]))

        def read_and_judge(place: int) -> None:
            submission = replace(submissions[place])
            learnt = read_learnt(session, bench.site_id, submission)
            judge(submission, replace(make_cold_context(submission), learnt=learnt))

        def gather_and_judge(place: int) -> None:
            submission, draft = pairs[place]
            submission = replace(submission)
            judge(
                submission,
                gather_context(
                    session, thread, draft, submission, arrival, site=thread.site
                ),
            )

        def judge_cold(place: int) -> None:
            submission = replace(submissions[place])
            judge(submission, make_cold_context(submission))

        print(f"{decisions:,} decisions, {count_words(session):,} words learnt")
        show("judge without site", judge_cold)
        show("read what is learnt", read)
        cost = show("read and judge", read_and_judge)
        show("gather all and judge", gather_and_judge)
    return cost


def count_words(session: Session) -> int:
    """Return how many words the site has learnt."""
    return int(session.scalar(text("SELECT count(*) FROM learnt_words")) or 0)


def show(name: str, step: Callable[[int], None]) -> float:
    """Print and return the mean milliseconds of a step over all texts."""
    times = []
    for turn in range(ROUNDS + 1):
        for place in range(TEXTS):
            start = process_time()
            step(place)
            if turn:
                times.append(1_000 * (process_time() - start))
    late = quantiles(times, n=100)[98]
    print(f"    {name:22} mean {mean(times):.3f} ms, p99 {late:.3f}")
    return mean(times)


if __name__ == "__main__":
    main()
