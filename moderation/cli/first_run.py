"""Owns what `moderation serve` says while nobody can log in yet."""

from moderation.config import Settings
from moderation.services.setups import keep_setup_code, needs_setup
from moderation.storage.session import Database

SETUP_PATH = "/login/setup"


def describe_first_run(settings: Settings) -> str:
    """Return where to set the service up and the code for it; "" once it is done.

    :raises OSError: if the code can't be kept in the data directory.
    """
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            if not needs_setup(session):
                return ""
    finally:
        database.close()
    return (
        f"Nobody can log in yet. Open {settings.base_url}{SETUP_PATH} and give this "
        f"set-up code: {keep_setup_code(settings.data_dir)}"
    )
