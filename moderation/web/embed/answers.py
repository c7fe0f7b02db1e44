"""Owns the short way: what was answered before is sent again while it still holds.

Readers of a blog ask for the same comments over and over. Whether a thread is what it
was costs one small query; making the answer anew, and going through all that stands
around a view, costs five times as much. Nothing here depends on who asks, but on the
few headers that are in the key.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy.exc import SQLAlchemyError

from moderation.domain.errors import ModerationError

MOST_BYTES = 64 * 1_048_576
# What is kept of an answer besides its body, roughly.
OVERHEAD_BYTES = 4_000
# Where a view notes what its answer stands for; others are never kept.
CONDITION = "moderation.condition"
OK, NOT_MODIFIED = "200 OK", "304 NOT MODIFIED"
# RFC 9110, 15.4.5: what of an answer describes the body that is not sent.
BODY_HEADERS = {"content-type", "content-length", "content-encoding"}

Key = tuple[str, ...]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What an answer holds for: a thread while it is in a `state`."""

    site: str
    thread: str
    state: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer as it was sent."""

    condition: Condition
    headers: Headers
    tag: str
    body: bytes


class Answers:
    """The answers of one process; what was not asked for longest goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0

    def find(self, key: Key) -> Answer | None:
        """Return the answer kept under `key`, whether or not it still holds."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer in place of what was under its key."""
        with self._lock:
            self._drop(key)
            self._kept[key] = answer
            self._bytes += _measure(key, answer)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._bytes -= _measure(key, old)


class ShortWay:
    """A WSGI application before another one: it sends again what that one answered.

    `find_state` returns the state of a site's thread as it is now.
    """

    def __init__(
        self,
        application: WSGIApplication,
        find_state: Callable[[str, str], object],
        *,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._application = application
        self._find_state = find_state
        self._answers = Answers(most_bytes)

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer from memory, or ask the application and remember what it says."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith("/embed/"):
            return self._application(environ, start_response)
        key = _make_key(environ)
        kept = self._answers.find(key)
        if kept is not None and self._still_holds(kept.condition):
            return _send(kept, environ, start_response)
        return self._ask(key, environ, start_response)

    def _still_holds(self, condition: Condition) -> bool:
        try:
            state = self._find_state(condition.site, condition.thread)
        except (ModerationError, SQLAlchemyError):
            # The application meets the same, and says so in its own way.
            return False
        return state == condition.state

    def _ask(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        said: list[tuple[str, Headers]] = []

        def listen(status: str, headers: Headers, *more: Any) -> Any:  # noqa: ANN401 as WSGI has it
            said.append((status, headers))
            return start_response(status, headers, *more)

        chunks = self._application(environ, listen)
        condition = environ.get(CONDITION)
        if not isinstance(condition, Condition) or not said or said[-1][0] != OK:
            return chunks
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        headers = list(said[-1][1])
        tag = dict(headers).get("ETag", "")
        self._answers.keep(
            key, Answer(condition=condition, headers=headers, tag=tag, body=body)
        )
        return [body]


def _make_key(environ: WSGIEnvironment) -> Key:
    """Return what an answer that is kept depends on, besides the state."""
    return (
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("HTTP_ORIGIN", ""),
        environ.get("HTTP_ACCEPT_ENCODING", ""),
    )


def _send(
    answer: Answer, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if answer.tag and answer.tag in known:
        headers = [h for h in answer.headers if h[0].lower() not in BODY_HEADERS]
        start_response(NOT_MODIFIED, headers)
        return []
    start_response(OK, list(answer.headers))
    return [answer.body]


def _measure(key: Key, answer: Answer) -> int:
    return sum(map(len, key)) + len(answer.body) + OVERHEAD_BYTES
