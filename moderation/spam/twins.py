"""Owns how texts that say the same in other words are linked to each other.

A spinner swaps words for synonyms and leaves the rest: word pairs survive here and
there, and the order of the small words survives almost whole. Both are compared by the
Jaccard similarity of their sets (Broder 1997), and found again by MinHash with one
permutation (Li, Owen, Zhang 2012): of each of a fixed number of bins the least hash is
kept, and two texts share a bin's hash with the probability of their similarity.

How a service uses it: store `sketch_text(body).keys` in an indexed table; for a new
text take the comments that share most keys with it, `FEWEST_SHARED_KEYS` at least;
count those for which `are_twins` of both sketches holds.

Written in Python on BLAKE2 instead of taking the library rensa: the keys are stored for
years, and that library promises no stable signatures between its versions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import compress, pairwise
from operator import and_
from struct import unpack

from moderation.spam import reading
from moderation.spam.phrases import split_phrases

STOP_WORDS = split_phrases(
    """
    a, about, after, again, all, also, an, and, any, are, as, at, be, because, been,
    before, being, but, by, can, could, did, do, does, down, during, each, every, few,
    for, from, had, has, have, he, her, here, him, his, how, i, if, in, into, is, it,
    its, just, like, may, me, might, more, most, much, must, my, no, not, now, of, off,
    on, one, only, or, other, our, out, over, own, same, she, should, so, some, such,
    than, that, the, their, them, then, there, these, they, this, those, through, to,
    too, under, until, up, us, very, was, we, were, what, when, where, which, while,
    who, why, will, with, would, you, your
    """
)
SKELETON_LENGTH = 5
PAIR_BINS, SKELETON_BINS = 32, 16
FEWEST_SHARED_KEYS = 2
# Words after these are not read: it bounds the time.
MOST_WORDS = 3_000
# Sketches kept in memory, and the longest bodies they are of: at most some 40 MB.
MOST_KEPT, LONGEST_KEPT = 512, 2_000

# Jaccard similarity from which texts are twins (design, section 6). Texts with few
# pairs share too many by chance or template and need more; below `FEWEST` none is
# compared. Measured on 14,725 honest comments of eight sets.
PAIRS_ALIKE, SHORT_PAIRS_ALIKE = 0.15, 0.30
FEWEST_PAIRS, MANY_PAIRS = 10, 30
SKELETONS_ALIKE = 0.25
FEWEST_SKELETONS = 12
_BLAKE2 = blake2b(digest_size=8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """What is compared of a text: its hashed word pairs and stop-word skeletons.

    `keys` are signed 64-bit numbers, the same in every process and version.
    """

    pairs: frozenset[int]
    skeletons: frozenset[int]

    @property
    def keys(self) -> tuple[int, ...]:
        """The numbers under which a text is found again, in ascending order."""
        keys = _choose_keys(self.pairs, bins=PAIR_BINS, fewest=FEWEST_PAIRS)
        keys |= _choose_keys(
            self.skeletons, bins=SKELETON_BINS, fewest=FEWEST_SKELETONS
        )
        return tuple(sorted(keys))


def sketch_text(body: str) -> Sketch:
    """Return the sketch of a body; addresses and markup are left out of it.

    Those of ordinary bodies are kept: the same ones are compared again and again.
    """
    return _sketch_kept(body) if len(body) <= LONGEST_KEPT else _sketch_text(body)


@lru_cache(maxsize=MOST_KEPT)
def _sketch_kept(body: str) -> Sketch:
    return _sketch_text(body)


def _sketch_text(body: str) -> Sketch:
    words = reading.find_words(reading.blank_addresses(body))[:MOST_WORDS]
    is_small = list(map(STOP_WORDS.__contains__, words))
    small = list(compress(words, is_small))
    return Sketch(pairs=_hash_pairs(words, is_small), skeletons=_hash_skeletons(small))


def are_twins(one: Sketch, other: Sketch) -> bool:
    """Return whether two texts are respun copies of one."""
    return _have_alike_pairs(one, other) or _have_alike_skeletons(one, other)


def measure_likeness(one: Sketch, other: Sketch) -> float:
    """Return how much two texts are alike, 0 to 1: by pairs or by skeletons."""
    return max(
        measure_similarity(one.pairs, other.pairs),
        measure_similarity(one.skeletons, other.skeletons),
    )


def measure_similarity(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the Jaccard similarity, 0 to 1, and 0 of two empty sets."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _have_alike_pairs(one: Sketch, other: Sketch) -> bool:
    fewest = min(len(one.pairs), len(other.pairs))
    if fewest < FEWEST_PAIRS:
        return False
    threshold = PAIRS_ALIKE if fewest >= MANY_PAIRS else SHORT_PAIRS_ALIKE
    return measure_similarity(one.pairs, other.pairs) >= threshold


def _have_alike_skeletons(one: Sketch, other: Sketch) -> bool:
    if min(len(one.skeletons), len(other.skeletons)) < FEWEST_SKELETONS:
        return False
    return measure_similarity(one.skeletons, other.skeletons) >= SKELETONS_ALIKE


def _hash_pairs(words: Sequence[str], is_small: Sequence[bool]) -> frozenset[int]:
    """Return the hashes of neighbouring words, but those of two small words."""
    are_small = map(and_, is_small, is_small[1:])
    pairs = zip(pairwise(words), are_small, strict=True)
    return _hash_all(
        [f"{first} {second}" for (first, second), both in pairs if not both]
    )


def _hash_skeletons(small: Sequence[str]) -> frozenset[int]:
    """Return the hashes of each five small words in a row."""
    rows = [small[start:] for start in range(SKELETON_LENGTH)]
    return _hash_all(map(" ".join, zip(*rows, strict=False)))


def _hash_all(shingles: Iterable[str]) -> frozenset[int]:
    """Return the hashes of shingles, none of which has a line break in it."""
    text = "\n".join(shingles)
    if not text:
        return frozenset()
    encoded = text.encode("utf-8", "surrogatepass").split(b"\n")
    digests = b"".join([_digest(shingle) for shingle in encoded])
    return frozenset(unpack(f">{len(encoded)}q", digests))


def _digest(shingle: bytes) -> bytes:
    # A copy takes half the time of one that is set up anew.
    hashed = _BLAKE2.copy()
    hashed.update(shingle)
    return hashed.digest()


def _choose_keys(hashes: frozenset[int], *, bins: int, fewest: int) -> set[int]:
    """Return the least hash of each bin that is not empty."""
    if len(hashes) < fewest:
        return set()
    least: dict[int, int] = {}
    for number in hashes:
        place = number % bins
        if place not in least or number < least[place]:
            least[place] = number
    return set(least.values())
