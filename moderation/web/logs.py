"""Owns where logs go, and what their lines look like."""

import sys
from contextlib import suppress

import structlog

from moderation.config import Settings


class StderrLogger:
    """Writes each line to stderr, whatever became of it.

    A request must not fail because nobody reads the log, or its disk is full.
    """

    def write_line(self, line: str) -> None:
        """Write a line if that is possible."""
        # None if the process was started with it closed; ValueError if closed since.
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(f"{line}\n")
                sys.stderr.flush()

    debug = info = warning = error = critical = write_line


def set_up_logs(settings: Settings) -> None:
    """Send logs to stderr, readable or as JSON lines."""
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        logger_factory=lambda *_: StderrLogger(),
        cache_logger_on_first_use=False,
    )
