"""Owns the app of the demo, the samples in it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.app import create_app
from moderation.config import Settings
from moderation.services.samples import add_samples
from moderation.web.context import DATABASE


@pytest.fixture
def demo(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, is_demo=True))
    database = app.extensions[DATABASE]
    with database.write() as session:
        add_samples(session, base_url=settings.base_url, password_hash="")
    yield app
    database.close()


@pytest.fixture
def reader(demo: Flask) -> FlaskClient:
    return demo.test_client()
