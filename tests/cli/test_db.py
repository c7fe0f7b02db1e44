import shutil
from pathlib import Path

import pytest

from moderation.storage.migrations import find_head
from tests.cli.running import Run


@pytest.mark.sqlite(reason="begins without a database; see the unit tests")
def test_the_database_goes_up_and_down(run: Run, data_dir: Path) -> None:
    shutil.rmtree(data_dir)
    head = find_head()

    assert run("db", "current").out == [f"empty (this version needs {head})"]
    assert run("db", "upgrade").out == [head]
    assert run("db", "current").out == [head]
    assert run("db", "downgrade", "base").out == [f"empty (this version needs {head})"]
    assert (data_dir / "moderation.sqlite3").exists()


def test_an_unknown_revision_is_refused(run: Run) -> None:
    up, down = run("db", "upgrade", "zz"), run("db", "downgrade", "zz")

    assert (up.status, len(up.err)) == (1, 1)
    assert (down.status, len(down.err)) == (1, 1)
    assert "zz" in up.err[0]
