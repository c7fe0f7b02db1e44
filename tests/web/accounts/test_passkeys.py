"""Passkeys without a browser: answers that prove nothing (tests/browser has the rest).

The answers are made by a little authenticator of the tests' own: a P-256 key, CBOR by
hand, as the standard has it (WebAuthn Level 3, 6.5.4).
"""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.services.passkeys import add_passkey
from moderation.storage.models import Moderator, Passkey
from moderation.web.accounts.ceremonies import read_credential_id
from moderation.web.context import SETTINGS
from tests.web.accounts.conftest import give_app
from tests.web.visiting import Visitor, add_account, read_token, visit

ORIGIN = "http://localhost"
USER_PRESENT, USER_VERIFIED = 0x01, 0x04
CREDENTIAL = b"credential of the tests"


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """Signs challenges as a phone does; each field can be made wrong."""

    origin: str = ORIGIN
    host: str = "localhost"
    flags: int = USER_PRESENT | USER_VERIFIED
    count: int = 1
    kind: str = "webauthn.get"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public_key(self) -> bytes:
        """Return the public half as COSE has it."""
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return bytes(dumps({1: 2, 3: -7, -1: 1, **point}))

    def answer(self, challenge: str) -> str:
        client = json.dumps(
            {"type": self.kind, "challenge": challenge, "origin": self.origin}
        ).encode()
        host = hashlib.sha256(self.host.encode()).digest()
        data = host + struct.pack(">BI", self.flags, self.count)
        signed = data + hashlib.sha256(client).digest()
        return json.dumps(
            {
                "id": encode(CREDENTIAL),
                "rawId": encode(CREDENTIAL),
                "type": "public-key",
                "response": {
                    "clientDataJSON": encode(client),
                    "authenticatorData": encode(data),
                    "signature": encode(self.key.sign(signed, ec.ECDSA(SHA256()))),
                },
                "clientExtensionResults": {},
            }
        )


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


@pytest.fixture
def alice(app: Flask, session: Session, phone: Authenticator) -> Moderator:
    alice = add_account(app, session)
    add_passkey(
        session,
        alice.id,
        credential_id=CREDENTIAL,
        public_key=phone.public_key,
        sign_count=0,
        name="Phone",
    )
    session.commit()
    return alice


@dataclass
class Page:
    """A login page that is open: its challenge, signed, and the token of its form."""

    visitor: Visitor
    challenge: str
    state: str
    token: str

    def send(self, answer: str, **fields: str) -> TestResponse:
        data = {
            "csrf_token": self.token,
            "state": self.state,
            "credential": answer,
            **fields,
        }
        return self.visitor.client.post("/login/passkey", data=data)


def open_login(app: Flask) -> Page:
    visitor = Visitor(app.test_client())
    page = visitor.get("/login")
    options: Any = json.loads(
        page.text.split('data-passkey="')[1]
        .split('"')[0]
        .replace("&#34;", '"')
        .replace("&amp;", "&")
    )
    state = page.text.split('name="state" value="')[1].split('"')[0]
    return Page(
        visitor=visitor,
        challenge=options["get"]["challenge"],
        state=state,
        token=read_token(page),
    )


@pytest.mark.usefixtures("alice")
def test_a_passkey_logs_in(app: Flask, session: Session, phone: Authenticator) -> None:
    page = open_login(app)

    answer = page.send(phone.answer(page.challenge), next="/moderate/?status=spam")

    assert answer.location == "/moderate/?status=spam"
    assert page.visitor.get("/moderate/").status_code == 200
    passkey = session.scalars(select(Passkey)).one()
    assert passkey.sign_count == 1
    assert passkey.used_at is not None


def test_a_passkey_is_enough_where_a_second_step_is_asked_for(
    app: Flask, alice: Moderator, phone: Authenticator
) -> None:
    app.extensions[SETTINGS] = replace(
        app.extensions[SETTINGS], require_second_step="all"
    )
    page = open_login(app)

    page.send(phone.answer(page.challenge))
    by_password = visit(app, alice.email)

    assert page.visitor.get("/moderate/").status_code == 200
    # Having one is not using it.
    assert by_password.get("/moderate/").location == "/moderate/account/app"


def test_a_passkey_needs_no_second_step(
    app: Flask, session: Session, alice: Moderator, phone: Authenticator
) -> None:
    give_app(app, session, alice)
    page = open_login(app)

    assert page.send(phone.answer(page.challenge)).location == "/moderate/"


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    "wrong",
    [
        # A page of somebody else, at this host or another.
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        # Nobody touched it, or it does not know who did.
        {"flags": USER_VERIFIED},
        {"flags": USER_PRESENT},
        # A copy of it has signed in between.
        {"count": 0},
        # An answer to another question.
        {"kind": "webauthn.create"},
        # Somebody else's key.
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_proves_nothing_logs_nobody_in(
    app: Flask, session: Session, phone: Authenticator, wrong: dict[str, Any]
) -> None:
    session.scalars(select(Passkey)).one().sign_count = 1 if "count" in wrong else 0
    session.commit()
    for name, value in wrong.items():
        setattr(phone, name, value)
    page = open_login(app)

    answer = page.send(phone.answer(page.challenge))

    assert answer.status_code == 422
    assert page.visitor.get("/moderate/").status_code == 302


@pytest.mark.usefixtures("alice")
def test_an_answer_is_good_for_its_own_page_alone(
    app: Flask, phone: Authenticator
) -> None:
    page, other = open_login(app), open_login(app)
    answer = phone.answer(page.challenge)

    # The challenge of another page; the same, but in another's browser.
    assert other.send(answer).status_code == 422
    assert other.send(answer, state=page.state).status_code == 422
    assert page.send(answer, state="").status_code == 422
    assert page.send(answer).status_code == 302


def test_the_passkey_of_somebody_put_to_rest_is_none(
    app: Flask, session: Session, alice: Moderator, phone: Authenticator
) -> None:
    session.merge(alice).active = False
    session.commit()
    page = open_login(app)

    assert page.send(phone.answer(page.challenge)).status_code == 422


BROKEN = [
    "",
    "{}",
    "[]",
    "null",
    "1",
    '"x"',
    "{",
    '{"rawId": 1}',
    '{"rawId": null}',
    '{"rawId": "é"}',
    '{"rawId": "a"}',
    json.dumps({"rawId": encode(CREDENTIAL)}),
    json.dumps({"rawId": encode(CREDENTIAL), "id": 1, "response": 2}),
    json.dumps(
        {
            "rawId": encode(CREDENTIAL),
            "id": encode(CREDENTIAL),
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "authenticatorData": "AAAA",
                "signature": "AAAA",
                "attestationObject": "v6Njd",
            },
        }
    ),
    "[" * 10_000,
    "a" * 100_000,
]


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("answer", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_answer_is_refused(app: Flask, answer: str) -> None:
    page = open_login(app)

    assert page.send(answer).status_code == 422


@pytest.mark.parametrize("answer", BROKEN, ids=range(len(BROKEN)))
def test_what_makes_no_passkey_is_refused(
    app: Flask, alice: Moderator, answer: str
) -> None:
    visitor = Visitor(app.test_client(), alice.email)
    visitor.log_in()
    page = visitor.get("/moderate/account/passkeys").text
    state = page.split('name="state" value="')[1].split('"')[0]

    refused = visitor.post("/moderate/account/passkeys", credential=answer, state=state)

    assert refused.status_code == 422


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_attestation_breaks_the_page(data: bytes) -> None:
    from webauthn import verify_registration_response  # noqa: PLC0415 only here

    from moderation.web.accounts.ceremonies import BROKEN as CAUGHT  # noqa: PLC0415

    credential = {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "response": {
            "clientDataJSON": encode(
                json.dumps(
                    {"type": "webauthn.create", "challenge": "AA", "origin": ORIGIN}
                ).encode()
            ),
            "attestationObject": encode(data),
        },
    }
    with pytest.raises(CAUGHT):
        verify_registration_response(
            credential=credential,
            expected_challenge=b"\0",
            expected_rp_id="localhost",
            expected_origin=ORIGIN,
        )


def test_which_passkey_is_meant_stands_in_the_answer(phone: Authenticator) -> None:
    assert read_credential_id(phone.answer("AA")) == CREDENTIAL
