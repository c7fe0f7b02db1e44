"""Owns what a process keeps of its database: objects of rows, and costly answers.

Objects are held against the rows each time, so they are never out of date, whoever
wrote. An answer is kept for a time that whoever asks must be able to bear.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable

from moderation.storage.spelling import Given, ask

T = TypeVar("T")
Key = tuple[Hashable, ...]
Shelf = dict[Key, tuple[Any, Any]]

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
    answer = ask(connection, statement, given)
    key = (statement, *given.values())
    return _keep(connection, key, answer.rows, lambda: make(answer.read()))


def keep_while(
    connection: Connection, key: Key, sign: Hashable, make: Callable[[], T]
) -> T:
    """Return what was made under a key while there was the same sign, or make it.

    A sign is such as the minute it is. Nobody may change what is returned.
    """
    return _keep(connection, key, sign, make)


def _keep(connection: Connection, key: Key, sign: Any, make: Callable[[], T]) -> T:  # noqa: ANN401 rows, too
    shelf: Shelf = connection.get_execution_options().get(SHELF, {})
    kept = shelf.get(key)
    if kept is not None and kept[0] == sign:
        made: T = kept[1]
        return made
    made = make()
    if len(shelf) >= MOST_KEPT:
        shelf.clear()
    shelf[key] = (sign, made)
    return made
