import json
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.storage.models import Comment
from moderation.storage.session import Database
from tests.cli.running import Run
from tests.factories import make_comment, make_site, make_thread

EMAIL = "quillon@wobblemail.example"


@pytest.fixture
def kept(run: Run, kept_url: str) -> Database:
    run("db", "upgrade")
    database = Database(kept_url)
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        make_comment(session, thread, name="Quillon", email=EMAIL)
        make_comment(session, thread, body="I stay here.", email="b@c.example")
    return database


@pytest.mark.sqlite(reason="reads the file's bytes")
def test_erasing_leaves_nothing_in_the_files(
    run: Run, kept: Database, data_dir: Path
) -> None:
    kept.close()

    done = run("erase", EMAIL, "--yes")

    files = b"".join(path.read_bytes() for path in data_dir.glob("*sqlite3*"))
    assert done.status == 0
    assert done.out[0] == "Erased: 1 comment deleted, 0 other traces removed."
    assert b"I stay here." in files
    assert b"quillon" not in files.lower()


def test_erasing_asks_first_and_does_nothing_on_no(run: Run, kept: Database) -> None:
    answer = run("erase", EMAIL, given=b"n\n")

    assert answer.status == 1
    assert "Erase 1 comment of" in answer.err[0]
    with kept.read() as session:
        assert len(session.scalars(select(Comment)).all()) == 2
    kept.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        # A slip of the pen must not look like success.
        (["nobody", "--yes"], "whole e-mail address"),
        ([EMAIL, "--yes", "--site", "none"], "no such site"),
    ],
)
def test_what_can_not_be_erased_is_refused(
    run: Run, kept: Database, arguments: list[str], message: str
) -> None:
    kept.close()

    answer = run("erase", *arguments)

    assert answer.status == 1
    assert message in answer.err[-1]


def test_a_person_is_told_all_as_json(run: Run, kept: Database) -> None:
    kept.close()

    answer = run("person", EMAIL)

    told = json.loads("\n".join(answer.out))
    assert [comment["name"] for comment in told["comments"]] == ["Quillon"]
    assert told["comments"][0]["text"] == "What you wrote helped me."
