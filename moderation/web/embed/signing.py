"""Owns what signs the tokens of readers: made once for its keys, and kept."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import want_bytes

# As many as there are kinds of token, and keys while they are changed.
MOST_KEPT = 16


class KeptSigner(TimestampSigner):
    """A signer that derives once what it signs with: that took half of its time."""

    def __init__(self, keys: Sequence[str], salt: bytes) -> None:
        super().__init__(
            keys, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256
        )
        derive = super().derive_key
        self._derived = {key: derive(key) for key in self.secret_keys}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """Return what is derived from one of the keys, the newest by default."""
        key = self.secret_keys[-1] if secret_key is None else want_bytes(secret_key)
        return self._derived[key]


class KeptSerializer(URLSafeTimedSerializer):
    """A serializer with a signer for good: signing changes nothing in it."""

    def __init__(self, keys: Sequence[str], salt: bytes) -> None:
        super().__init__(keys, salt=salt)
        self.signed_by = KeptSigner(keys, salt)

    def make_signer(self, salt: str | bytes | None = None) -> KeptSigner:
        """Return the signer, whose salt is always that of the serializer."""
        del salt
        return self.signed_by


@lru_cache(maxsize=MOST_KEPT)
def make_serializer(keys: tuple[str, ...], salt: bytes) -> KeptSerializer:
    """Return what signs with the last of `keys`, and takes what any of them signed.

    Tokens of one salt can't be taken for those of another. What is derived from the
    keys stays in memory, where they are themselves.
    """
    return KeptSerializer(keys, salt)
