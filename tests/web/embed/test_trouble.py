from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from moderation.storage.models import Thread
from moderation.storage.session import Database
from tests.web.embed.posts import (
    PAGE,
    fetch_token,
    find_comments,
    find_value,
    make_fields,
    post_form,
    post_json,
)

pytestmark = pytest.mark.sqlite(reason="makes trouble by SQLite's pragmas")
Trouble = Callable[[], AbstractContextManager[None]]

LONG = "It takes more than a page of the database. " * 1_000


@pytest.fixture(
    params=[
        # No page can be added to the file: what SQLite says when the disk is full.
        ("PRAGMA max_page_count = 1", 507),
        # The disk was mounted anew, to be read only.
        ("PRAGMA query_only = ON", 507),
        # Another process does not let go of the database.
        ("PRAGMA busy_timeout = 0", 503),
    ],
    ids=["full", "read-only", "locked"],
)
def case(request: pytest.FixtureRequest) -> tuple[str, int]:
    case: tuple[str, int] = request.param
    return case


@pytest.fixture
def status(case: tuple[str, int]) -> int:
    return case[1]


@pytest.fixture
def trouble(database: Database, case: tuple[str, int]) -> Trouble:
    """Return what keeps the database from being written while its block runs."""

    def set_pragma(connection: Any, _: object) -> None:  # noqa: ANN401
        connection.execute(case[0])

    @contextmanager
    def make_trouble() -> Iterator[None]:
        other = Database(str(database.url))
        database.close()
        event.listen(database.engine, "connect", set_pragma)
        try:
            if case[1] == 503:
                with other.write() as session:
                    session.connection()
                    yield
            else:
                yield
        finally:
            event.remove(database.engine, "connect", set_pragma)
            database.close()
            other.close()

    return make_trouble


def test_a_script_is_told_and_what_was_not_stored_can_be_sent_again(
    client: FlaskClient, session: Session, thread: Thread, trouble: Trouble, status: int
) -> None:
    del thread
    fields = make_fields(token=fetch_token(client), comment=LONG)

    with trouble():
        refused = post_json(client, fields)
    again = post_json(client, fields)

    assert refused.status_code == status
    assert refused.mimetype == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert "Nothing was saved" in refused.text
    assert again.status_code == 201
    assert len(find_comments(session)) == 1


def test_a_visitor_is_told_and_keeps_what_was_written(
    client: FlaskClient, session: Session, thread: Thread, trouble: Trouble, status: int
) -> None:
    del thread
    fields = make_fields(token=fetch_token(client, PAGE), comment=LONG, remark="")

    with trouble():
        refused = post_form(client, fields)
        reading = client.get(PAGE)
    token = find_value(refused.text, "token")
    again = post_form(client, {**fields, "token": token})

    assert refused.status_code == status
    assert int(refused.headers["Retry-After"]) > 0
    assert LONG.strip() in refused.text
    assert "Nothing was saved" in refused.text
    assert reading.status_code == 200
    assert again.status_code == 303
    assert len(find_comments(session)) == 1


def test_the_log_tells_the_trouble_in_one_line_and_nothing_of_the_comment(
    client: FlaskClient,
    thread: Thread,
    trouble: Trouble,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del thread
    token = fetch_token(client)

    with trouble():
        post_json(client, make_fields(token=token, comment=LONG))

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "database unavailable" in lines[0]
    assert "endpoint=embed.post_comment" in lines[0]
    assert "secret" not in lines[0]
    assert "takes" not in lines[0]
