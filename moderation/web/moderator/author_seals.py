"""Owns how an author is named in an address: sealed, so that no e-mail stands there.

The same address gives the same seal (AES-SIV, RFC 5297), so that links can be shared;
who has no key can neither read it nor make one.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from moderation.domain.errors import NotFoundError

LONGEST_SEAL = 600
_PURPOSE = b"moderation.authors:"
NO_AUTHOR = "There is no such author (any more). Find one of their comments again."


def seal_author(email: str, keys: Sequence[str]) -> str:
    """Return what stands for an e-mail address; `keys` are as `Settings` has them."""
    if not email:
        return ""
    sealed = _make_cipher(keys[-1]).encrypt(email.encode("utf-8", "replace"), None)
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def unseal_author(seal: str, keys: Sequence[str]) -> str:
    """Return the e-mail address behind a seal that any of the keys has made.

    :raises NotFoundError: if none has.
    """
    try:
        padded = seal[:LONGEST_SEAL].encode("ascii") + b"=" * (-len(seal) % 4)
        sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise NotFoundError(NO_AUTHOR) from error
    for key in reversed(keys):
        try:
            return _make_cipher(key).decrypt(sealed, None).decode("utf-8", "replace")
        except (InvalidTag, ValueError):
            continue
    raise NotFoundError(NO_AUTHOR)


def _make_cipher(key: str) -> AESSIV:
    return AESSIV(hashlib.sha512(_PURPOSE + key.encode()).digest())
