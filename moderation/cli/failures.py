"""Owns which errors of the service are expected, and the lines they become."""

from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from moderation.config import SettingsError
from moderation.domain.errors import ModerationError
from moderation.storage.backup import BackupError
from moderation.storage.copying import CopyError
from moderation.storage.migrations import SchemaError
from moderation.storage.session import DatabaseURLError
from moderation.storage.upkeep import BusyError, ReadOnlyError

# Their messages are written for whoever runs the command.
TOLD_AS_THEY_ARE = (
    ModerationError,
    SchemaError,
    SettingsError,
    DatabaseURLError,
    BackupError,
    BusyError,
    ReadOnlyError,
    CopyError,
)
# What each missing driver is installed with.
EXTRAS = {"psycopg": "postgres", "psycopg2": "postgres"}


def describe_failure(error: Exception) -> str | None:
    """Return what to tell the user, a line per problem; None if it is a bug of ours."""
    if isinstance(error, TOLD_AS_THEY_ARE):
        return str(error)
    match error:
        case NoSuchModuleError():
            return (
                "MODERATION_DATABASE_URL names a kind of database that is not "
                "supported; give one that begins with sqlite:/// or postgresql://"
            )
        case DBAPIError():
            return _describe_database_error(error)
        case ModuleNotFoundError():
            return _describe_missing(error)
        case OSError():
            return _describe_system_error(error)
        case _:
            return None


def _describe_database_error(error: DBAPIError) -> str:
    """Return the driver's own words: SQLAlchemy's would quote the statement too."""
    words = " ".join(str(error.orig).split()) or type(error.orig).__name__
    return (
        f"the database can't be used ({words}); check MODERATION_DATABASE_URL, that "
        "it runs, that this user may write there and that the disk has room"
    )


def _describe_system_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _describe_missing(error: ModuleNotFoundError) -> str:
    if error.name in EXTRAS:
        return (
            f"{error.name} is missing; run where constraints.txt is: python -m pip "
            f"install -c constraints.txt '.[{EXTRAS[error.name]}]'"
        )
    return (
        f"{error.name} is missing; install it if a setting asks for it, "
        "or else install leave-a-reply again"
    )
