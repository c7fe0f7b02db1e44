"""Owns how secrets that must be read again are kept: encrypted with the secret key."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_PURPOSE = b"moderation.sealed-secrets:"


class Sealer:
    """Encrypts with the newest key, and reads what any of the keys has encrypted."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys oldest first, as `Settings.signing_keys` has them."""
        ciphers = [_make_fernet(key) for key in reversed(keys)]
        self._newest = ciphers[0]
        self._fernet = MultiFernet(ciphers)

    def seal(self, text: str) -> str:
        """Return `text` encrypted."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """Return what was sealed.

        :raises cryptography.fernet.InvalidToken: if none of the keys has sealed it.
        """
        return self._fernet.decrypt(sealed.encode()).decode()

    def renew(self, sealed: str) -> str:
        """Return what was sealed with an older key sealed with the newest.

        What none of the keys can read comes back as it is.
        """
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            pass
        else:
            return sealed
        try:
            return self._fernet.rotate(sealed.encode()).decode("ascii")
        except InvalidToken:
            return sealed


def _make_fernet(key: str) -> Fernet:
    """Return the cipher of a key: the key is random, so that a digest derives one."""
    digest = hashlib.sha256(_PURPOSE + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
