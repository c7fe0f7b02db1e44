from pathlib import Path

import pytest

from tests.cli.running import Run

ORIGIN = "https://blog.example"


@pytest.fixture(autouse=True)
def site(run: Run) -> None:
    run("site", "add", "blog", "--name", "A blog", "--origin", ORIGIN)


@pytest.mark.sqlite(reason="PostgreSQL keeps no file of before")
def test_a_backup_is_made_and_restored(
    run: Run, data_dir: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"

    made = run("backup", str(copy))
    run("site", "add", "second", "--name", "Another", "--origin", ORIGIN)
    refused = run("restore", str(copy))
    restored = run("restore", str(copy), "--force")
    listed = run("site", "list")

    assert (made.status, refused.status, restored.status) == (0, 1, 0)
    assert "secret key" in made.out[-1]
    assert "--force" in refused.err[0]
    assert [line.split("\t")[0] for line in listed.out] == ["blog"]
    assert len(list(data_dir.glob("*.before"))) == 1


def test_a_backup_never_overwrites(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("Mine.")

    answer = run("backup", str(file))

    assert answer.status == 1
    assert "there already" in answer.err[0]
    assert file.read_text() == "Mine."


def test_backups_in_a_directory_are_named_by_time(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "backups"

    answer = run("backup", str(folder), "--keep", "2")

    assert answer.status == 0
    (made,) = folder.iterdir()
    assert made.name.startswith("moderation-2")
