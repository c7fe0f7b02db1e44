"""Owns reading and changing past the session, at no more than the database's cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.orm import Session

from moderation.storage.spelling import find_rows

# Where a session has its connection: to ask it for that takes as long as a query.
_CONNECTION = "connection"


def look_up(
    session: Session, statement: Executable, given: Mapping[str, Any]
) -> Sequence[Any]:
    """Return the rows that a statement of columns finds, in half the time.

    What the session has not flushed is not found. Compose the statement once, as a
    constant: that, too, takes longer than to run it.
    """
    return find_rows(find_connection(session), statement, given)


def change_rows(
    session: Session, statement: Executable, given: Mapping[str, Any]
) -> None:
    """Run a statement that changes rows, composed once as those of `look_up`.

    What the session had not written before is. Its objects of these rows stay as they
    are: who has some sees to it that they are right.
    """
    session.flush()
    find_rows(find_connection(session), statement, given)


def find_connection(session: Session) -> Connection:
    """Return the connection of a session's transaction, begun if need be."""
    known: Connection | None = session.info.get(_CONNECTION)
    # A savepoint is not there before the session has been asked for its connection.
    if (
        known is not None
        and known.in_transaction()
        and not session.in_nested_transaction()
    ):
        return known
    found = session.info[_CONNECTION] = session.connection()
    return found
