"""Kills the web server again and again while many post; nothing may be lost.

    python -m tests.bench.bench_web_kills [--kills 100] [--database postgresql]
        [--url URL] [--seed 1]

`--url` names a database of our shape with comments in it, as bench_capacity makes
them. Ends with status 1 if an acknowledged comment is not there, or one is there twice.
The suite does the same with a few kills.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moderation.storage.migrations import ensure_schema
from moderation.storage.session import Database
from tests.cli.web_kills import try_web_kills
from tests.postgresql import serving


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as name,
        providing(given.url, given.database, Path(name)) as url,
    ):
        trial = try_web_kills(Path(name), url, kills=given.kills, seed=given.seed)
    print(f"{given.kills} kills in {time.monotonic() - begun:.0f} s")
    print(f"{len(trial.acknowledged)} comments acknowledged")
    print(f"refused, by status: {dict(trial.refused)}")
    unseen = len(trial.names) - len(set(trial.acknowledged))
    print(f"{trial.lost} lost, {trial.doubled} doubled; {unseen} stored unacknowledged")
    middle, most = statistics.median(trial.recoveries), max(trial.recoveries)
    print(f"ready again after {middle:.1f} s, {most:.1f} s at most")
    return 1 if trial.lost or trial.doubled else 0


@contextmanager
def providing(url: str, kind: str | None, folder: Path) -> Iterator[str]:
    """Yield the address of a database with our tables: the given one, or a new one."""
    if url:
        yield url
    elif kind == "postgresql":
        with serving(is_durable=True) as server:
            yield server.make_database("kills")
    else:
        made = f"sqlite:///{folder / 'kills.sqlite3'}"
        database = Database(made)
        ensure_schema(database)
        database.close()
        yield made


if __name__ == "__main__":
    sys.exit(main())
