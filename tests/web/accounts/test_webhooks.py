import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.delivery.signing import show_public_key, show_secret, sign_headers
from moderation.domain.roles import Role
from moderation.services.delivery_log import MOST_SHOWN
from moderation.services.endpoint_keys import unseal_endpoint
from moderation.storage.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    Event,
)
from moderation.storage.models.base import now
from tests.factories import SEALER, make_endpoint, make_site, read_secret
from tests.web.visiting import Visitor, add_account, visit

PUBLIC = re.compile(r"whpk_[A-Za-z0-9+/=]{44}")
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
# An address, so that no name is looked up; nothing is sent while a page is answered.
WISH = {"url": "https://1.1.1.1/hook", "site": "blog", "type": "comment.held"}
PUBLIC_KEY = (
    Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key().public_bytes_raw()
)
KEY, BODY = b"k" * 32, '{"type": "comment.held", "text": "é"}'
NOT_HERE = "it is not installed here"
Snippet = Callable[[str], str]


@pytest.fixture(autouse=True)
def sites(session: Session) -> None:
    make_site(session)
    make_site(session, key="other")
    session.commit()


@pytest.fixture
def owner(app: Flask, session: Session) -> Visitor:
    add_account(app, session, role=Role.OWNER, site_key="blog")
    return visit(app, "alice@example.org")


def test_an_owner_adds_a_webhook_and_sees_its_secret_once(
    owner: Visitor, session: Session
) -> None:
    added = owner.post("/moderate/webhooks", **WISH)
    (secret,) = SECRET.findall(html.unescape(added.text))
    again = owner.get("/moderate/webhooks/1")

    (endpoint,) = session.scalars(select(Endpoint)).all()
    assert read_secret(endpoint) == secret
    assert endpoint.types == ["comment.held"]
    assert secret not in html.unescape(again.text)


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"url": "1.1.1.1"}, 422, "whole address"),
        ({"url": "http://127.0.0.1/"}, 422, "not on the public internet"),
        ({"site": []}, 422, "at least one site"),
        ({"site": "other"}, 404, "no such site"),
        ({"type": "comment.none"}, 422, "no such event"),
        ({"preset": "none"}, 422, "form of the body"),
        ({"preset": "template"}, 422, "Write the JSON"),
        ({"headers": "Host: elsewhere"}, 422, "can't be set"),
        ({"headers": "X-Own"}, 422, "on a line of its own"),
    ],
)
def test_what_can_be_no_webhook_is_not_added(
    owner: Visitor,
    session: Session,
    change: dict[str, str | list[str]],
    status: int,
    message: str,
) -> None:
    answer = owner.post("/moderate/webhooks", **{**WISH, **change})

    assert answer.status_code == status
    assert message in html.unescape(answer.text)
    assert session.scalars(select(Endpoint)).all() == []


def test_what_was_sent_and_answered_is_shown_and_sent_again(
    owner: Visitor, session: Session
) -> None:
    owner.post("/moderate/webhooks", **WISH)
    owner.post("/moderate/webhooks/1/ping")
    delivery = session.scalars(select(Delivery)).one()
    delivery.state = DeliveryState.FAILED
    session.add(
        Attempt(
            delivery_id=delivery.id, status=500, milliseconds=12, answer="<b>Oh</b>"
        )
    )
    session.commit()

    page = owner.get("/moderate/webhooks/1").text
    owner.post("/moderate/webhooks/1/replay", since="2020-01-01")

    session.refresh(delivery)
    assert "answered 500 in 12 ms" in page
    assert "&lt;b&gt;Oh&lt;/b&gt;" in page
    assert "&#34;type&#34;:&#34;webhook.ping&#34;" in page.replace(": ", ":")
    assert delivery.state is DeliveryState.WAITING


def test_it_is_changed_and_keeps_the_headers_nobody_is_shown(
    owner: Visitor, session: Session
) -> None:
    owner.post(
        "/moderate/webhooks", **WISH, headers="X-Own: 1\nAuthorization: Bearer a"
    )
    page = owner.get("/moderate/webhooks/1/change").text
    change = {
        "url": "https://8.8.8.8/other",
        "site": "blog",
        "preset": "template",
        "template": '{"a": "${type}"}',
        "public_key": "yes",
        "version": "1",
    }

    changed = owner.post("/moderate/webhooks/1/change", **change)
    again = owner.post("/moderate/webhooks/1/change", **change)

    (endpoint,) = session.scalars(select(Endpoint)).all()
    unsealed = unseal_endpoint(endpoint, sealer=SEALER, at=now())
    assert "Bearer a" not in page
    assert "X-Own, Authorization" in page
    assert 'value="https://1.1.1.1/hook"' in page
    assert (endpoint.url, endpoint.types) == ("https://8.8.8.8/other", [])
    assert (endpoint.preset, endpoint.template) == ("template", '{"a": "${type}"}')
    assert unsealed.headers == {"X-Own": "1", "Authorization": "Bearer a"}
    assert len(unsealed.private) == 1
    assert changed.status_code == 303
    # The second was filled in before the first was kept.
    assert again.status_code == 412


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({}, {"X-Own": "1"}),
        ({"headers": "X-Other: a: b\n\n"}, {"X-Other": "a: b"}),
        ({"no_headers": "yes"}, {}),
    ],
)
def test_headers_go_or_are_replaced_as_is_asked(
    owner: Visitor, session: Session, change: dict[str, str], kept: dict[str, str]
) -> None:
    owner.post("/moderate/webhooks", **WISH, headers="X-Own: 1")

    owner.post("/moderate/webhooks/1/change", **{**WISH, "version": "1", **change})

    endpoint = session.scalars(select(Endpoint)).one()
    assert unseal_endpoint(endpoint, sealer=SEALER, at=now()).headers == kept


def test_what_can_not_be_is_shown_again_as_it_was_typed(
    owner: Visitor, session: Session
) -> None:
    owner.post("/moderate/webhooks", **WISH)

    answer = owner.post(
        "/moderate/webhooks/1/change", **{**WISH, "version": "1", "headers": "X-Own"}
    )

    assert answer.status_code == 422
    assert "on a line of its own" in answer.text
    assert ">X-Own</textarea>" in answer.text
    assert session.scalars(select(Endpoint.version)).one() == 1


def test_only_who_owns_all_sites_may_choose_all(
    app: Flask, owner: Visitor, session: Session
) -> None:
    add_account(app, session, email="bob@example.org", role=Role.OWNER)
    all_sites = visit(app, "bob@example.org")
    wish = {"url": "https://1.1.1.1/hook", "everywhere": "yes"}

    refused = owner.post("/moderate/webhooks", **wish)
    added = all_sites.post("/moderate/webhooks", **wish)

    assert (refused.status_code, added.status_code) == (403, 200)
    assert "All sites" not in owner.get("/moderate/webhooks").text
    assert session.scalars(select(Endpoint.is_everywhere)).all() == [True]


def test_a_new_secret_and_public_key_are_shown_beside_the_old_key(
    owner: Visitor,
) -> None:
    added = owner.post("/moderate/webhooks", **WISH, public_key="yes").text

    rotated = html.unescape(owner.post("/moderate/webhooks/1/rotate").text)
    later = html.unescape(owner.get("/moderate/webhooks/1").text)

    (old,) = PUBLIC.findall(html.unescape(added))
    assert len(SECRET.findall(rotated)) == 1
    assert PUBLIC.findall(rotated) == PUBLIC.findall(later)
    assert len(PUBLIC.findall(later)) == 2
    assert PUBLIC.findall(later)[0] == old
    assert SECRET.findall(later) == []


def test_old_deliveries_are_on_pages_of_their_own(
    owner: Visitor, session: Session
) -> None:
    owner.post("/moderate/webhooks", **WISH)
    event = Event(uid="msg_1", type="webhook.ping", payload={})
    session.add(event)
    session.flush()
    for number in range(MOST_SHOWN + 1):
        state = DeliveryState.ARRIVED if number else DeliveryState.FAILED
        session.add(Delivery(endpoint_id=1, event_id=event.id, state=state))
    session.commit()

    first = owner.get("/moderate/webhooks/1").text
    second = owner.get("/moderate/webhooks/1?before=2").text
    failed = owner.get("/moderate/webhooks/1?show=failed").text

    assert first.count('class="sending"') == MOST_SHOWN
    assert "?before=2" in first
    assert [page.count('class="sending"') for page in (second, failed)] == [1, 1]
    assert "before=" not in second + failed


def test_it_is_disabled_and_enabled(owner: Visitor, session: Session) -> None:
    owner.post("/moderate/webhooks", **WISH)

    disabled = owner.post("/moderate/webhooks/1/disable")
    page = owner.get("/moderate/webhooks/1").text
    owner.post("/moderate/webhooks/1/enable")

    assert disabled.status_code == 303
    assert "Disabled by its owner." in page
    assert session.scalars(select(Endpoint.state)).one() == "active"


@pytest.mark.parametrize("action", ["ping", "disable", "enable", "rotate", "replay"])
def test_webhooks_of_other_sites_are_not_there(
    owner: Visitor, session: Session, action: str
) -> None:
    make_endpoint(session, sites=["blog", "other"])
    session.commit()

    answers = [
        owner.get("/moderate/webhooks/1"),
        owner.post(f"/moderate/webhooks/1/{action}", since="2020-01-01"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "hooks.example.org" not in owner.get("/moderate/webhooks").text


def test_the_pages_are_for_owners(app: Flask, session: Session) -> None:
    add_account(app, session, role=Role.MODERATOR, site_key="blog")
    moderator = visit(app, "alice@example.org")

    answers = [
        moderator.get("/moderate/webhooks"),
        moderator.post("/moderate/webhooks", **WISH),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.fixture
def read_snippet(owner: Visitor) -> Snippet:
    """Return what reads the code of a language off the page."""
    page = owner.get("/moderate/webhooks/verifying").text

    def read(name: str) -> str:
        part = page.split(f' id="{name}">')[1]
        return html.unescape(part.split("<code>")[1].split("</code>")[0])

    return read


def sign(body: str, *, age: int = 0) -> dict[str, str]:
    at = datetime.fromtimestamp(datetime.now(UTC).timestamp() - age, UTC)
    # As while a secret is replaced: two of them sign.
    return sign_headers(
        "msg_1", body, keys=[b"o" * 32, KEY], private_keys=[b"o" * 32, KEY], at=at
    )


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A delivery as it is received; `age` in seconds."""

    is_good: bool
    body: str = BODY
    age: int = 0
    renamed: bool = False

    def sign(self) -> dict[str, str]:
        """Return its headers, of now: five minutes later they are too old."""
        headers = sign(BODY, age=self.age)
        return {**headers, "webhook-id": "msg_2"} if self.renamed else headers


TRIALS = {
    "as it was sent": Trial(is_good=True),
    "another body": Trial(is_good=False, body=BODY + " "),
    "an old one": Trial(is_good=False, age=900),
    "another id": Trial(is_good=False, renamed=True),
}
WAYS = [
    pytest.param("", show_secret(KEY), id="secret"),
    pytest.param("-public", show_public_key(PUBLIC_KEY), id="public key"),
]


@pytest.mark.parametrize(("way", "key"), WAYS)
@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_the_shown_code_verifies_in_python(
    read_snippet: Snippet, *, way: str, key: str, trial: Trial
) -> None:
    names: dict[str, Any] = {}
    exec(read_snippet(f"python{way}"), names)  # noqa: S102 our own page

    is_good = names["verify"](key, trial.sign(), trial.body.encode())
    assert is_good is trial.is_good


# By language: what reads a program, and a call of what the page shows for each case.
PROGRAMS = {
    "node": (
        ["node", "-"],
        (
            "for (const [k, h, b] of JSON.parse(String.raw`CASES`))"
            " console.log(verify(k, h, Buffer.from(b)));"
        ),
    ),
    "ruby": (
        ["ruby", "-"],
        "require 'json'\nJSON.parse(<<~'END').each { |c| puts verify(*c) }\nCASES\nEND",
    ),
    "php": (
        ["php"],
        (
            "foreach (json_decode(<<<'END'\nCASES\nEND, true) as [$k, $h, $b])"
            ' echo verify($k, $h, $b) ? "true " : "false ";'
        ),
    ),
}


@pytest.mark.parametrize(("way", "key"), WAYS)
@pytest.mark.parametrize("language", PROGRAMS)
def test_the_shown_code_verifies_where_its_language_is_installed(
    read_snippet: Snippet, language: str, way: str, key: str
) -> None:
    cases = json.dumps([[key, trial.sign(), trial.body] for trial in TRIALS.values()])
    command, call = PROGRAMS[language]

    said = run(command, f"{read_snippet(language + way)}\n{call}", cases)

    assert said in {NOT_HERE, "true false false false"}


def run(command: list[str], code: str, cases: str) -> str:
    """Return what a program says, in one line, or `NOT_HERE`."""
    if shutil.which(command[0]) is None:
        return NOT_HERE
    found = subprocess.run(
        command,
        input=code.replace("CASES", cases),
        capture_output=True,
        text=True,
        check=True,
    )
    return " ".join(found.stdout.split())
