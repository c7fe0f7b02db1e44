"""Owns how comments are found by their words: one question, put to either database.

SQLite keeps the words in the FTS5 table `comment_search`, in step by triggers;
PostgreSQL in `comment_words`, written here with each comment, deleted with it. Both in
the transaction that changes the comment.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    cast,
    column,
    event,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapper, Session

from moderation.domain.words import cut_words
from moderation.storage.models import Comment

# A text of 65,525 characters has fewer; what is made of hostile ones is cut.
MOST_WORDS = 15_000
# The last place PostgreSQL counts; those behind share it.
LAST_PLACE = 16_383
FIELDS = {"name": "A", "website": "B", "body": "C", "email": "D"}
PUBLIC = ("name", "website", "body")
# Since this version FTS5 overwrites what it deletes.
SECURE_DELETE = (3, 42)

_SEARCH = table("comment_search", column("rowid", BigInteger), column("comment_search"))
_WORDS = table("comment_words", column("comment_id", BigInteger), column("words"))
_WRITE = text(
    "INSERT INTO comment_words (comment_id, words)"
    " VALUES (:id, CAST(:words AS tsvector))"
    " ON CONFLICT (comment_id) DO UPDATE SET words = excluded.words"
)


@dataclass(frozen=True, kw_only=True)
class Term:
    """Words to be found one behind the other, as `cut_words` cuts what is sought.

    `fields` are where: some of `FIELDS`. `is_prefix`: the last word may go on.
    `is_unwanted`: not to be there.
    """

    words: Sequence[str]
    fields: Sequence[str] = PUBLIC
    is_prefix: bool = False
    is_unwanted: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to search: some sites (None: all), one thread, one network.

    It narrows the search where the words are looked up, before a comment is read.
    """

    site_ids: Sequence[int] | None = None
    thread_id: int | None = None
    network: str = ""


def select_matches(
    session: Session, terms: Sequence[Term], place: Place
) -> Select[Any]:
    """Return the query for the comments that have all terms, to be read by id.

    One of them must be wanted. On SQLite the table is read backwards as fast as
    forwards, and only as far as rows are asked for.
    """
    if session.get_bind().dialect.name == "sqlite":
        question = _ask_sqlite(terms, place)
        return (
            select(Comment.id)
            .select_from(_SEARCH)
            .join(Comment, Comment.id == _SEARCH.c.rowid)
            .where(_SEARCH.c.comment_search.op("MATCH")(bindparam("terms", question)))
        )
    limits: list[ColumnElement[bool]] = []
    if place.site_ids is not None:
        limits.append(Comment.site_id.in_(place.site_ids))
    if place.thread_id is not None:
        limits.append(Comment.thread_id == place.thread_id)
    if place.network:
        limits.append(Comment.network == place.network)
    asked = cast(" & ".join(map(_ask_postgresql, terms)), postgresql.TSQUERY)
    return (
        select(Comment.id)
        .join(_WORDS, Comment.id == _WORDS.c.comment_id)
        .where(
            _WORDS.c.words.op("@@")(asked),
            *limits,
        )
    )


def find_key(session: Session) -> Any:  # noqa: ANN401 a column of either database
    """Return what the matches are sorted by: the id, where the words are kept."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return _SEARCH.c.rowid if is_sqlite else _WORDS.c.comment_id


def scrub_words(session: Session) -> None:
    """Leave no byte of the words of comments that are gone or were changed.

    FTS5 does so by itself since SQLite 3.42. In an older one the words of a deleted
    comment stay in the file until the table is put in order, which this does; it
    takes about 10 s for a million comments.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    if sqlite3.sqlite_version_info >= SECURE_DELETE:
        return
    session.execute(
        text("INSERT INTO comment_search (comment_search) VALUES ('optimize')")
    )


def _ask_sqlite(terms: Sequence[Term], place: Place) -> str:
    """Return the terms in the language of FTS5: words in quotes, nothing else typed."""
    wanted = [_write_phrase(term) for term in terms if not term.is_unwanted]
    unwanted = [_write_phrase(term) for term in terms if term.is_unwanted]
    places = []
    if place.site_ids is not None:
        places.append([f"s{site_id}" for site_id in place.site_ids])
    if place.thread_id is not None:
        places.append([f"t{place.thread_id}"])
    if place.network:
        places.append(["n" + "x".join(_split_network(place.network))])
    for names in places:
        any_of = " OR ".join(f'"{name}"' for name in names)
        wanted.append(f"{{place}} : ({any_of})")
    question = " AND ".join(wanted)
    for phrase in unwanted:
        question = f"({question}) NOT {phrase}"
    return question


def _write_phrase(term: Term) -> str:
    star = " *" if term.is_prefix else ""
    return f'({{{" ".join(term.fields)}}} : "{" ".join(term.words)}"{star})'


def _ask_postgresql(term: Term) -> str:
    """Return a term in the language of tsquery: words hold no quote nor backslash."""
    weights = "".join(FIELDS[field] for field in term.fields)
    words = [f"'{word}':{weights}" for word in term.words]
    if term.is_prefix:
        words[-1] = words[-1].replace("':", "':*")
    phrase = " <-> ".join(words)
    return f"!({phrase})" if term.is_unwanted else f"({phrase})"


def _split_network(network: str) -> Sequence[str]:
    return network.replace("/", ".").replace(":", ".").split(".")


def set_up_search(connection: Any) -> None:  # noqa: ANN401 the driver's connection
    """Give a connection to SQLite what the triggers cut texts with."""
    connection.create_function("search_words", 1, _join_words, deterministic=True)


def _join_words(text: str | None) -> str:
    return " ".join(cut_words(text or ""))


def keep_words(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the words of comments stored past the unit of work, given as their rows."""
    if session.get_bind().dialect.name == "sqlite":
        return
    written = [{"id": row["id"], "words": _write_vector(row)} for row in rows]
    if written:
        session.connection().execute(_WRITE, written)


@event.listens_for(Comment, "after_insert")
@event.listens_for(Comment, "after_update")
def _keep_words(
    mapper: Mapper[Comment], connection: Connection, comment: Comment
) -> None:
    """Write the words of a comment on PostgreSQL; SQLite's triggers do it there."""
    del mapper
    if connection.dialect.name == "sqlite":
        return
    state = inspect(comment)
    if any(state.attrs[field].history.has_changes() for field in FIELDS):
        texts = {field: getattr(comment, field) for field in FIELDS}
        connection.execute(_WRITE, {"id": comment.id, "words": _write_vector(texts)})


def _write_vector(texts: Mapping[str, Any]) -> str:
    """Return a comment's words as a tsvector, their field and place with each."""
    parts, place = [], 0
    for field, weight in FIELDS.items():
        for word in cut_words(texts[field])[:MOST_WORDS]:
            place += 1
            parts.append(f"'{word}':{min(place, LAST_PLACE)}{weight}")
        # No phrase begins in one field and ends in the next.
        place += 1
    return " ".join(parts)
