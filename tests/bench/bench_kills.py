"""Kills a worker again and again while its receiver misbehaves; nothing may be lost.

    python -m tests.bench.bench_kills [--kills 30] [--seed 1]

Ends with status 1 if an event did not arrive, or an attempt is not on record. The
suite does the same with a few kills.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.cli.impatient_worker import PACE
from tests.cli.kills import try_kills


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        trial = try_kills(Path(folder), kills=given.kills, seed=given.seed)
    lost = trial.announced - set(trial.taken)
    off_record = [
        uid
        for uid in trial.announced
        if trial.asked.get(uid, 0) > trial.logged.get(uid, 0)
    ]
    again = sum(count - 1 for count in trial.taken.values())
    print(f"{given.kills} kills in {time.monotonic() - begun:.0f} s")
    print(f"{len(trial.announced)} events, {sum(trial.asked.values())} requests")
    print(f"{len(lost)} lost, {trial.waiting} stuck, {again} taken more than once")
    lease = PACE.lease.total_seconds()
    stalled = trial.stalled_seconds
    print(f"{stalled:.1f} s idle at most after a lease of {lease:.0f} s had ended")
    print(f"{sum(trial.logged.values())} attempts on record, {len(off_record)} missing")
    return 1 if lost or off_record or trial.waiting else 0


if __name__ == "__main__":
    sys.exit(main())
