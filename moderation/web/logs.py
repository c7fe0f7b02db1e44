"""Owns where logs go, what their lines look like, and what never stands in them."""

import logging
import re
import select
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import structlog

from moderation.config import Settings

# Of the way through libraries only the last steps are told.
MOST_FOREIGN = 3
MOST_OWN = 12
OWN = Path(__file__).parents[1]
FOLDERS_SHOWN = 3
MOST_CAUSES = 5
# For so long one who is slow to read the log is waited for, once.
PATIENCE_MILLISECONDS = 50
# A pipe that has any room takes so many bytes at once (PIPE_BUF).
LONGEST_LINE = 4_000
# What ends a line or moves about on a terminal: mail servers and classifiers choose
# words that get into the log (ASVS 16.4.1). JSON has written them out already.
_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)

log = structlog.get_logger(__name__)


class StderrLogger:
    """Writes each line to stderr, whatever became of it.

    A request must not fail because nobody reads the log, or its disk is full; nor wait
    for who holds a pipe open and does not read it: what finds no room there is lost,
    and how many lines were is told when there is room again.
    """

    def __init__(self) -> None:
        # One line at a time: the room that was found must not be taken by another.
        self._lock = threading.RLock()
        self._lost = 0

    def write_line(self, line: str) -> None:
        """Write a line if that is possible."""
        # None if the process was started with it closed; ValueError if closed since.
        if sys.stderr is None:
            return
        with self._lock, suppress(OSError, ValueError):
            if self._lost and _has_room(sys.stderr, 0):
                lost, self._lost = self._lost, 0
                log.warning("lines were lost: nobody read the log", number=lost)
            if not _has_room(sys.stderr, 0 if self._lost else PATIENCE_MILLISECONDS):
                self._lost += 1
                return
            line = _CONTROL.sub(_name_character, line)
            sys.stderr.write(f"{_cut(line, sys.stderr.encoding or 'utf-8')}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = write_line


class LibraryHandler(logging.Handler):
    """Tells in our log what libraries complain of by Python's `logging`.

    Only the words they always use: what they fill in may be a path with a secret in
    it, or what somebody wrote.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record, its arguments left out."""
        structlog.get_logger(record.name).log(
            record.levelno,
            "library complains",
            library=record.name,
            what=str(record.msg) if record.args else describe_origin(record),
            exc_info=record.exc_info,
        )


def _has_room(stream: TextIO, milliseconds: int) -> bool:
    """Return whether a line can be written without waiting for who reads.

    What has no descriptor, or one that is closed or broken, says so when written to.
    """
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(milliseconds))


def _cut(line: str, encoding: str) -> str:
    """Return as much of a line as is written with LONGEST_LINE bytes."""
    written = line.encode(encoding, "backslashreplace")
    return written[:LONGEST_LINE].decode(encoding, "ignore")


def _name_character(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def describe_origin(record: logging.LogRecord) -> str:
    """Return where a record was made: its text may have values in it already."""
    return f"{record.module}.{record.funcName}:{record.lineno}"


def set_up_logs(settings: Settings) -> None:
    """Send logs to stderr, readable or as JSON lines."""
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    logger = StderrLogger()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            describe_exception,
            last,
        ],
        logger_factory=lambda *_: logger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(found, LibraryHandler) for found in root.handlers):
        root.addHandler(LibraryHandler(logging.WARNING))


def describe_exception(
    _: object, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Put the type and the way of an exception in place of all it could say.

    Its message may quote what somebody wrote, a row of the database or a secret.
    """
    error = _find_exception(event.pop("exc_info", None))
    if error is not None:
        event["error"] = " < ".join(
            type(found).__name__ for found in _list_causes(error)
        )
        event["frames"] = " > ".join(_list_frames(error))
    return event


def _find_exception(given: Any) -> BaseException | None:  # noqa: ANN401 as logging has it
    """Return the exception that `exc_info` stands for, in each of its forms."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        found: BaseException | None = given[1]
        return found
    return sys.exc_info()[1] if given else None


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, what it was raised from, and so on."""
    found: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _list_frames(error: BaseException) -> Iterator[str]:
    """Yield steps of the way to where it was raised, no values among them."""
    way = traceback.extract_tb(error.__traceback__)
    ours = [f for f in way[:-MOST_FOREIGN] if OWN in Path(f.filename).parents]
    for frame in (*ours[-MOST_OWN:], *way[-MOST_FOREIGN:]):
        place = "/".join(Path(frame.filename).parts[-FOLDERS_SHOWN:])
        yield f"{place}:{frame.lineno} {frame.name}"
