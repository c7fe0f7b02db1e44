"""Owns the pictures that tell authors apart: drawn here, of nothing but a keyed hash.

Without the key nobody can tell from a picture which address it stands for, nor find
one address by another's picture.
"""

from dataclasses import dataclass
from hashlib import blake2b

SIZE = 5
HALF = 3
TONES = 8


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """A picture of `SIZE` by `SIZE` fields, mirrored; `path` is SVG, `tone` a number.

    The style sheet has a colour for each of `TONES` tones.
    """

    path: str
    tone: int


def draw_avatar(address: str, key: str) -> Avatar:
    """Return the picture of an e-mail address: alike wherever it is shown."""
    digest = blake2b(
        address.strip().lower().encode(), key=key.encode()[:64], digest_size=3
    ).digest()
    bits = int.from_bytes(digest, "big")
    rows = []
    for y in range(SIZE):
        row = [bits >> (y * HALF + x) & 1 for x in range(HALF)]
        rows += [
            f"M{x} {y}h1v1h-1z"
            for x, is_filled in enumerate([*row, *row[-2::-1]])
            if is_filled
        ]
    return Avatar(path="".join(rows), tone=bits >> (SIZE * HALF) & TONES - 1)
