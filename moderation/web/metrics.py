"""Owns what this process counts and measures about itself, for Prometheus."""

from collections.abc import Iterable, Mapping
from time import perf_counter

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from moderation.storage.session import Count, Database

METRICS = "moderation.metrics"
# Where an app has what answers before it, and counts that.
AT_ONCE = "moderation.at_once"
# What is told of site by site: the first so many a process meets; the rest together.
MOST_SITES = 20
OTHERS = "(others)"
NO_ROUTE = "(none)"
DATABASE_FAILURES = ("503", "507")
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})

# In seconds: where answers are, and where it begins to hurt.
_ANSWERS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_JUDGING = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5)
_WAITS = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_SENDING = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)

# By the name that services note them under: the one Prometheus sees, what it is, and
# its labels or buckets.
COUNTERS: Mapping[str, tuple[str, ...]] = {
    "verdicts": ("verdicts", "Comments judged on arrival.", "site", "verdict"),
    "decisions": ("decisions", "Decisions by people and programs.", "status"),
    "lessons": ("lessons", "Decisions by what they teach the filter.", "label"),
    "deliveries": ("delivery_attempts", "Attempts to send an event.", "outcome"),
    "mails": ("mail_attempts", "Attempts to send mail.", "outcome"),
    "database_failures": (
        "database_failures",
        "Requests the database did not take: 507 for want of room, else 503.",
        "status",
    ),
}
HISTOGRAMS: Mapping[str, tuple[str, str, tuple[float, ...]]] = {
    "judging": ("judging_seconds", "Time to judge a comment.", _JUDGING),
    "sending": ("delivery_seconds", "Time an attempt to send took.", _SENDING),
}


class Metrics:
    """The counters and histograms of one process, each app with its own.

    No label holds what a client can choose freely: that would be memory without end.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = self._count(
            "requests", "Requests answered.", "method", "route", "status"
        )
        self._answers = self._measure(
            "request_seconds", "Time to an answer.", _ANSWERS, "route"
        )
        self._waits = self._measure(
            "database_wait_seconds",
            "Waits to write: for a turn in this process, for a lock of another.",
            _WAITS,
            "kind",
        )
        self._counters = {
            name: self._count(told, about, *labels)
            for name, (told, about, *labels) in COUNTERS.items()
        }
        # At 0 from the start: in what begins at 1 Prometheus sees no increase, and the
        # first failure would raise no alarm.
        for status in DATABASE_FAILURES:
            self._counters["database_failures"].labels(status)
        self._histograms = {
            name: self._measure(told, about, buckets)
            for name, (told, about, buckets) in HISTOGRAMS.items()
        }
        self._sites: set[str] = set()
        self._kept: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def note_request(
        self, method: str, route: str, status: int, seconds: float
    ) -> None:
        """Count a request by its route (not its path), and measure its answer."""
        key = (method if method in METHODS else "other", route, status // 100)
        found = self._kept.get(key)
        if found is None:
            # Kept, since to look them up by labels takes as long as all the rest.
            counter = self._requests.labels(key[0], route, f"{key[2]}xx")
            found = self._kept[key] = (counter, self._answers.labels(route))
        found[0].inc()
        found[1].observe(seconds)

    def note_wait(self, kind: str, seconds: float) -> None:
        """Measure a wait for the database: "turn" or "lock"."""
        self._waits.labels(kind).observe(seconds)

    def add(self, counts: Iterable[Count]) -> None:
        """Add what has become true."""
        for count in counts:
            if histogram := self._histograms.get(count.name):
                histogram.observe(count.number)
                continue
            labels = count.labels
            if count.name == "verdicts":
                labels = (self._bound_site(labels[0]), *labels[1:])
            self._counters[count.name].labels(*labels).inc(count.number)

    def _bound_site(self, key: str) -> str:
        if key not in self._sites:
            if len(self._sites) >= MOST_SITES:
                return OTHERS
            self._sites.add(key)
        return key

    def _count(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"moderation_{name}", about, labels, registry=self.registry)

    def _measure(
        self, name: str, about: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            f"moderation_{name}",
            about,
            labels,
            registry=self.registry,
            buckets=buckets,
        )


def init_metrics(app: Flask, database: Database) -> None:
    """Count what `app` answers, and what its database is asked to note."""
    use_metrics(app, database, Metrics())
    app.before_request(_begin)
    app.after_request(_note)


def use_metrics(app: Flask, database: Database, metrics: Metrics) -> None:
    """Let `app` and its database count in `metrics` from now on."""
    app.extensions[METRICS] = metrics
    database.on_counts = metrics.add
    database.on_wait = metrics.note_wait


def get_metrics() -> Metrics:
    """Return the metrics of the current app."""
    metrics: Metrics = current_app.extensions[METRICS]
    return metrics


def _begin() -> None:
    g.begun = perf_counter()


def _note(response: Response) -> Response:
    # Without a beginning the request broke down before it had one.
    if begun := g.get("begun"):
        rule = request.url_rule
        get_metrics().note_request(
            request.method,
            rule.rule if rule else NO_ROUTE,
            response.status_code,
            perf_counter() - begun,
        )
    return response
