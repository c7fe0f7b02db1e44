"""Owns how tallies are added to and looked up: in few statements, on any database."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.spam.learning import Tally
from moderation.storage.models import LearntFeature, LearntSite, LearntWord

T = TypeVar("T")
Row = Mapping[str, Any]
Table = type[LearntSite | LearntWord | LearntFeature]

# Both databases can add to a row or make it in one statement, each in its own words.
_INSERTS: Mapping[str, Callable[[Any], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
# Keys are given as one JSON list: thousands of them need no thousands of parameters.
_KEYS = {
    "sqlite": "SELECT value FROM json_each(:keys)",
    "postgresql": "SELECT value FROM json_array_elements_text(CAST(:keys AS json))",
}
_NUMBERS = {
    "sqlite": _KEYS["sqlite"],
    "postgresql": _KEYS["postgresql"].replace("value", "CAST(value AS integer)", 1),
}


def _compose(select: str, keys: Mapping[str, str]) -> Mapping[str, TextClause]:
    """Return the query for each database, for tallies that are not empty again."""
    return {
        name: text(f"{select} IN ({given}) AND spam + ham > 0")
        for name, given in keys.items()
    }


_READ_WORDS = _compose(
    "SELECT word, spam, ham FROM learnt_words WHERE site_id = :site AND word", _NUMBERS
)
_READ_FEATURES = _compose(
    "SELECT key, spam, ham FROM learnt_features"
    " WHERE site_id = :site AND kind = :kind AND key",
    _KEYS,
)


_READ_KIND = text(
    "SELECT key, spam, ham FROM learnt_features"
    " WHERE site_id = :site AND kind = :kind AND spam + ham > 0"
)


def add_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Add the numbers `spam` and `ham` of each row to those that are there.

    Rows that are not there yet are made. Give them in the order of their keys: two
    that write the same rows then wait for each other instead of locking up.
    """
    if not rows:
        return
    insert = _choose(session, _INSERTS)(table.__table__)
    columns, added = table.__table__.c, insert.excluded
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[column for column in columns if column.primary_key],
            set_={
                "spam": columns.spam + added.spam,
                "ham": columns.ham + added.ham,
            },
        ),
        rows,
    )


def read_words(
    session: Session, site_id: int, words: Iterable[int]
) -> Mapping[int, Tally]:
    """Return the tallies of those words that the site has seen."""
    given = {"site": site_id, "keys": json.dumps(list(words))}
    rows = session.execute(_choose(session, _READ_WORDS), given)
    return {word: Tally(spam=spam, ham=ham) for word, spam, ham in rows}


def read_all_features(session: Session, site_id: int, kind: str) -> Mapping[str, Tally]:
    """Return all tallies of a kind, of which there are few."""
    rows = session.execute(_READ_KIND, {"site": site_id, "kind": kind})
    return {key: Tally(spam=spam, ham=ham) for key, spam, ham in rows}


def read_features(
    session: Session, site_id: int, kind: str, keys: Collection[str]
) -> Mapping[str, Tally]:
    """Return the tallies of those keys of a kind that the site has seen."""
    if not keys:
        return {}
    given = {"site": site_id, "kind": kind, "keys": json.dumps(list(keys))}
    rows = session.execute(_choose(session, _READ_FEATURES), given)
    return {key: Tally(spam=spam, ham=ham) for key, spam, ham in rows}


def _choose(session: Session, by_database: Mapping[str, T]) -> T:
    return by_database[session.get_bind().dialect.name]
