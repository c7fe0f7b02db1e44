"""Owns how tallies are added to and looked up: in few statements, on any database."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.spam.learning import Tally
from moderation.storage.bulk import run_tuples
from moderation.storage.lookups import find_connection
from moderation.storage.models import (
    CallMonth,
    LearntFeature,
    LearntSite,
    LearntWord,
    ModeratorDay,
    SiteDay,
    WaitDay,
)
from moderation.storage.models.learning import Kind
from moderation.storage.spelling import find_rows, insert_all

T = TypeVar("T")
Row = Mapping[str, Any]
Table = type[LearntSite | LearntWord | LearntFeature]
Days = type[SiteDay | WaitDay | ModeratorDay | CallMonth]

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


_READ_WORDS = {
    name: text(
        "SELECT word, spam, ham FROM learnt_words WHERE site_id = :site"  # noqa: S608 our own text
        f" AND word IN ({numbers}) AND spam + ham > 0"
    )
    for name, numbers in _NUMBERS.items()
}
_READ_FEATURES = {
    name: text(
        "SELECT kind, key, spam, ham FROM learnt_features WHERE site_id = :site"  # noqa: S608 our own text
        f" AND kind IN ('domain', 'author') AND key IN ({keys}) AND spam + ham > 0"
        " UNION ALL SELECT kind, key, spam, ham FROM learnt_features"
        " WHERE site_id = :site AND kind = 'signal' AND spam + ham > 0"
    )
    for name, keys in _KEYS.items()
}


def add_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Add the numbers `spam` and `ham` of each row to those that are there.

    Rows that are not there yet are made. Give them in the order of their keys: two
    that write the same rows then wait for each other instead of locking up.
    """
    if rows:
        session.execute(_compose_addition(session, table), rows)


def add_sums(
    session: Session,
    table: type[LearntWord | LearntFeature],
    sums: Sequence[tuple[int | str, ...]],
) -> None:
    """Add many sums as `add_rows` does, each a key and its `spam` and `ham` steps."""
    run_tuples(session, _compose_addition(session, table), sums)


def _compose_addition(
    session: Session, table: Table
) -> sqlite.Insert | postgresql.Insert:
    insert = _choose(session, _INSERTS)(table.__table__)
    columns, added = table.__table__.c, insert.excluded
    return insert.on_conflict_do_update(
        index_elements=[column for column in columns if column.primary_key],
        set_={
            "spam": columns.spam + added.spam,
            "ham": columns.ham + added.ham,
        },
    )


def add_numbers(session: Session, table: Days, rows: Sequence[Row]) -> None:
    """Add the `number` of each row to the one that is there under the row's key.

    Give them in the order of their keys, as to `add_rows`.
    """
    if not rows:
        return
    connection = find_connection(session)
    insert_all(connection, _compose_counting(table, connection.dialect.name), rows)


@lru_cache
def _compose_counting(table: Days, database: str) -> sqlite.Insert | postgresql.Insert:
    """Return what adds numbers. Composed once: that takes longer than to run it."""
    insert = _INSERTS[database](table.__table__)
    columns = table.__table__.c
    return insert.on_conflict_do_update(
        index_elements=[column for column in columns if column.primary_key],
        set_={"number": columns.number + insert.excluded.number},
    )


def read_words(
    session: Session, site_id: int, words: Iterable[int]
) -> dict[int, tuple[int, int]]:
    """Return how many spam and ham had those words that the site has seen."""
    given = {"site": site_id, "keys": json.dumps(list(words))}
    rows = _read(session, _READ_WORDS, given)
    return {word: (spam, ham) for word, spam, ham in rows}


def read_features(
    session: Session, site_id: int, keys: Iterable[str]
) -> Mapping[Kind, Mapping[str, Tally]]:
    """Return by kind the tallies of these domains and authors, and of all signals.

    Of signals there are few. What the site has not seen is left out.
    """
    given = {"site": site_id, "keys": json.dumps(list(keys))}
    rows = _read(session, _READ_FEATURES, given)
    found: Mapping[Kind, dict[str, Tally]] = {kind: {} for kind in Kind}
    for kind, key, spam, ham in rows:
        found[Kind(kind)][key] = Tally(spam, ham)
    return found


def _read(
    session: Session, statements: Mapping[str, TextClause], given: Row
) -> Sequence[Any]:
    """Return what a statement reads.

    Past the session and its rows, which take as long as the database.
    """
    connection = find_connection(session)
    return find_rows(connection, statements[connection.dialect.name], given)


def _choose(session: Session, by_database: Mapping[str, T]) -> T:
    return by_database[session.get_bind().dialect.name]
