"""Owns how deliveries are signed: Standard Webhooks 1.0.0, by its own library.

The library has no signatures for a public key (v1a): those are made here, by Ed25519.
"""

import base64
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105 not a secret, but how one begins
PUBLIC_PREFIX = "whpk_"
PUBLIC_VERSION = "v1a"


def sign_headers(
    uid: str,
    body: str,
    *,
    keys: Sequence[bytes],
    private_keys: Sequence[bytes] = (),
    at: datetime,
) -> dict[str, str]:
    """Return the headers that prove who sent `body`, and when.

    Every key signs: while a secret is replaced, receivers know the old or the new one.
    `private_keys` are the seeds of keys of Ed25519 (RFC 8032, 5.1.5).

    :raises ValueError: if there is no key.
    """
    if not keys:
        raise ValueError("A delivery without a key can't be signed.")
    stamp = str(int(at.timestamp()))
    signatures = [Webhook(key).sign(uid, at, body) for key in keys]
    text = f"{uid}.{stamp}.{body}".encode()
    signatures += [_sign_publicly(key, text) for key in private_keys]
    return {
        "webhook-id": uid,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def show_secret(key: bytes) -> str:
    """Return a key as receivers are given it."""
    return SECRET_PREFIX + _encode(key)


def show_public_key(key: bytes) -> str:
    """Return a public key as receivers are given it."""
    return PUBLIC_PREFIX + _encode(key)


def _sign_publicly(key: bytes, text: bytes) -> str:
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(text)
    return f"{PUBLIC_VERSION},{_encode(signature)}"


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
