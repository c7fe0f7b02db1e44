"""Owns how deliveries are signed: Standard Webhooks 1.0.0, by its own library."""

import base64
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105 not a secret, but how one begins


def sign_headers(
    uid: str, body: str, *, keys: Sequence[bytes], at: datetime
) -> dict[str, str]:
    """Return the headers that prove who sent `body`, and when.

    Every key signs: while a secret is replaced, receivers know the old or the new one.

    :raises ValueError: if there is no key.
    """
    if not keys:
        raise ValueError("A delivery without a key can't be signed.")
    signatures = [Webhook(key).sign(uid, at, body) for key in keys]
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def show_secret(key: bytes) -> str:
    """Return a key as receivers are given it."""
    return SECRET_PREFIX + base64.b64encode(key).decode("ascii")
