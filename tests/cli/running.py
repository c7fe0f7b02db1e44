"""Owns what running the command gives: in this process, or as a server of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

STOP_SECONDS = 20
COMMAND = "moderation.__main__"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The exit status, and the lines written to stdout and to stderr."""

    status: int
    out: list[str]
    err: list[str]


class Run(Protocol):
    """Runs the command with arguments; `given` is its standard input."""

    def __call__(self, *arguments: str, given: bytes = b"") -> Outcome: ...


class Process(Protocol):
    """What tests make use of in a process: `subprocess.Popen` has it."""

    pid: int

    @property
    def stdout(self) -> IO[str] | None: ...

    def send_signal(self, number: int, /) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


class Start(Protocol):
    """Runs a module in a process of its own, with settings beside those of this one."""

    def __call__(
        self,
        module: str,
        *arguments: str,
        cwd: Path,
        settings: Mapping[str, str],
        stderr: int | None = None,
    ) -> Process: ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """A server that runs by itself, and what it wrote before it took requests."""

    process: Process
    port: int
    greeting: str

    def stop(self, number: int) -> int:
        """Send a signal, and return the exit status once the server has ended."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def start_anew(
    module: str,
    *arguments: str,
    cwd: Path,
    settings: Mapping[str, str],
    stderr: int | None = None,
) -> Process:
    """Start Python for a process, as those who run the command do."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


@contextmanager
def start_service(
    *arguments: str,
    cwd: Path,
    settings: Mapping[str, str] | None = None,
    start: Start = start_anew,
) -> Iterator[Service]:
    """Run a command that serves, from its first to its last line of output."""
    settings = {"MODERATION_DATA_DIR": str(cwd / "data"), **(settings or {})}
    process = start(COMMAND, *arguments, cwd=cwd, settings=settings)
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
