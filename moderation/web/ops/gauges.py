"""Owns the figures read anew when Prometheus asks: what waits, and what is left."""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, current_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from moderation.services.figures import Backlog, Figures, read_figures
from moderation.storage.models.base import now
from moderation.storage.upkeep import measure_bytes, measure_free
from moderation.storage.write_ahead import measure_log
from moderation.web.context import get_database, get_settings, reading
from moderation.web.metrics import AT_ONCE, MOST_SITES, OTHERS

GAUGES = "moderation.gauges"
# Whoever asks more often is told the same again: the queue is counted for it.
KEPT_SECONDS = 15.0


@dataclass(kw_only=True)
class Kept:
    """What was read last, and when; one request at a time reads anew."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    read_at: float = -KEPT_SECONDS
    figures: Figures | None = None


def init_gauges(app: Flask) -> None:
    """Let `app` keep what it read."""
    app.extensions[GAUGES] = Kept()


def read_gauges() -> Iterator[Metric]:
    """Yield what waits, and how the machine is; no more if the database is away."""
    figures = _read_kept()
    yield from _describe_answers()
    yield _make(
        "oldest_read_seconds",
        "Since the oldest read that this process is still at began.",
        get_database().find_oldest_read(),
    )
    yield _make("database_up", "Whether the database answers.", figures is not None)
    yield _make(
        "disk_free_bytes",
        "Room on the disk of the data directory.",
        measure_free(get_database(), get_settings().data_dir),
    )
    if figures is None:
        return
    yield _make(
        "database_bytes", "Size of the database.", measure_bytes(get_database())
    )
    yield _make(
        "database_log_bytes",
        "Size of SQLite's write-ahead log.",
        measure_log(get_database()),
    )
    at = now()
    yield from _describe_queues(figures, at)
    yield from _describe_backlog("deliveries", figures.deliveries, at)
    yield from _describe_backlog("mails", figures.mails, at)
    yield _make("failed_jobs", "Periodic jobs that failed.", figures.failed_jobs)
    if figures.worker_seen_at is not None:
        yield _make(
            "worker_heartbeat_age_seconds",
            "Since a worker last said that it lives.",
            _find_age(figures.worker_seen_at, at),
        )


def _describe_answers() -> Iterator[CounterMetricFamily]:
    """Yield how often an answer to a reader was at hand; 0 where none is ever kept."""
    keeper = current_app.extensions.get(AT_ONCE)
    answers = CounterMetricFamily(
        "moderation_kept_answers",
        "Answers to readers: at once, again after a look at the database, or anew.",
        labels=["outcome"],
    )
    for outcome in ("at once", "again", "anew"):
        name = f"answered_{outcome.replace(' ', '_')}"
        answers.add_metric([outcome], getattr(keeper, name, 0))
    yield answers


def _read_kept() -> Figures | None:
    """Return figures that are at most so old, None if the database is away."""
    kept: Kept = current_app.extensions[GAUGES]
    with kept.lock:
        if time.monotonic() - kept.read_at >= KEPT_SECONDS:
            try:
                with reading() as session:
                    kept.figures = read_figures(
                        session, at=now(), most_sites=MOST_SITES
                    )
            except SQLAlchemyError:
                return None
            kept.read_at = time.monotonic()
        return kept.figures


def _describe_queues(figures: Figures, at: datetime) -> Iterable[GaugeMetricFamily]:
    waiting = GaugeMetricFamily(
        "moderation_queue_comments",
        "Comments that wait for a moderator.",
        labels=["site"],
    )
    ages = GaugeMetricFamily(
        "moderation_queue_age_seconds",
        "Since the oldest held comment came.",
        labels=["site"],
    )
    for queue in figures.queues:
        waiting.add_metric([queue.site], queue.waiting)
        if queue.oldest_at is not None:
            ages.add_metric([queue.site], _find_age(queue.oldest_at, at))
    told = sum(queue.waiting for queue in figures.queues)
    waiting.add_metric([OTHERS], figures.waiting - told)
    return (waiting, ages)


def _describe_backlog(
    name: str, backlog: Backlog, at: datetime
) -> Iterator[GaugeMetricFamily]:
    yield _make(f"{name}_waiting", f"{name.title()} to be made.", backlog.waiting)
    yield _make(f"{name}_due", f"{name.title()} that are due.", backlog.due)
    oldest = backlog.oldest_due_at
    age = _find_age(oldest, at) if oldest else 0.0
    yield _make(f"{name}_late_seconds", "Since the oldest of them was due.", age)


def _find_age(then: datetime, at: datetime) -> float:
    """Return the seconds since then; 0 if the clock was put back."""
    return max(0.0, (at - then).total_seconds())


def _make(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"moderation_{name}", about, value=value)
