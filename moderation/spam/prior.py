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
from functools import cached_property
from importlib.resources import files
from itertools import pairwise

from moderation.spam.words import Hashes, hash_letters, hash_word

VERSION = 2
# One step of a word's weight in the file.
STEP = 1 / 32
# What the root of the length is taken of: with few words, each counts for less.
DAMPING_WORDS = 20.0
LEAST_WORDS_SCORE, MOST_WORDS_SCORE = -1.5, 3.0
# Names in the table of points that belong to no heuristic of their own.
BASELINE, BLOG_WORDS, VIDEO_WORDS = "baseline", "blog_words", "video_words"
VIDEO_LETTERS = "video_letters"
# Words of which what is known is kept, and the longest of them.
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
# What stands where no word does, and for no steps in a byte.
NO_WORD, NO_STEPS = -1, 128


class PriorFormatError(ValueError):
    """A file that holds no prior this version can read."""


class KnownWords(dict[str, tuple[int, int, int]]):
    """What a prior knows of words that were met before; most were.

    Of each it has the steps of all letters, the place of the word, and that of its
    stem; 0 where it knows none. So a word is looked up once, in a small table: what is
    spread over the memory takes the processor longer to find than to calculate with.
    When there are too many, it begins anew.
    """

    def __init__(self, letters: Mapping[int, int], places: Mapping[int, int]) -> None:
        """Take the steps of letters in a row, and the places of words, by number."""
        super().__init__()
        self._letters = letters
        self._places = places

    def __missing__(self, word: str) -> tuple[int, int, int]:
        get, place = self._letters.get, self._places.get
        steps = sum([get(number, 0) for number in hash_letters(word)])
        number, stem = hash_word(word)
        known = steps, place(number, 0), 0 if stem is None else place(stem, 0)
        if len(word) <= LONGEST_KEPT:
            if len(self) >= MOST_KEPT:
                self.clear()
            self[word] = known
        return known


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a prior knows of a comment: the places of its words, and its letters.

    `places` ascend; `steps` are those of all letters, `number` counts the hashes.
    """

    places: Sequence[int]
    steps: int
    number: int


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
        return sum(steps for steps, _, _ in map(self._known.__getitem__, set(words)))

    @cached_property
    def _known(self) -> KnownWords:
        return KnownWords(self.video_letters, self._places)

    @cached_property
    def words(self) -> Sequence[int]:
        """All known words, by what they weigh; ties are ordered by their numbers.

        Places count from 1: at 0 stands what is no word.
        """
        weights = self.weigh_each_word()
        ordered = sorted(weights, key=lambda number: (weights[number], number))
        return [NO_WORD, *ordered]

    @cached_property
    def _places(self) -> Mapping[int, int]:
        known = enumerate(self.words)
        return {number: place for place, number in known if number != NO_WORD}

    @cached_property
    def _blog_steps(self) -> bytes:
        return self._pack_steps(self.blog_words)

    @cached_property
    def _video_steps(self) -> bytes:
        return self._pack_steps(self.video_words)

    def _pack_steps(self, steps: Mapping[int, int]) -> bytes:
        """Return the steps of all words, each in a byte: near to each other."""
        return bytes(steps.get(number, 0) + NO_STEPS for number in self.words)

    def find_words(self, hashes: Hashes) -> Known:
        """Return what is known of the words of a comment."""
        known = list(map(self._known.__getitem__, hashes.different))
        steps, places, stems = zip(*known, strict=True) if known else ((), (), ())
        found = {*places, *stems, *map(self._places.get, hashes.others)}
        ordered = sorted(filter(None, found))
        return Known(places=ordered, steps=sum(steps), number=len(hashes))

    def weigh_words(self, hashes: AbstractSet[int], words: Iterable[str] = ()) -> float:
        """Return what hashed words weigh, in log-odds before calibration.

        `words` are those the letters are read of.
        """
        places = sorted(filter(None, map(self._places.get, hashes)))
        steps = self.sum_letters(words)
        return self.weigh(Known(places=places, steps=steps, number=len(hashes)))

    def weigh(self, known: Known) -> float:
        """Return what the words of a comment weigh, in log-odds before calibration."""
        places, added = known.places, NO_STEPS * len(known.places)
        blog_steps = sum(map(self._blog_steps.__getitem__, places)) - added
        video_steps = sum(map(self._video_steps.__getitem__, places)) - added
        blog = _bound_blog(_damp(blog_steps, known.number))
        video = _bound_video(_damp(video_steps + known.steps, known.number))
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
