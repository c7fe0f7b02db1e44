"""Owns the pictures that tell authors apart: drawn here, of nothing but a keyed hash.

Without the key nobody can tell from a picture which address it stands for, nor find
one address by another's picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

SIZE = 5
HALF = 3
TONES = 8


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """A picture of `SIZE` by `SIZE` fields, mirrored; `tone` is a number.

    `path` is SVG: a line through the middle of each row's fields, as wide as a field.
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
    path = "".join(
        f"M{x} {y}h{length}" for y in range(SIZE) for x, length in _list_runs(bits, y)
    )
    return Avatar(path=path, tone=bits >> (SIZE * HALF) & TONES - 1)


def _list_runs(bits: int, y: int) -> Iterator[tuple[int, int]]:
    """Yield where the filled fields of a row begin, and how many follow each other."""
    half = [bits >> (y * HALF + x) & 1 for x in range(HALF)]
    x = 0
    for is_filled, run in groupby([*half, *half[-2::-1]]):
        length = len(list(run))
        if is_filled:
            yield x, length
        x += length
