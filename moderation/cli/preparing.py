"""Owns the process in which a large import renders and reads its comments."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from moderation.services.imports.preparing import Prepared, Task, prepare_all

# One keeps ahead of what stores, which takes twice as long; each takes 100 MB.
PROCESSES = 1
# Batches prepared ahead of what is stored; they are what takes memory.
MOST_AHEAD = 2


def prepare_beside(tasks: Iterable[Sequence[Task]]) -> Iterator[list[Prepared]]:
    """Prepare batches in another process, and yield them in their order."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        ahead: deque[Future[list[Prepared]]] = deque()
        for some in tasks:
            ahead.append(pool.submit(prepare_all, some))
            if len(ahead) >= MOST_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
