"""Holds what every operation shares: strict reading, keys, rates, and no leaks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.client import ApiError
from moderation.config import Settings
from moderation.storage.models import Comment, Scope
from moderation.web.context import DATABASE
from tests.factories import make_comment, make_site, make_thread
from tests.web.api.conftest import MakeClient, MakeToken

POST = {
    "site": "blog",
    "thread": "post-1",
    "name": "Bob",
    "email": "bob@reader.example.com",
    "ip": "198.51.100.7",
    "body": "How did you measure this? Mine differ.",
}


@pytest.fixture(autouse=True)
def blog(session: Session) -> None:
    make_comment(session, make_thread(session, make_site(session)))
    session.commit()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        # No JSON at all, or no object.
        (b"{", 400, ""),
        (b"[]", 400, ""),
        (b'{"site": NaN}', 400, ""),
        (b"\xff", 400, ""),
        # Which of the two was meant?
        (b'{"site": "blog", "site": "other"}', 400, ""),
        (b"[" * 50_000, 400, ""),
        # A slip in a name would silently change nothing.
        (b'{"site": "blog", "body": "x", "boddy": "x"}', 422, "boddy"),
        (b'{"site": "blog"}', 422, "body"),
        (b'{"site": 1, "body": "x"}', 422, "site"),
        (b'{"site": "blog", "body": "x", "is_reply": 1}', 422, "is_reply"),
        # What databases and codecs choke on.
        (b'{"site": "blog", "body": "x\\u0000"}', 422, "body"),
        (b'{"site": "blog", "body": "x\\ud800"}', 422, "body"),
        (b'{"site": "blog", "body": "x", "ip": "1.2.3"}', 422, "ip"),
        (b'{"site": "blog", "body": "x", "\\ud800": 1}', 422, "?"),
    ],
)
def test_what_can_not_be_read_is_refused_and_named(
    client: FlaskClient, make_headers: MakeToken, body: bytes, status: int, field: str
) -> None:
    answer = client.post(
        "/api/v1/judgements",
        data=body,
        headers=make_headers(Scope.FILTER),
        content_type="application/json",
    )

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert list(answer.json.get("errors", {"": ""})) == [field]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=held&status=spam", "status"),
        ("stauts=held", "stauts"),
        ("status=none", "status"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("after=x", "after"),
        ("after=2026-99-01T00:00:00Z_1", "after"),
        ("text=%00", "text"),
        ("thread=post-1", "site"),
    ],
)
def test_a_parameter_that_says_nothing_is_refused(
    client: FlaskClient, make_headers: MakeToken, query: str, field: str
) -> None:
    headers = make_headers(Scope.READ)

    answer = client.get(f"/api/v1/comments?{query}", headers=headers)

    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_taken(
    client: FlaskClient, make_headers: MakeToken, kind: str
) -> None:
    answer = client.post(
        "/api/v1/judgements",
        data='{"site": "blog", "body": "x"}',
        headers=make_headers(Scope.FILTER),
        content_type=kind,
    )

    assert answer.status_code == 415


def test_a_request_sent_twice_is_done_once(
    client: FlaskClient, session: Session, make_headers: MakeToken
) -> None:
    headers = {**make_headers(Scope.SUBMIT), "Idempotency-Key": "a-key"}

    first = client.post("/api/v1/comments", json=POST, headers=headers)
    second = client.post("/api/v1/comments", json=POST, headers=headers)
    other = client.post(
        "/api/v1/comments", json={**POST, "name": "Eve"}, headers=headers
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_data() == second.get_data()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert session.scalar(select(func.count()).select_from(Comment)) == 2


def test_the_same_request_sent_at_the_same_moment_is_done_once(
    app: Flask, session: Session, make_headers: MakeToken
) -> None:
    headers = {**make_headers(Scope.SUBMIT), "Idempotency-Key": "a-key"}
    start = threading.Barrier(4)

    def ask(_: int) -> tuple[int, bytes]:
        client = app.test_client()
        start.wait()
        answer = client.post("/api/v1/comments", json=POST, headers=headers)
        return answer.status_code, answer.get_data()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))

    assert {status for status, _ in answers} == {201}
    assert len(set(answers)) == 1
    assert session.scalar(select(func.count()).select_from(Comment)) == 2


def test_a_refused_request_may_be_mended_under_its_key(
    client: FlaskClient, make_headers: MakeToken
) -> None:
    headers = {**make_headers(Scope.SUBMIT), "Idempotency-Key": "a-key"}

    refused = client.post(
        "/api/v1/comments", json={**POST, "site": "no"}, headers=headers
    )
    mended = client.post("/api/v1/comments", json=POST, headers=headers)

    assert (refused.status_code, mended.status_code) == (404, 201)


def test_the_key_of_another_token_is_another_key(
    client: FlaskClient, make_headers: MakeToken
) -> None:
    key = {"Idempotency-Key": "a-key"}

    client.post("/api/v1/comments", json=POST, headers=make_headers(Scope.SUBMIT) | key)
    other = client.post(
        "/api/v1/comments", json=POST, headers=make_headers(Scope.SUBMIT) | key
    )

    assert other.status_code == 409
    assert "Idempotency-Replayed" not in other.headers


def test_a_comment_of_a_visitor_is_judged_by_what_is_said_of_them(
    session: Session, make_client: MakeClient
) -> None:
    client = make_client(Scope.SUBMIT)

    told = client.submit(**POST)

    comment = session.get_one(Comment, told["id"])
    assert (comment.ip, comment.email) == ("198.51.100.7", "bob@reader.example.com")
    assert told["status"] == comment.status
    assert comment.signals


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "none"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "http://localhost/"}, "website"),
        ({"name": " "}, "name"),
        ({"body": "\n"}, "body"),
        ({"ip": "fe80::1%eth0"}, "ip"),
        ({"parent": 99}, "parent"),
        ({"status": "approved"}, "status"),
        ({"id": 1}, "id"),
    ],
)
def test_what_a_visitor_could_not_send_is_not_taken_for_one(
    make_client: MakeClient, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ApiError) as refusal:
        make_client(Scope.SUBMIT).submit(**{**POST, **change})

    assert refusal.value.status == 422
    assert list(refusal.value.errors) == [field]


def test_a_judgement_stores_nothing(session: Session, make_client: MakeClient) -> None:
    client = make_client(Scope.FILTER)

    found = client.judge(
        site="blog", body="Cheap <a href=http://p.example.top>pills</a>"
    )

    assert found.score > 0.5
    assert found.verdict == "hold"
    assert session.scalar(select(func.count()).select_from(Comment)) == 1


def test_what_is_left_of_the_rate_is_told(settings: Settings) -> None:
    app = create_app(replace(settings, limits_enabled=True))
    client = app.test_client()

    first, second = (client.get("/api/v1/sites") for _ in range(2))

    app.extensions[DATABASE].close()
    assert first.headers["RateLimit-Policy"] == '"api";q=600;w=60'
    assert first.headers["RateLimit"].startswith('"api";r=599;t=')
    assert second.headers["RateLimit"].startswith('"api";r=598;t=')


def test_only_who_is_refused_is_told_to_come_later(
    settings: Settings, make_headers: MakeToken
) -> None:
    app = create_app(replace(settings, limits_enabled=True))

    answer = app.test_client().get("/api/v1/sites", headers=make_headers(Scope.READ))

    app.extensions[DATABASE].close()
    assert answer.status_code == 200
    assert "RateLimit" in answer.headers
    assert "Retry-After" not in answer.headers
