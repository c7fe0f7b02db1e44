"""Owns what is asked of authenticators, and whether they answered right (WebAuthn).

The challenge travels signed in the page, bound to the session: there is nothing to
store for everybody who opens the login page.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import json, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import (
    VerifiedAuthentication,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.registration.verify_registration_response import VerifiedRegistration

from moderation.domain.errors import InvalidInputError
from moderation.storage.models import Moderator, Passkey
from moderation.web.accounts.sessions import CSRF_FIELD
from moderation.web.context import get_settings

CHALLENGE_BYTES = 32
SECONDS = 300
LONGEST_ANSWER = 20_000
RELYING_PARTY = "Leave a Reply"
# EdDSA, ECDSA and RSA, as browsers know them (IANA COSE algorithms).
ALGORITHMS = (-8, -7, -257)
REFUSED = "The passkey was not taken. Try again, or use the password."
# What parsing an answer that is none may raise, besides the library's own; brackets
# in brackets go deeper than Python does.
BROKEN = (
    WebAuthnException,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    RecursionError,
)


@dataclass(frozen=True, kw_only=True)
class Ceremony:
    """What the page's script asks the browser for, and the signed challenge."""

    options: str
    state: str


def can_use_passkeys() -> bool:
    """Return whether browsers allow passkeys here.

    They want https, unless on this machine alone, and a name for a host, no number.
    """
    host = _find_host()
    try:
        ip_address(host)
    except ValueError:
        return get_settings().has_https or host == "localhost"
    return False


def ask_for_login(passkeys: Iterable[Passkey] = ()) -> Ceremony:
    """Return what proves somebody with one of `passkeys`; with any, if none is given.

    The authenticator asks for a finger, a face or a PIN, so that having it and being
    its owner are proved at once.
    """
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options: dict[str, Any] = {
        "challenge": bytes_to_base64url(challenge),
        "rpId": _find_host(),
        "timeout": SECONDS * 1_000,
        "userVerification": "required",
        "allowCredentials": _describe(passkeys),
    }
    return Ceremony(options=json.dumps({"get": options}), state=_sign(challenge))


def ask_for_passkey(moderator: Moderator, passkeys: Iterable[Passkey]) -> Ceremony:
    """Return what makes a new passkey of a moderator who has `passkeys`."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options: dict[str, Any] = {
        "challenge": bytes_to_base64url(challenge),
        "rp": {"id": _find_host(), "name": RELYING_PARTY},
        "user": {
            "id": bytes_to_base64url(f"moderator {moderator.id}".encode()),
            "name": moderator.email,
            "displayName": moderator.name or moderator.email,
        },
        "pubKeyCredParams": [
            {"type": "public-key", "alg": number} for number in ALGORITHMS
        ],
        "timeout": SECONDS * 1_000,
        "attestation": "none",
        "excludeCredentials": _describe(passkeys),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
    }
    return Ceremony(options=json.dumps({"create": options}), state=_sign(challenge))


def read_credential_id(answer: str) -> bytes:
    """Return which passkey an answer claims to be of.

    :raises InvalidInputError: if it is no answer.
    """
    try:
        return base64url_to_bytes(json.loads(answer[:LONGEST_ANSWER])["rawId"])
    except BROKEN as error:
        raise InvalidInputError({"passkey": [REFUSED]}) from error


def check_login(answer: str, state: str, passkey: Passkey) -> VerifiedAuthentication:
    """Return what an answer proves of `passkey`.

    :raises InvalidInputError: if it proves nothing.
    """
    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=_read(state),
            expected_rp_id=_find_host(),
            expected_origin=get_settings().base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except BROKEN as error:
        raise InvalidInputError({"passkey": [REFUSED]}) from error


def check_passkey(answer: str, state: str) -> VerifiedRegistration:
    """Return the new passkey an answer brings.

    :raises InvalidInputError: if it brings none.
    """
    try:
        return verify_registration_response(
            credential=answer[:LONGEST_ANSWER],
            expected_challenge=_read(state),
            expected_rp_id=_find_host(),
            expected_origin=get_settings().base_url,
            require_user_verification=True,
        )
    except BROKEN as error:
        raise InvalidInputError({"passkey": [REFUSED]}) from error


def _describe(passkeys: Iterable[Passkey]) -> list[dict[str, str]]:
    return [
        {"type": "public-key", "id": bytes_to_base64url(passkey.credential_id)}
        for passkey in passkeys
    ]


def _sign(challenge: bytes) -> str:
    # Asked for, the session's token is made if there is none yet.
    generate_csrf()
    return str(_get_serializer().dumps(bytes_to_base64url(challenge)))


def _read(state: str) -> bytes:
    """Return the challenge. :raises ValueError: if it is not this session's, or old."""
    try:
        return base64url_to_bytes(_get_serializer().loads(state, max_age=SECONDS))
    except BadSignature as error:
        raise ValueError("The challenge is not ours, or too old.") from error


def _get_serializer() -> URLSafeTimedSerializer:
    """Return what signs for this session alone: its token is part of the salt."""
    bound = session.get(CSRF_FIELD, "none")
    return URLSafeTimedSerializer(
        get_settings().signing_keys, salt=f"moderation.passkey.{bound}"
    )


def _find_host() -> str:
    return urlsplit(get_settings().base_url).hostname or ""
