"""Owns what a site learns from decisions, and what that says about a comment.

A site's knowledge is nothing but sums of whole numbers: how many spam and how many
approved comments had a word, a signal, a link's domain, an author. Adding a comment
and taking it back commute, so decisions may be learnt in any order and by any process,
and be taken back exactly.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from moderation.spam.domains import find_domain
from moderation.spam.stacker import NOTHING, Terms
from moderation.spam.submission import Submission

K = TypeVar("K", int, str)

# Bounds of what is counted of one comment, and so of the cost of learning it.
MOST_WORDS = 1_200
MOST_DOMAINS = 30

# Labels of the rarer kind at which what was learnt of words counts half.
TRUST = 20
# Each count is smoothed by this share of a comment, given to both kinds as they are.
SMOOTHING = 0.2
# What the scores of words and of signals are at most.
WORDS_LIMIT, SIGNALS_LIMIT = 5.0, 2.0
# A long text has more words, but not as much more to say.
WORDS_DAMPING, LENGTH_ADDED = 0.7, 5


class Label(StrEnum):
    """What a comment teaches."""

    SPAM = "spam"
    HAM = "ham"


class Tally(NamedTuple):
    """How many spam and how many ham comments."""

    spam: int = 0
    ham: int = 0

    @property
    def smaller(self) -> int:
        """The number of the rarer kind."""
        return min(self)


UNSEEN = Tally()


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is counted of one comment; bounded, whatever was written.

    `words` are hashed, `signals` the names of the shipped signals that it showed,
    `domains` those it links to, `author` a fingerprint or "".
    """

    words: frozenset[int] = frozenset()
    signals: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    author: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """What a site knows that concerns one comment.

    `totals` are the comments learnt in all. Each mapping has the tallies of what the
    comment has; what was never seen is left out. `terms` are the stacker's sums.
    """

    totals: Tally = UNSEEN
    words: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    signals: Mapping[str, Tally] = field(default_factory=dict)
    domains: Mapping[str, Tally] = field(default_factory=dict)
    author: Tally = UNSEEN
    terms: Terms = NOTHING

    @property
    def trust(self) -> float:
        """How far what was learnt of words can be trusted, 0 to 1."""
        return self.totals.smaller / (self.totals.smaller + TRUST)


def find_words(submission: Submission) -> frozenset[int]:
    """Return the hashed words that are counted.

    Of too many the least numbers: hashes are as good as random, so two copies of a
    long text are cut alike.
    """
    hashes = submission.hashes
    if len(hashes) <= MOST_WORDS:
        return frozenset(hashes)
    return frozenset(sorted(hashes)[:MOST_WORDS])


def find_domains(submission: Submission) -> frozenset[str]:
    """Return the registered domains that the comment links to."""
    domains = {find_domain(host) for host in submission.link_hosts}
    return frozenset(sorted(domains)[:MOST_DOMAINS])


def find_fingerprint(submission: Submission) -> str:
    """Return what stands for the author: a hash of the e-mail address, or of the name.

    It is "" for an author of whom neither is known.
    """
    email, name = submission.email.strip().lower(), submission.author.strip()
    if not (email or name):
        return ""
    text = f"email {email}" if email else f"name {name}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def find_evidence(submission: Submission, signals: Iterable[str]) -> Evidence:
    """Return what is counted of a submission that showed these shipped signals."""
    return Evidence(
        words=find_words(submission),
        signals=frozenset(signals),
        domains=find_domains(submission),
        author=find_fingerprint(submission),
    )


def compute_ratios(
    keys: Iterable[K], tallies: Mapping[K, tuple[int, int]], totals: Tally
) -> dict[K, float]:
    """Return the log of how much commoner in spam than in ham each key is.

    What the site has not seen is left out.
    """
    spam_total, ham_total = totals
    share = SMOOTHING / (spam_total + ham_total + 2)
    spam_added, ham_added = share * (spam_total + 1), share * (ham_total + 1)
    scale = (ham_total + SMOOTHING) / (spam_total + SMOOTHING)
    log = math.log
    # Most words were seen as often as some other: once, twice.
    known: dict[tuple[int, int], float] = {}
    ratios = {}
    for key in keys:
        tally = tallies.get(key)
        if tally is None:
            continue
        ratio = known.get(tally)
        if ratio is None:
            spam, ham = tally
            ratio = log((spam + spam_added) / (ham + ham_added) * scale)
            known[tally] = ratio
        ratios[key] = ratio
    return ratios


def score_words(ratios: Mapping[int, float], words: int, learnt: Learnt) -> float:
    """Return what a number of words says, damped by it and by the site's trust.

    `ratios` are those of the words the site has seen.
    """
    damped = math.fsum(ratios.values()) / (words + LENGTH_ADDED) ** WORDS_DAMPING
    return learnt.trust * clip(damped, WORDS_LIMIT)


def score_signals(ratios: Mapping[str, float], signals: int, learnt: Learnt) -> float:
    """Return what a number of shipped signals says, damped and trusted likewise."""
    damped = math.fsum(ratios.values()) / math.sqrt(signals + 1)
    return learnt.trust * clip(damped, SIGNALS_LIMIT)


def score_history(tally: Tally, *, added: float, unit: float) -> float:
    """Return how one-sided a history is: 1 if it was all spam, -1 if all ham.

    A history that was never seen, or is as long on both sides, scores 0.
    """
    return clip(math.log((tally.spam + added) / (tally.ham + added)) / unit, 1.0)


def clip(value: float, limit: float) -> float:
    """Return the value, or the limit it lies beyond on either side."""
    return max(-limit, min(limit, value))
