"""Holds the dashboard that we ship against the figures that are there."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from moderation.config import Settings
from moderation.services.jobs import note_worker
from moderation.storage.models.base import now
from moderation.storage.session import Count, Database
from moderation.web.context import DATABASE, SETTINGS
from moderation.web.metrics import COUNTERS, HISTOGRAMS, Metrics, use_metrics
from moderation.web.ops.gauges import GAUGES, Kept
from tests.factories import make_comment, make_site, make_thread

FILE = Path(__file__).parents[3] / "docs" / "grafana" / "leave-a-reply.json"
DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))
QUERIES = [
    target["expr"] for panel in DOCUMENT["panels"] for target in panel["targets"]
]
NAME = re.compile(r"\b(?:moderation|process)_[a-z_]+")
GROUPING = re.compile(r"\bby \(([^)]*)\)")
# Prometheus itself adds these to what it reads.
ADDED = {"instance", "le"}
TOKEN = "t" * 40


@pytest.fixture
def series(app: Flask, settings: Settings, database: Database) -> dict[str, set[str]]:
    """Return the labels of each series that a busy service has, by its name."""
    metrics = Metrics()
    use_metrics(app, app.extensions[DATABASE], metrics)
    app.extensions[SETTINGS] = replace(settings, metrics_token=TOKEN)
    app.extensions[GAUGES] = Kept()
    for name, (_, _, *labels) in COUNTERS.items():
        metrics.add([Count(name, tuple(labels))])
    metrics.add([Count(name) for name in HISTOGRAMS])
    with database.write() as session:
        make_comment(session, make_thread(session, make_site(session)))
        note_worker(session, at=now())
    metrics.note_wait("turn", 0.1)
    client = app.test_client()
    client.get("/healthz")
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_each_query_asks_for_what_is_there(series: dict[str, set[str]]) -> None:
    unknown = {
        name for query in QUERIES for name in NAME.findall(query) if name not in series
    }

    assert QUERIES
    assert unknown == set()


def test_each_query_groups_by_labels_that_are_there(
    series: dict[str, set[str]],
) -> None:
    wrong = [
        (query, label)
        for query in QUERIES
        for labels in GROUPING.findall(query)
        for label in labels.split(", ")
        if not any(label in series[n] | ADDED for n in NAME.findall(query))
    ]

    assert wrong == []


def test_each_figure_of_ours_is_on_the_dashboard(series: dict[str, set[str]]) -> None:
    shown = {name for query in QUERIES for name in NAME.findall(query)}

    ours = {name for name in series if name.startswith("moderation_")}
    # How one is told from others, and parts of a histogram.
    beside = re.compile(r"_(created|sum|count|up|waiting)$")

    assert {name for name in ours - shown if not beside.search(name)} == set()


def test_the_dashboard_can_be_imported() -> None:
    identifiers = [panel["id"] for panel in DOCUMENT["panels"]]

    assert DOCUMENT["title"] == "Leave a Reply"
    assert len(set(identifiers)) == len(identifiers)
    assert {"datasource", "instance"} == {
        variable["name"] for variable in DOCUMENT["templating"]["list"]
    }
