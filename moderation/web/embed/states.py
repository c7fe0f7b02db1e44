"""Owns what kept answers depend on, and how an answer is packed to be kept."""

import gzip
from dataclasses import dataclass

from flask import Response, json, request

from moderation.services.editions import Edition, find_edition
from moderation.storage.session import Database
from moderation.web.embed.answers import CONDITION
from moderation.web.embed.keeping import Condition
from moderation.web.embed.views import TOKEN_EPOCH_SECONDS, read_clock

# Smaller ones fit in a packet or two as they are.
LEAST_PACKED_BYTES = 1_000
PACKING_LEVEL = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A thread's edition, and in which hours: the answer may hold a token."""

    edition: Edition
    epoch: int


def find_state(database: Database, site_key: str, thread: str) -> State:
    """Return the state that a site's thread is in now.

    :raises NotFoundError: if there is no such site.
    """
    with database.look() as connection:
        edition = find_edition(connection, site_key, thread)
    return State(edition=edition, epoch=read_clock() // TOKEN_EPOCH_SECONDS)


class States:
    """The states that the threads in a database are in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def last_write(self) -> int:
        """A number that is another after each write of this process."""
        return self._database.last_write

    def find(self, site_key: str, thread: str) -> State:
        """Return the state that a site's thread is in now.

        :raises NotFoundError: if there is no such site.
        """
        return find_state(self._database, site_key, thread)


def note_condition(site_key: str, thread: str, state: State) -> None:
    """Note that the answer to the current request holds while this is the state."""
    request.environ[CONDITION] = Condition(site=site_key, thread=thread, state=state)


def pack_json(document: object) -> Response:
    """Return a JSON document as an answer, gzipped if the client takes that."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return pack_body(text, mimetype="application/json")


def pack_body(text: str, *, mimetype: str) -> Response:
    """Return a text as an answer, gzipped if the client takes that and it pays."""
    body = text.encode("utf-8")
    is_packed = len(body) >= LEAST_PACKED_BYTES and request.accept_encodings["gzip"] > 0
    if is_packed:
        body = gzip.compress(body, PACKING_LEVEL, mtime=0)
    response = Response(body, mimetype=mimetype)
    response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
