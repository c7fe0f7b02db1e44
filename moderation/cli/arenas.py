"""Owns how many pools the C library keeps its free memory in."""

import ctypes

# By default eight for each core: what one thread frees, another can't use, and a server
# of eight threads and a worker kept 30 MB more after the same load.
MOST_ARENAS = 2
# glibc's malloc.h: M_ARENA_MAX.
_ARENA_MAX = -8


def limit_arenas() -> bool:
    """Let threads share free memory; return whether this C library can be told so.

    For threads that are begun later. musl, macOS and Windows have no such pools.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_ARENA_MAX, MOST_ARENAS))
