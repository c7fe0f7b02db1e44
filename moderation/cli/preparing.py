"""Owns the process in which a large import renders and reads its comments."""

import gc
import pickle
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import (  # noqa: TC003 a type checker is not told twice
    ForkContext,
    SpawnContext,
)
from queue import SimpleQueue as Queue

from moderation.cli.arenas import give_back_blocks, limit_arenas
from moderation.domain.errors import ModerationError
from moderation.services.imports.preparing import Prepared, Preparer, Task

# Batches prepared ahead of what is stored, while lessons are counted; they take memory.
MOST_AHEAD = 4
# A batch leaves as many objects as by default are looked through 200 times for circles,
# of which there are hardly any.
OBJECTS_BETWEEN_COLLECTIONS = 100_000

# In place of an answer, none of which is empty: there comes no more.
ENDED = b""

Answer = list[Prepared] | Exception


class PreparingError(ModerationError):
    """The process that prepares comments is gone."""

    def __init__(self) -> None:
        super().__init__(
            "The process that reads the comments was ended, perhaps for want of memory."
            " What was stored stays; start the import again, it goes on from there."
        )


def prepare_beside(
    preparer: Preparer, tasks: Iterable[Sequence[Task]]
) -> Iterator[list[Prepared]]:
    """Prepare batches in another process, and yield them in their order.

    :raises PreparingError: if that process is killed.
    """
    limit_arenas()
    give_back_blocks()
    with _collecting_seldom(), _working(preparer) as pipe:
        questions: Queue[Sequence[Task]] = Queue()
        answers: Queue[bytes] = Queue()
        # What is put into the pipe waits until it is taken out: not so who stores.
        for doing in (partial(_ask, pipe, questions), partial(_hear, pipe, answers)):
            threading.Thread(target=doing, daemon=True).start()
        ahead = 0
        for some in tasks:
            questions.put(some)
            ahead += 1
            if ahead >= MOST_AHEAD:
                yield _take(answers)
                ahead -= 1
        for _ in range(ahead):
            yield _take(answers)


@contextmanager
def _working(preparer: Preparer) -> Iterator[Connection]:
    """Yield the pipe to a process that prepares until the block ends."""
    # What was imported so far, most of the memory, is then shared by both. To fork is
    # safe only while there is no other thread, and on Linux.
    is_alone = sys.platform == "linux" and threading.active_count() == 1
    context: ForkContext | SpawnContext
    context = get_context("fork") if is_alone else get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_work, args=(preparer, theirs, ours if is_alone else None), daemon=True
    )
    with closing(ours):
        process.start()
        theirs.close()
        try:
            yield ours
        finally:
            process.terminate()
            process.join()


def _work(preparer: Preparer, pipe: Connection, other: Connection | None) -> None:
    """Answer batches until there is nobody any more who sends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    if other is not None:
        # While it is held open here, too, its end is never heard of.
        other.close()
    answer: Answer
    try:
        while True:
            try:
                answer = preparer.prepare_all(pipe.recv())
            except EOFError:
                return
            except Exception as error:  # noqa: BLE001 it is raised where it is waited for
                answer = error
            pipe.send(answer)
    except OSError:
        return


def _ask(pipe: Connection, questions: "Queue[Sequence[Task]]") -> None:
    # That nobody listens any more is heard by who waits for an answer.
    with suppress(OSError):
        while True:
            pipe.send(questions.get())


def _hear(pipe: Connection, answers: "Queue[bytes]") -> None:
    # Unpacked when they are wanted: they take five times as much memory then.
    try:
        while True:
            answers.put(pipe.recv_bytes())
    except (EOFError, OSError):
        answers.put(ENDED)


def _take(answers: "Queue[bytes]") -> list[Prepared]:
    packed = answers.get()
    if not packed:
        raise PreparingError
    answer: Answer = pickle.loads(packed)  # noqa: S301 from our own process
    if isinstance(answer, Exception):
        raise answer
    return answer


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for objects in circles seldom, and leave out those there are."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
