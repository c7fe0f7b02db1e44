import multiprocessing
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderation.cli.preparing import PreparingError, prepare_beside
from moderation.domain.statuses import Status
from moderation.formats.records import ImportedComment
from moderation.services.imports.preparing import Preparer, Task, prepare_here
from moderation.services.imports.spool import Spool
from moderation.spam.learning import Label
from tests.waiting import wait_until

# Says who prepares for it, and then waits for something else for good.
PROGRAM = """
import multiprocessing, time
from tests.cli.test_preparing import list_batches, make_preparer, prepare_beside

ready = prepare_beside(make_preparer(), list_batches(9))
next(ready)
print(multiprocessing.active_children()[0].pid, flush=True)
time.sleep(600)
"""
ROOT = Path(__file__).parents[2]


def make_preparer() -> Preparer:
    return Preparer(now=datetime(2024, 1, 1, tzinfo=UTC), own_hosts=[], labelled=99)


def list_batches(count: int) -> Iterator[Sequence[Task]]:
    comments = [
        ImportedComment(
            place="", id=str(n), thread="1", body=f"Comment {n}", status=Status.APPROVED
        )
        for n in range(count * 3)
    ]
    with closing(Spool()) as spool:
        spool.fill(comments)
        for some in spool.read_comments(length=3):
            yield [Task(one.data, Label.HAM) for one in some]


def test_batches_come_in_their_order_as_if_prepared_here() -> None:
    beside = list(prepare_beside(make_preparer(), list_batches(9)))

    assert beside == list(prepare_here(make_preparer(), list_batches(9)))
    assert multiprocessing.active_children() == []


def test_what_breaks_there_is_raised_here() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        list(prepare_beside(make_preparer(), [[Task("no JSON")]]))


def test_that_who_prepares_was_killed_is_told() -> None:
    ready = prepare_beside(make_preparer(), list_batches(20))
    next(ready)

    [process] = multiprocessing.active_children()
    process.kill()

    with pytest.raises(PreparingError, match="start the import again"):
        list(ready)


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's list of processes")
def test_who_prepares_ends_with_who_asked_for_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())

        process.kill()

    # With its 100 MB it would wait for the next batch for good.
    assert wait_until(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    """Return whether a process is there and has not ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"
