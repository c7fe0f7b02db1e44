"""Holds every operation against every scope, every site, and no token at all."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.services.events import record_events
from moderation.storage.models import (
    Attempt,
    Comment,
    Delivery,
    Endpoint,
    Scope,
)
from moderation.web.api import OPERATIONS
from moderation.web.api.operations import Operation
from tests.factories import make_comment, make_endpoint, make_site, make_thread
from tests.web.api.conftest import Headers, MakeToken

POST = {
    "thread": "post-1",
    "name": "Bob",
    "email": "bob@example.org",
    "body": "I have a question about this.",
}
WISH = {"url": "https://192.0.2.1/hook"}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A request of an operation that is about a site, and how it goes well."""

    path: str
    given: dict[str, Any] | None = None
    status: int = 200


# By operation: what is asked about the site `{site}` with comment, endpoint 1.
TRIALS = {
    "listComments": Trial(path="/comments?site={site}"),
    "getComment": Trial(path="/comments/1"),
    "changeComment": Trial(path="/comments/1", given={"note": "Hm."}),
    "decideBatch": Trial(
        path="/comments:batch",
        given={"status": "spam", "comments": [{"id": 1, "version": 1}]},
    ),
    "submitComment": Trial(
        path="/comments", given={"site": "{site}", **POST}, status=201
    ),
    "judge": Trial(path="/judgements", given={"site": "{site}", "body": "Hello"}),
    # There is none; what is told of that does not depend on the site.
    "getCampaign": Trial(path="/campaigns/1", status=404),
    "decideCampaign": Trial(
        path="/campaigns/1/decide", given={"status": "spam", "seen": 1}, status=404
    ),
    "listThreads": Trial(path="/threads?site={site}"),
    "listEvents": Trial(path="/events?site={site}"),
    # A private address: the network is not asked, and nothing is stored.
    "addEndpoint": Trial(
        path="/endpoints", given={"sites": ["{site}"], **WISH}, status=422
    ),
    "getEndpoint": Trial(path="/endpoints/1"),
    "changeEndpoint": Trial(
        path="/endpoints/1", given={"sites": ["{site}"], **WISH}, status=422
    ),
    "pingEndpoint": Trial(path="/endpoints/1/ping", status=202),
    "rotateSecret": Trial(path="/endpoints/1/rotate"),
    "disableEndpoint": Trial(path="/endpoints/1/disable"),
    "enableEndpoint": Trial(path="/endpoints/1/enable"),
    "replayFailed": Trial(
        path="/endpoints/1/replay", given={"since": "2026-01-01T00:00:00Z"}, status=202
    ),
    "listDeliveries": Trial(path="/deliveries?endpoint=1"),
    "getDelivery": Trial(path="/deliveries/1", status=404),
    "redeliver": Trial(path="/deliveries/1/redeliver", status=404),
    # These name no site: they are about all of the token's.
    "listCampaigns": Trial(path="/campaigns"),
    "listSites": Trial(path="/sites"),
    "listEndpoints": Trial(path="/endpoints"),
}
OWN_LISTS = {"listCampaigns", "listSites", "listEndpoints"}
INCLUDED = {
    Scope.READ: {Scope.READ, Scope.DECIDE, Scope.MANAGE},
    Scope.DECIDE: {Scope.DECIDE, Scope.MANAGE},
}
EVERY = [pytest.param(o, id=o.name) for o in OPERATIONS]


@pytest.fixture(autouse=True)
def blogs(session: Session) -> None:
    for key in ("blog", "other"):
        make_comment(session, make_thread(session, make_site(session, key=key)))
    make_endpoint(session, sites=["blog"], url="https://192.0.2.1/hook")
    session.commit()


def ask(
    client: FlaskClient, operation: Operation, headers: Headers, *, site: str = "blog"
) -> Any:  # noqa: ANN401 Werkzeug's answer
    trial = TRIALS[operation.name]
    given = trial.given
    if given is None and operation.body is not None:
        given = {}
    if given is not None:
        names = {"{site}": site}
        given = {
            k: [names.get(x, x) for x in v]
            if isinstance(v, list) and k == "sites"
            else names.get(v, v)
            if isinstance(v, str)
            else v
            for k, v in given.items()
        }
    return client.open(
        "/api/v1" + trial.path.format(site=site),
        method=operation.method,
        json=given,
        headers={"If-Match": "*", **headers},
    )


@pytest.mark.parametrize("operation", EVERY)
def test_no_token_or_a_wrong_one_is_told_to_prove_itself(
    client: FlaskClient, operation: Operation
) -> None:
    wrong = [
        {},
        {"Authorization": "Bearer lr_" + "0" * 48},
        {"Authorization": "Basic x"},
    ]

    answers = [ask(client, operation, headers) for headers in wrong]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert len({answer.get_data() for answer in answers}) == 1


@pytest.mark.parametrize("operation", EVERY)
def test_a_token_is_good_for_its_scope_alone(
    client: FlaskClient, make_headers: MakeToken, operation: Operation
) -> None:
    answers = {s: ask(client, operation, make_headers(s)).status_code for s in Scope}

    allowed = INCLUDED.get(operation.scope, {operation.scope})
    good = TRIALS[operation.name].status
    assert answers == {s: good if s in allowed else 403 for s in Scope}


@pytest.mark.parametrize("operation", EVERY)
def test_another_sites_things_are_not_there(
    client: FlaskClient, make_headers: MakeToken, operation: Operation
) -> None:
    headers = make_headers(*Scope, sites=["other"])

    answer = ask(client, operation, headers, site="blog")
    missing = ask(client, operation, headers, site="none")

    if operation.name in OWN_LISTS:
        assert '"blog"' not in answer.text
        return
    if operation.prepare is not None:
        # Refused before anything is looked up.
        assert answer.status_code == missing.status_code == 422
        return
    assert answer.status_code == missing.status_code == 404
    assert answer.get_data() == missing.get_data()


@pytest.fixture
def addresses(session: Session) -> tuple[str, ...]:
    """Put addresses wherever there is room for any, and return them."""
    comment = session.get_one(Comment, 1)
    comment.email, comment.ip = "zed@secret.example", "198.51.100.77"
    comment.user_agent = "Frobnicator/12.5"
    endpoint = session.get_one(Endpoint, 1)
    endpoint.has_private = True
    session.flush()
    record_events(session, [comment])
    delivery = session.scalars(select(Delivery)).one()
    # A receiver that repeats what it was sent.
    echo = json.dumps(delivery.event.private)
    assert "zed@secret.example" in echo
    session.add(Attempt(delivery_id=delivery.id, status=200, answer=echo))
    session.commit()
    return "zed@secret.example", "198.51.100.77", "Frobnicator"


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize("operation", EVERY)
def test_no_operation_lets_addresses_out_without_their_scope(
    client: FlaskClient,
    make_headers: MakeToken,
    operation: Operation,
    addresses: tuple[str, ...],
) -> None:
    headers = make_headers(*(scope for scope in Scope if scope is not Scope.EMAILS))

    answer = ask(client, operation, headers)

    assert [one for one in addresses if one in answer.text] == []


@pytest.mark.usefixtures("addresses")
def test_with_their_scope_addresses_are_told(
    client: FlaskClient, make_headers: MakeToken
) -> None:
    headers = make_headers(*Scope)

    answers = [
        client.get(f"/api/v1{path}", headers=headers).text
        for path in ("/comments", "/comments/1", "/deliveries/1")
    ]

    assert all("zed@secret.example" in answer for answer in answers)


@pytest.mark.parametrize(
    ("scopes", "is_shown"),
    [
        # Not even who decides on everything sees an address without its own scope.
        ([Scope.MANAGE], False),
        ([Scope.READ], False),
        ([Scope.READ, Scope.EMAILS], True),
    ],
)
def test_addresses_leave_only_with_their_scope(
    client: FlaskClient,
    make_headers: MakeToken,
    scopes: list[Scope],
    *,
    is_shown: bool,
) -> None:
    headers = make_headers(*scopes)

    texts = [
        client.get(f"/api/v1{path}", headers=headers).text
        for path in ("/comments", "/comments/1", "/threads?site=blog")
    ]
    found = client.get("/api/v1/comments?text=ada@example.org", headers=headers)

    assert ("ada@example.org" in "".join(texts)) is is_shown
    assert found.json is not None
    assert bool(found.json["comments"]) is is_shown


@pytest.mark.parametrize(("scopes", "is_told"), [((), False), ((Scope.EMAILS,), True)])
def test_addresses_that_are_sent_are_read_by_who_may_see_them(
    *,
    session: Session,
    client: FlaskClient,
    make_headers: MakeToken,
    scopes: tuple[Scope, ...],
    is_told: bool,
) -> None:
    endpoint = make_endpoint(session, sites=["blog"], has_private=True)
    record_events(session, [session.get_one(Comment, 1)])
    session.flush()
    to_it = Delivery.endpoint_id == endpoint.id
    delivery_id = session.scalars(select(Delivery.id).where(to_it)).one()
    session.commit()

    answer = client.get(
        f"/api/v1/deliveries/{delivery_id}",
        headers=make_headers(Scope.MANAGE, *scopes),
    )

    assert answer.status_code == 200
    assert ("ada@example.org" in str(answer.get_json()["sent"])) is is_told


def test_no_endpoint_is_told_addresses_by_who_may_not_see_any(
    client: FlaskClient, make_headers: MakeToken, session: Session
) -> None:
    make_endpoint(session, sites=["blog"], has_private=True)
    headers = make_headers(Scope.MANAGE)

    answers = [
        client.post("/api/v1/endpoints/2/rotate", headers=headers),
        client.post("/api/v1/endpoints/2/enable", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_cookie_opens_nothing(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("moderation", "x" * 43)

    answer = client.get("/api/v1/sites")

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
