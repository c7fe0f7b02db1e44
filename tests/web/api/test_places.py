"""Reads sites, threads, events, deliveries and campaigns by the package's client."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import (
    Comment,
    Delivery,
    DeliveryState,
    KeptAnswer,
    Scope,
)
from tests.factories import make_endpoint, make_site
from tests.web.api.conftest import MakeClient, MakeToken

POST = {
    "site": "blog",
    "thread": "post-1",
    "name": "Bob",
    "email": "bob@reader.example.com",
}
ALL = list(Scope)


@pytest.fixture(autouse=True)
def blog(session: Session) -> None:
    make_site(session)
    session.commit()


def test_events_are_told_in_order_and_from_where_one_left_off(
    session: Session, make_client: MakeClient
) -> None:
    make_endpoint(session, sites=["blog"])
    client = make_client(*ALL)
    for number in range(3):
        client.submit(**POST, body=f"Why is number {number} so?")

    events = list(client.list_events("blog"))
    later = list(client.list_events("blog", after=2))

    assert [event["sequence"] for event in events] == [1, 2, 3]
    assert [event["sequence"] for event in later] == [3]
    assert events[0]["type"].startswith("comment.")
    assert events[0]["data"]["comment"]["name"] == "Bob"
    assert "bob@reader.example.com" not in str(events)


def test_threads_come_newest_first(make_client: MakeClient) -> None:
    client = make_client(*ALL)
    for thread in ("one", "two"):
        client.submit(**{**POST, "thread": thread}, body="How was this measured?")

    keys = [thread["key"] for thread in client.list_threads("blog")]

    assert keys == ["two", "one"]


def test_a_delivery_is_read_and_sent_again(
    session: Session, make_client: MakeClient
) -> None:
    make_endpoint(session, sites=["blog"])
    client = make_client(Scope.MANAGE)
    delivery_id = client.ask("POST", "/endpoints/1/ping", {})["delivery"]
    delivery = session.get_one(Delivery, delivery_id)
    delivery.state = DeliveryState.FAILED
    session.commit()

    listed = client.ask("GET", "/deliveries?endpoint=1&state=failed")["deliveries"]
    shown = client.ask("GET", f"/deliveries/{delivery_id}")
    again = client.ask("POST", f"/deliveries/{delivery_id}/redeliver", {})

    assert [one["id"] for one in listed] == [delivery_id]
    assert listed[0]["type"] == "webhook.ping"
    assert json.loads(shown["sent"])["type"] == "webhook.ping"
    assert again["state"] == "waiting"


def test_a_campaign_is_decided_on_as_it_was_seen(
    session: Session, make_client: MakeClient
) -> None:
    client = make_client(Scope.DECIDE, Scope.SUBMIT)
    spam = "Best cheap replica watches and handbags at watches.example.top today"
    for number in range(4):
        client.submit(
            **{**POST, "email": f"b{number}@spam.example.com"}, body=f"{spam} {number}"
        )
    (campaign,) = client.list_campaigns()

    seen = client.ask("GET", f"/campaigns/{campaign['id']}")
    outcome = client.ask(
        "POST",
        f"/campaigns/{campaign['id']}/decide",
        {"status": "spam", "seen": seen["seen"], "without": [1]},
    )

    statuses = session.scalars(select(Comment.status).order_by(Comment.id)).all()
    assert campaign["held"] == seen["looked_at"] == 4
    assert sorted(outcome["decided"]) == [2, 3, 4]
    assert statuses == [Status.HELD, Status.SPAM, Status.SPAM, Status.SPAM]


def test_a_key_is_forgotten_after_a_day(
    session: Session, client: FlaskClient, make_headers: MakeToken
) -> None:
    headers = {**make_headers(Scope.SUBMIT), "Idempotency-Key": "a-key"}
    first = {**POST, "body": "How was this measured?"}
    client.post("/api/v1/comments", json=first, headers=headers)
    kept = session.scalars(select(KeptAnswer)).one()
    kept.created_at -= timedelta(hours=25)
    session.commit()

    other = client.post(
        "/api/v1/comments", json={**first, "body": "And this?"}, headers=headers
    )

    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other.headers


def test_the_description_for_people_has_every_operation(client: FlaskClient) -> None:
    page = client.get("/api/docs")

    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    for path, methods in document["paths"].items():
        assert path in page.text
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page.text
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in page.text
    assert "style=" not in page.text
    assert "<script" not in page.text
