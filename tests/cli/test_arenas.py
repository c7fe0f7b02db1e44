"""Tests of the pools that free memory is kept in."""

import platform
import subprocess
import sys

import pytest

# Each thread holds memory while others take some: one with a pool has its own.
SCRIPT = """
import ctypes, os, threading
from moderation.cli.arenas import limit_arenas
{call}
library, barrier = ctypes.CDLL(None), threading.Barrier(6)
library.malloc.restype = ctypes.c_void_p
def take():
    for _ in range(1_000):
        library.malloc(1_000)
    barrier.wait()
threads = [threading.Thread(target=take) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
library.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, out)
library.fflush(out)
"""


@pytest.mark.parametrize(
    ("call", "is_bounded"), [("limit_arenas()", True), ("", False)]
)
def test_threads_share_few_pools(call: str, *, is_bounded: bool) -> None:
    # What the test looks at is glibc's own.
    assert platform.libc_ver()[0] == "glibc"

    told = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(call=call)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert (told.count("<heap nr=") <= 2) is is_bounded


# A block that was freed has others come from one pool, whose end is still in use.
BLOCKS = """
import ctypes
from pathlib import Path
from moderation.cli.arenas import give_back_blocks
{call}
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
def measure():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096
del (first := [bytearray(1_000_000)])[:]
blocks = [bytearray(300_000) for _ in range(100)]
library.malloc(120_000)
before = measure()
blocks.clear()
print(before - measure())
"""


@pytest.mark.parametrize(
    ("call", "are_given"), [("give_back_blocks()", True), ("", False)]
)
def test_large_blocks_are_given_back(call: str, *, are_given: bool) -> None:
    told = subprocess.run(
        [sys.executable, "-c", BLOCKS.format(call=call)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert (int(told) > 20_000_000) is are_given
