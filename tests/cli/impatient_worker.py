"""Runs a worker as `moderation worker` does, but in a hurry: leases end in seconds.

It reads the settings of its environment and works until it is killed.
"""

import threading
from datetime import timedelta

from moderation.config import load_settings
from moderation.delivery.worker import Worker
from moderation.domain.pace import Pace
from moderation.storage.session import Database
from moderation.web.logs import set_up_logs

PACE = Pace(
    delays=[timedelta(), *[timedelta(milliseconds=200)] * 200],
    lease=timedelta(seconds=3),
    most_seconds=0.5,
    batch_seconds=0.5,
)


def main() -> None:
    settings = load_settings()
    # On stderr: unless told, structlog would write before whoever waits for a line.
    set_up_logs(settings)
    worker = Worker(settings, Database(settings.database_url), pace=PACE, jobs=())
    worker.start()
    print("Working", flush=True)  # noqa: T201 who waits for it reads it
    threading.Event().wait()


if __name__ == "__main__":
    main()
