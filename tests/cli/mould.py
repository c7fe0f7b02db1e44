"""Forks processes from one that has imported the command already: the mould.

Importing is most of what they do until they serve. Whatever else they are is theirs
alone: their settings, folder, threads, signals, and how they are killed. Those that
are about the start itself begin from nothing (test_serve.py, test_demo.py).
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
MOST_BYTES = 65_536
# What these modules import is all that a server or a worker does.
IMPORTED = (
    "moderation.__main__",
    "moderation.app",
    "moderation.cli.serve",
    "moderation.cli.worker",
    "moderation.storage.migrations",
    "psycopg",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql",
)


@dataclass(kw_only=True)
class Forked:
    """A process of the mould's: of `subprocess.Popen` what tests make use of."""

    pid: int
    stdout: IO[str]
    mould: "Mould"
    returncode: int | None = None

    def send_signal(self, number: int) -> None:
        # Until it was waited for, its number is nobody else's.
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status.

        :raises subprocess.TimeoutExpired: if the process has not ended in time.
        """
        if self.returncode is None:
            descriptor = os.pidfd_open(self.pid)
            is_over, _, _ = select.select([descriptor], [], [], timeout)
            os.close(descriptor)
            if not is_over:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = self.mould.ask({"pid": self.pid})
        return self.returncode


@dataclass(frozen=True, kw_only=True)
class Mould:
    """What processes are forked from; `line` leads to it."""

    line: socket.socket
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self,
        module: str,
        *arguments: str,
        cwd: Path,
        settings: Mapping[str, str],
        stderr: int | None = None,
    ) -> Forked:
        """Run a module's `main` in a process of its own."""
        out, written = os.pipe()
        wish = {
            "module": module,
            "arguments": arguments,
            "cwd": str(cwd),
            "environment": {**os.environ, **settings},
        }
        pid = self.ask(wish, written, 2 if stderr is None else stderr)
        os.close(written)
        return Forked(pid=pid, stdout=os.fdopen(out, encoding="utf-8"), mould=self)

    def ask(self, wish: Mapping[str, Any], *descriptors: int) -> int:
        """Return the mould's answer, which is a number."""
        with self.lock:
            socket.send_fds(self.line, [json.dumps(wish).encode()], descriptors)
            return int(self.line.recv(MOST_BYTES))


@contextmanager
def open_mould() -> Iterator[Mould]:
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.mould", str(its.fileno())],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        pass_fds=[its.fileno()],
        stdin=subprocess.DEVNULL,
    )
    its.close()
    with ours:
        yield Mould(line=ours)
    process.wait()


def serve(line: socket.socket) -> None:
    """Fork, and tell how what was forked has ended, until nobody asks any more."""
    while True:
        text, descriptors, _, _ = socket.recv_fds(line, MOST_BYTES, 2)
        if not text:
            return
        wish = json.loads(text)
        if "pid" in wish:
            _, status = os.waitpid(wish["pid"], 0)
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        if not pid:
            line.close()
            become(wish, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        line.send(str(pid).encode())


def become(wish: Mapping[str, Any], stdout: int, stderr: int) -> None:
    """Be the process that is wished for, to its end."""
    for descriptor, place in ((stdout, 1), (stderr, 2)):
        os.dup2(descriptor, place)
        os.close(descriptor)
    os.chdir(wish["cwd"])
    os.environ.clear()
    os.environ.update(wish["environment"])
    sys.argv = [wish["module"], *wish["arguments"]]
    importlib.import_module(wish["module"]).main()
    sys.exit()


def main() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as line:
        serve(line)


if __name__ == "__main__":
    main()
