"""Owns the short way: what was answered before is sent again while it still holds.

Readers of a blog ask for the same comments over and over. Whether a thread is what it
was costs one small query; making the answer anew, and going through all that stands
around a view, costs five times as much. Nothing here depends on who asks, but on the
few headers that are in the key. What was looked at a moment ago is not even asked
about: it is known at once (`ShortWay.find_at_once`).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy.exc import SQLAlchemyError

from moderation.domain.errors import ModerationError
from moderation.web.embed.keeping import (
    MOST_BYTES,
    Answer,
    Answers,
    Check,
    Condition,
    Headers,
    Key,
    Message,
)

# Where our server looks for what is known at once (moderation/cli/at_once.py).
AT_ONCE = "moderation.at_once"
# Where a view notes what its answer stands for; others are never kept.
CONDITION = "moderation.condition"
OK, NOT_MODIFIED = "200 OK", "304 NOT MODIFIED"
# RFC 9110, 15.4.5: what of an answer describes the body that is not sent.
BODY_HEADERS = {"content-type", "content-length", "content-encoding"}
# What is said of one request is not kept for the next (moderation/web/request_ids.py).
ONCE_ONLY = {"x-request-id"}
# What an answer depends on besides its address and the state of its thread.
KEY_HEADERS = ("HOST", "ORIGIN", "ACCEPT_ENCODING")
# For so long what holds is taken to hold on, unless this process wrote meanwhile: what
# another one wrote is seen within a second.
FRESH_SECONDS = 0.25
# And so long while one who asked is waiting to hear whether it does.
STALE_SECONDS = 0.75


class States(Protocol):
    """The states that threads are in."""

    @property
    def last_write(self) -> int:
        """A number that is another after each write of this process."""

    def find(self, site_key: str, thread: str) -> object:
        """Return the state that a site's thread is in now."""


class ShortWay:
    """A WSGI application before another one: it sends again what that one answered.

    `answered_at_once` counts what was never asked of any application, `answered_again`
    what a look at the database found to hold still, `answered_anew` all the rest.
    """

    def __init__(
        self,
        application: WSGIApplication,
        states: States,
        *,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.answered_at_once = self.answered_again = self.answered_anew = 0
        self._clock = clock
        self._application = application
        self._states = states
        self._answers = Answers(most_bytes)

    def find_at_once(
        self, path: str, query: str, headers: Mapping[str, str]
    ) -> Message | None:
        """Return the answer to a GET, if it was found to hold a moment ago.

        It asks nobody and waits for nothing. Only one thread may call it.
        """
        if not path.startswith("/embed/"):
            return None
        key = (path, query, *(headers.get(name, "") for name in KEY_HEADERS))
        kept = self._answers.peek(key)
        if kept is None or not self._is_fresh(kept.check):
            return None
        self.answered_at_once += 1
        return kept.answer.choose(headers.get("IF_NONE_MATCH", ""))

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer from memory, or ask the application and remember what it says."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith("/embed/"):
            return self._application(environ, start_response)
        named = (environ.get(f"HTTP_{name}", "") for name in KEY_HEADERS)
        key = (path, environ.get("QUERY_STRING", ""), *named)
        # Before the state is read: what is written in between is then found out.
        check = Check(at=self._clock(), last_write=self._states.last_write)
        answer = self._answers.find(key)
        if answer is None or not self._still_holds(answer.condition):
            # Of two threads at one moment one may not be counted: so be it.
            self.answered_anew += 1
            return self._ask(key, check, environ, start_response)
        self.answered_again += 1
        self._answers.note_check(key, answer, check)
        message = answer.choose(environ.get("HTTP_IF_NONE_MATCH", ""))
        start_response(message.status, list(message.headers))
        return [message.body] if message.body else []

    def _is_fresh(self, check: Check) -> bool:
        """Return whether to take a check for good; if not, one may see to the next."""
        age = self._clock() - check.at
        if check.last_write != self._states.last_write or age > STALE_SECONDS:
            return False
        if age <= FRESH_SECONDS or check.is_being_renewed:
            return True
        check.is_being_renewed = True
        return False

    def _still_holds(self, condition: Condition) -> bool:
        try:
            state = self._states.find(condition.site, condition.thread)
        except (ModerationError, SQLAlchemyError):
            # The application meets the same, and says so in its own way.
            return False
        return state == condition.state

    def _ask(
        self,
        key: Key,
        check: Check,
        environ: WSGIEnvironment,
        start_response: StartResponse,
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
        self._answers.keep(key, make_answer(condition, said[-1][1], body), check)
        return [body]


def make_answer(condition: Condition, headers: Headers, body: bytes) -> Answer:
    """Return what to keep of an answer."""
    lasting = [h for h in headers if h[0].lower() not in ONCE_ONLY]
    without_body = [h for h in lasting if h[0].lower() not in BODY_HEADERS]
    return Answer(
        condition=condition,
        tag=dict(headers).get("ETag", ""),
        whole=Message(status=OK, headers=lasting, body=body),
        unchanged=Message(status=NOT_MODIFIED, headers=without_body, body=b""),
    )
