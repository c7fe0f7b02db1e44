"""Owns the keys of endpoints: kept sealed, replaced with an overlap."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from moderation.services.sealing import Sealer
from moderation.storage.models import Endpoint, EndpointSecret, SecretKind

# Standard Webhooks 1.0.0 asks for 24 to 64 random bytes; a key of Ed25519 has 32.
KEY_BYTES = 32
# How long the old secret signs besides the new one.
OVERLAP = timedelta(hours=24)


class UnreadableSecretError(Exception):
    """Secrets that no key of the service can read; says what to do."""


@dataclass(frozen=True, kw_only=True)
class Unsealed:
    """What is secret of an endpoint: the keys that sign now, and its own headers.

    `shared` are the keys that receivers have as well (v1), `private` those of which
    they have the public half (v1a); each the oldest first.
    """

    shared: Sequence[bytes]
    private: Sequence[bytes]
    headers: Mapping[str, str]


def add_key(endpoint: Endpoint, kind: SecretKind, sealer: Sealer) -> bytes:
    """Give an endpoint one more key, and return it."""
    key = secrets.token_bytes(KEY_BYTES)
    public = None
    if kind is SecretKind.PUBLIC:
        public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    endpoint.secrets.append(
        EndpointSecret(
            kind=kind,
            key=sealer.seal(key.hex()).encode("ascii"),
            public_key=None if public is None else public.public_bytes_raw(),
        )
    )
    return key


def replace_keys(
    endpoint: Endpoint, *, sealer: Sealer, at: datetime, overlap: timedelta
) -> bytes:
    """Give an endpoint new keys of the kinds it has, and return the shared one.

    The old ones go on signing for `overlap`, those already replaced no longer than
    they would have.
    """
    valid = [secret for secret in endpoint.secrets if is_valid(secret, at)]
    is_public = any(secret.kind == SecretKind.PUBLIC for secret in valid)
    for secret in valid:
        secret.expires_at = min(secret.expires_at or at + overlap, at + overlap)
    endpoint.secrets = valid
    if is_public:
        add_key(endpoint, SecretKind.PUBLIC, sealer)
    return add_key(endpoint, SecretKind.SHARED, sealer)


def set_public(endpoint: Endpoint, sealer: Sealer, *, is_wanted: bool) -> None:
    """Let an endpoint's deliveries be verified by a public key too, or no more."""
    others = [row for row in endpoint.secrets if row.kind != SecretKind.PUBLIC]
    if not is_wanted:
        endpoint.secrets = others
    elif len(others) == len(endpoint.secrets):
        add_key(endpoint, SecretKind.PUBLIC, sealer)


def list_public_keys(endpoint: Endpoint, at: datetime) -> Sequence[bytes]:
    """Return the public keys that verify what is sent at an instant, oldest first."""
    return [
        secret.public_key
        for secret in endpoint.secrets
        if secret.public_key is not None and is_valid(secret, at)
    ]


def unseal_endpoint(endpoint: Endpoint, *, sealer: Sealer, at: datetime) -> Unsealed:
    """Return what is secret of an endpoint at an instant.

    A key that is on its way out and can't be read any more is left out.

    :raises UnreadableSecretError: if no shared key, or a header, can be read.
    """
    keys: dict[str, list[bytes]] = {kind: [] for kind in SecretKind}
    for secret in endpoint.secrets:
        key = _read_key(secret, sealer) if is_valid(secret, at) else None
        if key is not None:
            keys[secret.kind].append(key)
    try:
        headers = _read_headers(endpoint, sealer)
    except InvalidToken as error:
        raise UnreadableSecretError(
            "Its headers can't be read: the secret key of this service was replaced. "
            "Set them again."
        ) from error
    if not keys[SecretKind.SHARED]:
        raise UnreadableSecretError(
            "Its secret can't be read: the secret key of this service was replaced. "
            "Make a new secret."
        )
    return Unsealed(
        shared=keys[SecretKind.SHARED],
        private=keys[SecretKind.PUBLIC],
        headers=headers,
    )


def seal_headers(headers: Mapping[str, str], sealer: Sealer) -> dict[str, str]:
    """Return headers with their values sealed: they may prove who sends."""
    return {name: sealer.seal(value) for name, value in headers.items()}


def is_valid(secret: EndpointSecret, at: datetime) -> bool:
    """Return whether a key signs at an instant."""
    return secret.expires_at is None or secret.expires_at > at


def _read_key(secret: EndpointSecret, sealer: Sealer) -> bytes | None:
    if not secret.is_sealed:
        return secret.key
    try:
        return bytes.fromhex(sealer.unseal(secret.key.decode("ascii")))
    except InvalidToken:
        return None


def _read_headers(endpoint: Endpoint, sealer: Sealer) -> Mapping[str, str]:
    if not endpoint.has_sealed_headers:
        return endpoint.headers
    return {name: sealer.unseal(value) for name, value in endpoint.headers.items()}
