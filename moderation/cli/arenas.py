"""Owns what the C library does with memory that is free."""

import ctypes

# By default eight for each core: what one thread frees, another can't use, and a server
# of eight threads and a worker kept 30 MB more after the same load.
MOST_ARENAS = 2
# Larger blocks are the system's own again when they are free. By default that ends with
# the first: an import kept 10 MB for good that each count of lessons had taken.
LARGE_BLOCK_BYTES = 128 * 1_024
# glibc's malloc.h: M_ARENA_MAX, M_MMAP_THRESHOLD.
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3


def limit_arenas() -> bool:
    """Let threads share free memory; return whether this C library can be told so.

    For threads that are begun later. musl, macOS and Windows have no such pools.
    """
    return _tell(_ARENA_MAX, MOST_ARENAS)


def give_back_blocks() -> bool:
    """Give large blocks back as soon as they are free; return as `limit_arenas`."""
    return _tell(_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def _tell(option: int, value: int) -> bool:
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(option, value))
