"""Owns the answers that a process keeps in memory, and until when each is good."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from werkzeug.http import parse_etags, unquote_etag

# Longer lists of tags are not gone through: the whole answer is right as well, and the
# thread that does so has all the others to serve.
LONGEST_TAGS = 1_000
# Some thousand answers; with more, a busy service would take over 250 MB in all.
MOST_BYTES = 16 * 1_048_576
# What is kept of an answer besides its body, roughly.
OVERHEAD_BYTES = 8_000

Key = tuple[str, ...]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What an answer holds for: a thread while it is in a `state`."""

    site: str
    thread: str
    state: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is sent; `heads` is for whoever sends it to keep its head written out."""

    status: str
    headers: Headers
    body: bytes
    heads: dict[object, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer as it was sent, and what it is for those who have it already."""

    condition: Condition
    tag: str
    whole: Message
    unchanged: Message

    def choose(self, known_tags: str) -> Message:
        """Return what is sent to a client that has what `known_tags` name."""
        if not self.tag or not 0 < len(known_tags) <= LONGEST_TAGS:
            return self.whole
        if known_tags == self.tag or _names(known_tags, self.tag):
            return self.unchanged
        return self.whole


@dataclass(kw_only=True, slots=True)
class Check:
    """When an answer was last found to hold, and what had been written until then."""

    at: float
    last_write: int
    is_being_renewed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An answer, and when it was last found to hold."""

    answer: Answer
    check: Check


class Answers:
    """The answers of one process; what was not asked for longest goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0

    def peek(self, key: Key) -> Kept | None:
        """Return what is kept under `key`, without waiting for anybody."""
        return self._kept.get(key)

    def find(self, key: Key) -> Answer | None:
        """Return the answer kept under `key`, whether or not it still holds."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found.answer

    def keep(self, key: Key, answer: Answer, check: Check) -> None:
        """Keep an answer in place of what was under its key."""
        with self._lock:
            self._drop(key)
            self._kept[key] = Kept(answer=answer, check=check)
            self._bytes += _measure(key, answer)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def note_check(self, key: Key, answer: Answer, check: Check) -> None:
        """Note that the answer kept under `key` was found to hold, if it is there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.answer is answer:
                self._kept[key] = Kept(answer=answer, check=check)

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._bytes -= _measure(key, old.answer)


def _names(known_tags: str, tag: str) -> bool:
    """Return whether an If-None-Match names a tag: just as our views read it."""
    return parse_etags(known_tags).contains_weak(unquote_etag(tag)[0])


def _measure(key: Key, answer: Answer) -> int:
    return sum(map(len, key)) + len(answer.whole.body) + OVERHEAD_BYTES
