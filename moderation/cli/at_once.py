"""Owns answers that are known already: found and written out, ready to be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from flask import Flask
from waitress.task import WSGITask
from waitress.utilities import build_http_date

# Where an app that knows answers at once keeps what finds them.
AT_ONCE = "moderation.at_once"
# What a client may say of the connection, for an answer to be known at once.
CONNECTIONS = {"", "keep-alive", "close"}


@lru_cache(maxsize=1)
def make_date(second: int) -> bytes:
    """Return the line of a head that tells the time, with the line ends around it."""
    return f"\r\nDate: {build_http_date(second)}\r\n".encode("ascii")


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The head of an answer as it is sent, but for the date in its middle."""

    before: bytes
    after: bytes
    is_last: bool


class Known(Protocol):
    """An answer that the app would give, whoever asks."""

    @property
    def status(self) -> str:
        """Its status line, as `200 OK`."""

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """Its headers, without what the server adds."""

    @property
    def body(self) -> bytes:
        """Its body."""

    @property
    def heads(self) -> dict[object, Any]:
        """Where the server keeps the head as it is sent."""


class Finder(Protocol):
    """What an app knows at once."""

    def find_at_once(
        self, path: str, query: str, headers: Mapping[str, str]
    ) -> Known | None:
        """Return the answer to a GET, if it is known; headers as ACCEPT_ENCODING.

        It waits for nobody: while it looks, nothing is read or written.
        """


class AnswerTask(WSGITask):
    """Answers by asking the app; keeps the connection after answers without a body.

    Waitress closes it whenever no length is given, which a 304 has no use for.
    """

    def set_close_on_finish(self) -> None:
        """Close the connection behind this answer, if there is reason to."""
        request: Any = self.request
        said = request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version == "1.0" or said == "close":
            super().set_close_on_finish()


def get_finder(app: Flask) -> Finder | None:
    """Return what finds answers at once; None if the app knows none."""
    finder: Finder | None = app.extensions.get(AT_ONCE)
    return finder


def is_simple(request: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether there is no more to a request than what is asked for."""
    return (
        request.error is None
        and request.command == "GET"
        and request.body_rcv is None
        and request.version in {"1.0", "1.1"}
        and request.headers.get("CONNECTION", "").lower() in CONNECTIONS
    )


def get_head(known: Known, channel: Any, request: Any) -> Head:  # noqa: ANN401 - waitress's types are wrong
    """Return the head of a known answer: as a task would write it."""
    key = request.version, request.headers.get("CONNECTION", "").lower()
    head: Head | None = known.heads.get(key)
    if head is None:
        task = AnswerTask(channel, request)
        task.status, task.response_headers = known.status, list(known.headers)
        task.content_length = len(known.body)
        before, _, after = task.build_response_header().partition(make_date(0))
        head = Head(before=before, after=after, is_last=task.close_on_finish)
        known.heads[key] = head
    return head
