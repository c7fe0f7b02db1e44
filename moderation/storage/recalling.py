"""Owns what a process keeps of rows that seldom change, held against them each time.

So it is never out of date, whoever wrote: what is spared is to make objects of them.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable

from moderation.storage.spelling import Given, find_rows

T = TypeVar("T")
Shelf = dict[tuple[Any, ...], tuple[Sequence[Any], Any]]

# Under this name an engine has what is kept of its database.
SHELF = "shelf"
# As many sites as are posted on at about the same time.
MOST_KEPT = 1_000


def recall(
    connection: Connection,
    statement: Executable,
    given: Given,
    make: Callable[[Sequence[Any]], T],
) -> T:
    """Return what `make` makes of the rows that a statement finds.

    If they are those of the last time, it is what was made then: nobody may change it.
    The statement is one composed once.
    """
    shelf: Shelf = connection.get_execution_options().get(SHELF, {})
    key = (statement, *given.values())
    rows = find_rows(connection, statement, given)
    kept = shelf.get(key)
    if kept is not None and kept[0] == rows:
        made: T = kept[1]
        return made
    made = make(rows)
    if len(shelf) >= MOST_KEPT:
        shelf.clear()
    shelf[key] = (rows, made)
    return made
