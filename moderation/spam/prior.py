"""Owns the shipped prior: what the filter knows before a site has taught it anything.

It is fitted by `moderation train` and kept in `prior.json`; docs/model-card.md says on
what and how well.
"""

import json
import math
import struct
from base64 import b85decode, b85encode
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from moderation.spam.words import hash_letters

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

VERSION = 2
# One step of a word's weight in the file.
STEP = 1 / 32
# What the root of the length is taken of: with few words, each counts for less.
DAMPING_WORDS = 20.0
LEAST_WORDS_SCORE, MOST_WORDS_SCORE = -1.5, 3.0
# Names in the table of points that belong to no heuristic of their own.
BASELINE, BLOG_WORDS, VIDEO_WORDS = "baseline", "blog_words", "video_words"
VIDEO_LETTERS = "video_letters"
# Words whose letters are added up once and kept, and the longest of them.
MOST_KEPT, LONGEST_KEPT = 1 << 14, 40
# From the sum of the prior's signals to log-odds that hold on blogs the fit never saw:
# weak evidence counts for less, strong evidence for more. Straight between the pairs.
CURVE = (
    (-3.0, -3.2),
    (-2.0, -1.9),
    (-1.0, -0.8),
    (0.0, -0.2),
    (1.5, -0.03),
    (1.7, 0.4),
    (2.5, 3.7),
    (3.5, 5.1),
)
_ENTRY = struct.Struct(">Ib")


class PriorFormatError(ValueError):
    """A file that holds no prior this version can read."""


@dataclass(frozen=True, kw_only=True)
class Prior:
    """Points by signal name, and the weights of hashed words in steps of `STEP`.

    `blog_words` tell the spam of blogs from honest text, `video_words` the
    self-promotion under videos; the second only ever speaks for spam, together with
    `video_letters`, letters in a row: under videos few words are spelt twice alike.
    """

    points: Mapping[str, float]
    blog_words: Mapping[int, int] = field(default_factory=dict)
    video_words: Mapping[int, int] = field(default_factory=dict)
    video_letters: Mapping[int, int] = field(default_factory=dict)

    def score_blog_words(self, hashes: AbstractSet[int]) -> float:
        """Return the damped sum of the weights of words, within its bounds."""
        steps = sum(map(self.blog_words.__getitem__, self.blog_words.keys() & hashes))
        return _bound_blog(_damp(steps, len(hashes)))

    def score_video_words(
        self, hashes: AbstractSet[int], words: Iterable[str]
    ) -> float:
        """Return the like for self-promotion, letters included, never below 0."""
        steps = sum(map(self.video_words.__getitem__, self.video_words.keys() & hashes))
        return _bound_video(_damp(steps + self.sum_letters(words), len(hashes)))

    def sum_letters(self, words: Iterable[str]) -> int:
        """Return the steps of all letters in different words."""
        if not self.video_letters:
            return 0
        different = set(words)
        is_usual = max(map(len, different), default=0) <= LONGEST_KEPT
        weigh = self._kept_letters if is_usual else self._kept_letters.__wrapped__
        return sum(map(weigh, different))

    @cached_property
    def _kept_letters(self) -> "_lru_cache_wrapper[int]":
        """What adds up the letters of a word; most words were met before."""
        return lru_cache(maxsize=MOST_KEPT)(self._weigh_letters)

    def _weigh_letters(self, word: str) -> int:
        get = self.video_letters.get
        return sum([get(number, 0) for number in hash_letters(word)])

    @cached_property
    def words(self) -> Sequence[int]:
        """All known words, by what they weigh; ties are ordered by their numbers."""
        weights = self.weigh_each_word()
        return sorted(weights, key=lambda number: (weights[number], number))

    @cached_property
    def _places(self) -> Mapping[int, int]:
        return {number: place for place, number in enumerate(self.words)}

    @cached_property
    def _blog_steps(self) -> Sequence[int]:
        return [self.blog_words.get(number, 0) for number in self.words]

    @cached_property
    def _video_steps(self) -> Sequence[int]:
        return [self.video_words.get(number, 0) for number in self.words]

    def find_places(self, hashes: Iterable[int]) -> list[int]:
        """Return where those of some words stand in `words` that are known, ascending.

        Of all there is to look up this is the only large table: what is spread over
        the memory takes the processor longer than to calculate with it.
        """
        get = self._places.get
        return sorted([place for place in map(get, hashes) if place is not None])

    def weigh_words(self, hashes: AbstractSet[int], words: Iterable[str] = ()) -> float:
        """Return what the words of a comment weigh, in log-odds before calibration."""
        return self.weigh_places(self.find_places(hashes), len(hashes), words)

    def weigh_places(
        self, places: Iterable[int], number: int, words: Iterable[str] = ()
    ) -> float:
        """Return the like for the known ones, by their places, of a `number` of hashes.

        `words` are those the letters are read of.
        """
        blog_steps = sum(map(self._blog_steps.__getitem__, places))
        video_steps = sum(map(self._video_steps.__getitem__, places))
        blog = _bound_blog(_damp(blog_steps, number))
        video = _bound_video(_damp(video_steps + self.sum_letters(words), number))
        return (
            self.points.get(BLOG_WORDS, 0.0) * blog
            + self.points.get(VIDEO_WORDS, 0.0) * video
        )

    def add_up(self, signals: Iterable[str], hashes: frozenset[int]) -> float:
        """Return the sum for a comment with these signals, before calibration."""
        weights = [self.points.get(name, 0.0) for name in (BASELINE, *signals)]
        return math.fsum([*weights, self.weigh_words(hashes)])

    def weigh_each_word(self) -> Mapping[int, float]:
        """Return what each known word adds, before damping."""
        blog, video = (
            self.points.get(BLOG_WORDS, 0.0),
            self.points.get(VIDEO_WORDS, 0.0),
        )
        weights = {n: STEP * blog * steps for n, steps in self.blog_words.items()}
        for number, steps in self.video_words.items():
            weights[number] = weights.get(number, 0.0) + STEP * video * steps
        return weights


def calibrate(log_odds: float) -> float:
    """Return the calibrated log-odds for a sum of the prior's signals."""
    first, last = CURVE[0], CURVE[-1]
    if log_odds <= first[0]:
        return log_odds - first[0] + first[1]
    for (low, low_to), (high, high_to) in pairwise(CURVE):
        if log_odds <= high:
            return low_to + (high_to - low_to) * (log_odds - low) / (high - low)
    return log_odds - last[0] + last[1]


def write_prior(prior: Prior) -> str:
    """Return the text of the file: points in clear, words as hashes."""
    content = {
        "version": VERSION,
        "points": dict(sorted(prior.points.items())),
        BLOG_WORDS: _pack(prior.blog_words),
        VIDEO_WORDS: _pack(prior.video_words),
        VIDEO_LETTERS: _pack(prior.video_letters),
    }
    return json.dumps(content, indent=1) + "\n"


def read_prior(text: str) -> Prior:
    """Return the prior in the text of a file.

    :raises PriorFormatError: if it is none, or one of another version.
    """
    try:
        content = json.loads(text)
        if content["version"] != VERSION:
            raise PriorFormatError(
                f"Fit the prior again: this is not version {VERSION}."
            )
        return Prior(
            points={name: float(weight) for name, weight in content["points"].items()},
            blog_words=_unpack(content[BLOG_WORDS]),
            video_words=_unpack(content[VIDEO_WORDS]),
            video_letters=_unpack(content[VIDEO_LETTERS]),
        )
    except (KeyError, TypeError, AttributeError, ValueError, struct.error) as error:
        raise PriorFormatError("Fit the prior again: the file is damaged.") from error


def _damp(steps: int, words: int) -> float:
    return STEP * steps / math.sqrt(words + DAMPING_WORDS)


def _bound_blog(score: float) -> float:
    return max(LEAST_WORDS_SCORE, min(MOST_WORDS_SCORE, score))


def _bound_video(score: float) -> float:
    return max(0.0, min(MOST_WORDS_SCORE, score))


def _pack(weights: Mapping[int, int]) -> str:
    """Return each hash (3 bytes) with its steps (1 byte), in ascending order."""
    entries = (
        _ENTRY.pack(number, steps)[1:] for number, steps in sorted(weights.items())
    )
    return b85encode(b"".join(entries)).decode("ascii")


def _unpack(text: str) -> dict[int, int]:
    packed = b85decode(text)
    entries = range(0, len(packed), _ENTRY.size - 1)
    return dict(_ENTRY.unpack(b"\0" + packed[i : i + _ENTRY.size - 1]) for i in entries)


def _read_shipped() -> Prior:
    shipped = files("moderation.spam").joinpath("prior.json")
    return read_prior(shipped.read_text(encoding="utf-8"))


SHIPPED = _read_shipped()
