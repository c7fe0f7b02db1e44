"""Owns what tests of deliveries share: a real database, and a receiver."""

import threading
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from moderation.delivery.sender import Sender
from moderation.delivery.transport import Transport
from moderation.domain.pace import Pace
from moderation.storage.session import Database
from tests.factories import SEALER
from tests.unit.delivery.receiving import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def sender(database: Database) -> Sender:
    """Return a sender that reaches this machine, and tells no queue."""
    return Sender(
        database,
        Transport(allowed=[ip_network("127.0.0.0/8")], total_seconds=2),
        base_url="https://comments.example.org",
        sealer=SEALER,
        pace=Pace(),
        hands=1,
        wake=lambda _: None,
        is_stopping=threading.Event(),
    )
