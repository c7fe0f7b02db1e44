"""How workers are told of work, and how often."""

from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest

from moderation.config import Settings
from moderation.delivery.queue import PAUSE_SECONDS, Queue, Turn

KINDS = {"letters": lambda: None, "parcels": lambda: None}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url="sqlite://", secret_key="k" * 48)


@pytest.mark.parametrize(
    ("moments", "found"),
    [
        # Who comes alone is looked after at once.
        ([0.0], [0.0]),
        ([0.0, 1.5, 3.0], [0.0, 0.0, 0.0]),
        # The second may come too late for the first look, so there is another.
        ([0.0, 0.2], [0.0, PAUSE_SECONDS]),
        # Those that come before it need none of their own.
        ([0.0, 0.2, 0.3, 1.1], [0.0, PAUSE_SECONDS, None, None]),
        # It is over at 1.2: whoever comes then may be too late for it.
        ([0.0, 0.2, 1.2, 1.3], [0.0, PAUSE_SECONDS, PAUSE_SECONDS, None]),
        # A pause after the last look, all is as in the beginning.
        ([0.0, 0.2, 2.3], [0.0, PAUSE_SECONDS, 0.0]),
    ],
)
def test_what_comes_all_the_time_is_looked_for_now_and_then(
    moments: list[float], found: list[float | None]
) -> None:
    turn = Turn()

    assert [turn.take(moment) for moment in moments] == found


def test_workers_are_told_once_of_much_that_can_wait(settings: Settings) -> None:
    queue = Queue(settings, KINDS, unhurried={"letters"})

    for _ in range(5):
        assert queue.tell(KINDS)

    huey = queue._open()  # noqa: SLF001 nobody else needs to count
    names = [task.name for task in (*huey.pending(), *huey.scheduled())]
    queue.close()
    assert (names.count("letters"), names.count("parcels")) == (2, 5)


def test_the_folder_of_the_queue_is_made(settings: Settings) -> None:
    folder = settings.data_dir / "not" / "there"
    queue = Queue(replace(settings, data_dir=folder), KINDS)

    is_told = queue.tell(["letters"])

    queue.close()
    assert is_told
    assert S_IMODE(folder.stat().st_mode) == 0o700
