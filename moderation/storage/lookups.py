"""Owns reading past the session, which costs as much as the database does."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from moderation.storage.spelling import find_rows


def look_up(
    session: Session, statement: Executable, given: Mapping[str, Any]
) -> Sequence[Any]:
    """Return the rows that a statement of columns finds, in half the time.

    What the session has not flushed is not found. Compose the statement once, as a
    constant: that, too, takes longer than to run it.
    """
    return find_rows(session.connection(), statement, given)
