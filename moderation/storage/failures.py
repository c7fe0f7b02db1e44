"""Owns what the errors of databases mean: no room, or not to be had for now."""

import sqlite3

from sqlalchemy import exc

# What may pass by itself, unlike a mistake of ours.
UNAVAILABLE = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
    exc.TimeoutError,
)

# The low byte of a code is its kind (https://sqlite.org/rescode.html).
_KIND = 0xFF
_SQLITE_UNWRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
# PostgreSQL's disk_full and read_only_sql_transaction (Appendix A of its manual).
_SQLSTATES_UNWRITABLE = {"53100", "25006"}
# Its unique_violation and foreign_key_violation.
_SQLSTATES_OVERTAKEN = {"23505", "23503"}
_SQLITE_OVERTAKEN = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
}


def is_unwritable(error: Exception) -> bool:
    """Return whether the database can only be read: a full or a read-only disk."""
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", 0) & _KIND
    state = getattr(cause, "sqlstate", None)
    return code in _SQLITE_UNWRITABLE or state in _SQLSTATES_UNWRITABLE


def is_overtaken(error: exc.IntegrityError) -> bool:
    """Return whether somebody else has meanwhile added the same, or taken its place.

    Any other broken constraint is a mistake of ours.
    """
    cause = error.orig
    code = getattr(cause, "sqlite_errorcode", None)
    state = getattr(cause, "sqlstate", None)
    return code in _SQLITE_OVERTAKEN or state in _SQLSTATES_OVERTAKEN


def name_cause(error: Exception) -> str:
    """Return the driver's words, without the statement.

    Only the first line: PostgreSQL quotes rows in those that follow.
    """
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    return str(cause).partition("\n")[0]
