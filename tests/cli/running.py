"""Owns what running the command gives: in this process, or as a server of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The exit status, and the lines written to stdout and to stderr."""

    status: int
    out: list[str]
    err: list[str]


class Run(Protocol):
    """Runs the command with arguments; `given` is its standard input."""

    def __call__(self, *arguments: str, given: bytes = b"") -> Outcome: ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """A server that runs by itself, and what it wrote before it took requests."""

    process: subprocess.Popen[str]
    port: int
    greeting: str

    def stop(self, number: int) -> int:
        """Send a signal, and return the exit status once the server has ended."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def start_service(
    *arguments: str, cwd: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Run a command that serves, from its first to its last line of output."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moderation", *arguments],
        cwd=cwd,
        env={
            **os.environ,
            "MODERATION_DATA_DIR": str(cwd / "data"),
            "PYTHONUNBUFFERED": "1",
            **(settings or {}),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        greeting = ""
        while "http://" not in greeting:
            line = process.stdout.readline()
            assert line, f"The server ended with status {process.wait()}."
            greeting += line
        address = greeting.split("http://")[1].split("/")[0]
        port = int(address.split(":")[1])
        yield Service(process=process, port=port, greeting=greeting)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
