"""Prints how long the pure pipeline takes per comment.

    python tests/bench/bench_judge.py [FILE…]

FILEs hold JSON lines as `moderation judge` takes them; without any, texts are made up.
Processor time of one core, readings included; no site, no database.
"""

import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from statistics import mean, quantiles
from time import process_time

from moderation.spam.cold import make_cold_context
from moderation.spam.formats import read_submission
from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission

COMMENTS, ROUNDS, SEED = 1_500, 3, 1
SHORTEST, LONGEST, LONGEST_BODY = 200, 1_500, 65_525
TEXT = """
I have read your post about the medication and it helped me to see that a slow start is
fine; what did your doctor say? cheap loans https://a.example/x online casino click here
for more info thanks for sharing this article on git stash
"""
HOSTILE = ("a", "<a href=", "http://", "my ", "aA", "中", "a@b.", "your blog ")


def main() -> None:
    """Print mean and 99th percentile, and the time of the longest hostile texts."""
    submissions = read_comments(sys.argv[1:]) or make_comments()
    print(f"{mean(len(s.body) for s in submissions):.0f} characters on average")
    for _ in range(ROUNDS):
        # Copies: what was read of a comment is kept with it.
        times = sorted(measure_milliseconds(replace(s)) for s in submissions)
        print(f"mean {mean(times):.3f} ms, p99 {quantiles(times, n=100)[98]:.3f} ms")
    for piece in HOSTILE:
        body = (LONGEST_BODY * piece)[:LONGEST_BODY]
        print(f"{piece!r:12} {measure_milliseconds(Submission(body=body)):.1f} ms")


def read_comments(names: list[str]) -> list[Submission]:
    """Return a sample of the comments in files, of ordinary length."""
    lines = [line for name in names for line in Path(name).read_bytes().splitlines()]
    rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if SHORTEST < len(row["body"]) < LONGEST]
    random.Random(SEED).shuffle(rows)
    return [read_submission(row) for row in rows[:COMMENTS]]


def make_comments() -> list[Submission]:
    """Return comments of random words, of 600 characters on average."""
    chance = random.Random(SEED)
    return [
        Submission(
            body=" ".join(chance.choices(TEXT.split(), k=chance.randint(40, 190))),
            author="Ann Example",
            website=chance.choice(["", "https://a.example/shop/watches"]),
        )
        for _ in range(COMMENTS)
    ]


def measure_milliseconds(submission: Submission) -> float:
    """Return how long judging takes, everything included."""
    start = process_time()
    judge(submission, make_cold_context(submission))
    return 1_000 * (process_time() - start)


if __name__ == "__main__":
    main()
