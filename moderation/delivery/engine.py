"""Owns the engine of the queue: Huey, on SQLite, PostgreSQL or Redis."""

import logging
import time
from typing import Any
from urllib.parse import urlsplit

import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer as HueyConsumer
from huey.serializer import SignedSerializer

from moderation.config import Settings, make_data_dir

NAME = "moderation"
FILE = "queue.sqlite3"
# A Redis that hangs must not hold up who posts.
TIMEOUT_SECONDS = 2
QUIET_SECONDS = 60.0

log = structlog.get_logger(__name__)


class Consumer(HueyConsumer):  # type: ignore[misc] # Huey has no types
    """A consumer that leaves signals to whoever started it."""

    def _set_signal_handlers(self) -> None:
        pass


class TroubleHandler(logging.Handler):
    """Tells what Huey complains of in our log, once a minute.

    Each of its threads does so twice a second while a Redis is away.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._quiet_until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record's message and what caused it, without a traceback."""
        if time.monotonic() < self._quiet_until:
            return
        self._quiet_until = time.monotonic() + QUIET_SECONDS
        cause = record.exc_info[1] if record.exc_info else None
        log.error("queue in trouble", what=record.getMessage(), cause=str(cause or ""))


def redirect_complaints() -> None:
    """Send what Huey logs where our own log goes."""
    logger = logging.getLogger("huey")
    logger.propagate = False
    logger.handlers = [TroubleHandler()]


def make_huey(settings: Settings) -> Huey:
    """Return the queue of the settings.

    What is in it is signed: Huey unpickles it, and who can write to a Redis must not
    thereby run code here.
    """
    options: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=settings.secret_key),
    }
    if not settings.queue_url:
        # It is not there yet where the database and the secret key are elsewhere.
        make_data_dir(settings.data_dir)
    url = settings.queue_url or f"sqlite:///{settings.data_dir / FILE}"
    match urlsplit(url).scheme:
        case "sqlite":
            path = url.removeprefix("sqlite:///")
            return SqliteHuey(NAME, filename=path, fsync=False, **options)
        case "postgresql":
            return PostgresHuey(NAME, dsn=url, **options)
        case _:
            return RedisHuey(NAME, connection_pool=_make_pool(url), **options)


def _make_pool(url: str) -> Any:  # noqa: ANN401 redis is an extra
    from redis import ConnectionPool  # noqa: PLC0415

    return ConnectionPool.from_url(
        url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    )
