"""Owns the app of the demo, the samples in it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.config import Settings
from moderation.services.samples import add_samples
from moderation.storage.session import Database
from tests.apps import Apps


@pytest.fixture
def demo(settings: Settings, database: Database, apps: Apps) -> Iterator[Flask]:
    with database.write() as session:
        add_samples(session, base_url=settings.base_url, password_hash="")
    with apps.lend(replace(settings, is_demo=True), database) as app:
        yield app


@pytest.fixture
def reader(demo: Flask) -> FlaskClient:
    return demo.test_client()
