"""Owns how secrets that must be read again are kept: encrypted with the secret key."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet

_PURPOSE = b"moderation.sealed-secrets:"


class Sealer:
    """Encrypts with the newest key, and reads what any of the keys has encrypted."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys oldest first, as `Settings.signing_keys` has them."""
        self._fernet = MultiFernet([_make_fernet(key) for key in reversed(keys)])

    def seal(self, text: str) -> str:
        """Return `text` encrypted."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """Return what was sealed.

        :raises cryptography.fernet.InvalidToken: if none of the keys has sealed it.
        """
        return self._fernet.decrypt(sealed.encode()).decode()


def _make_fernet(key: str) -> Fernet:
    """Return the cipher of a key: the key is random, so that a digest derives one."""
    digest = hashlib.sha256(_PURPOSE + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
