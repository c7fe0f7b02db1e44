import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from moderation.cli.database import open_database
from moderation.services.account_events import note_event
from moderation.storage.models import AccountEventKind, Moderator
from tests.cli.running import Run

PASSWORD = "seven crows on a fence"


def read_hash(email: str) -> str:
    with open_database() as database, database.read() as session:
        found = session.scalar(
            select(Moderator.password).where(Moderator.email == email)
        )
    assert found is not None
    return found


def test_a_moderator_is_added_with_the_password_given(run: Run) -> None:
    done = run(
        "moderator",
        "add",
        "Alice@Example.org",
        "--password-stdin",
        given=f"{PASSWORD}\nnot this\n".encode(),
    )

    assert (done.status, done.err) == (0, [])
    assert done.out == ["alice@example.org\tmoderator of all sites"]
    kept = read_hash("alice@example.org")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(kept, PASSWORD)


def test_a_second_time_gives_a_new_password_and_role(run: Run) -> None:
    run("site", "add", "blog", "--name", "B", "--origin", "https://blog.example")
    address = ("moderator", "add", "alice@example.org", "--password-stdin")
    run(*address, given=PASSWORD.encode())

    done = run(
        *address, "--site", "blog", "--role", "owner", given=b"another long password"
    )

    line = "alice@example.org\tmoderator of all sites\towner of blog"
    assert done.out == [line]
    assert run("moderator", "list").out == [line]
    kept = read_hash("alice@example.org")
    assert PasswordHasher().verify(kept, "another long password")


@pytest.mark.parametrize(
    ("arguments", "given", "status", "words"),
    [
        # Nobody to ask.
        (["a@example.org"], b"", 2, "--password-stdin"),
        (["a@example.org", "--password-stdin"], b"", 2, "one line"),
        (["a@example.org", "--password-stdin"], b"\xff\xfe\n", 2, "UTF-8"),
        # The rules of the login pages hold here too.
        (["a@example.org", "--password-stdin"], b"short\n", 1, "characters"),
        (["nobody", "--password-stdin"], PASSWORD.encode(), 1, "email"),
        (
            ["a@example.org", "--site", "x", "--password-stdin"],
            PASSWORD.encode(),
            1,
            "no such site",
        ),
    ],
)
def test_what_can_not_be_taken_adds_nobody(
    run: Run, arguments: list[str], given: bytes, status: int, words: str
) -> None:
    done = run("moderator", "add", *arguments, given=given)

    assert (done.status, done.out, len(done.err)) == (status, [], 1)
    assert re.search(words, done.err[0])
    assert run("moderator", "list").out == []


def add(run: Run, email: str, *options: str) -> None:
    done = run(
        "moderator", "add", email, "--password-stdin", *options, given=PASSWORD.encode()
    )
    assert done.status == 0, done.err


def test_roles_are_changed_and_taken_away(run: Run) -> None:
    add(run, "alice@example.org", "--role", "owner")
    add(run, "bob@example.org")

    changed = run("moderator", "set-role", "bob@example.org", "viewer")
    removed = run("moderator", "remove", "bob@example.org")

    assert changed.out == ["bob@example.org\tviewer of all sites"]
    assert removed.out == ["bob@example.org\tno role"]


def test_the_last_owner_stays(run: Run) -> None:
    add(run, "alice@example.org", "--role", "owner")

    changed = run("moderator", "set-role", "alice@example.org", "viewer")
    removed = run("moderator", "remove", "alice@example.org")

    for refused in (changed, removed):
        assert (refused.status, refused.out, len(refused.err)) == (1, [], 1)
        assert "owner first" in refused.err[0]
    assert run("moderator", "list").out == ["alice@example.org\towner of all sites"]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["invite", "new@example.org", "--role", "viewer"], "/login/invitation/"),
        (["reset-link", "alice@example.org"], "/login/reset/"),
    ],
)
def test_a_link_stands_alone_on_the_last_line(
    run: Run, arguments: list[str], path: str
) -> None:
    add(run, "alice@example.org", "--role", "owner")

    done = run("moderator", *arguments)

    assert (done.status, done.err) == (0, [])
    assert re.fullmatch(rf"http://127\.0\.0\.1:8000{path}[\w-]{{43}}", done.out[-1])


@pytest.mark.parametrize(
    "arguments",
    [
        ["reset-link", "nobody@example.org"],
        ["end-sessions", "nobody@example.org"],
        ["remove-app", "nobody@example.org"],
        ["remove", "nobody@example.org"],
        ["set-role", "nobody@example.org", "owner"],
        ["set-role", "alice@example.org", "owner", "--site", "none"],
        ["invite", "new@example.org", "--site", "none"],
    ],
)
def test_what_is_not_there_is_said_in_a_line(run: Run, arguments: list[str]) -> None:
    add(run, "alice@example.org")

    done = run("moderator", *arguments)

    assert (done.status, done.out, len(done.err)) == (1, [], 1)


def test_sessions_and_apps_are_ended_by_command(run: Run) -> None:
    add(run, "alice@example.org")

    sessions = run("moderator", "end-sessions", "alice@example.org")
    app = run("moderator", "remove-app", "alice@example.org")

    assert (sessions.status, app.status) == (0, 0)


def test_the_logins_of_a_moderator_are_listed(run: Run) -> None:
    run(
        "moderator", "add", "alice@example.org", "--password-stdin",
        given=PASSWORD.encode(),
    )  # fmt: skip
    with open_database() as database, database.write() as session:
        moderator_id = session.scalars(select(Moderator.id)).one()
        kind = AccountEventKind.LOGIN
        source = {"network": "192.0.2.0/24", "user_agent": "Firefox"}
        note_event(session, moderator_id, kind, **source)

    (line,) = run("moderator", "logins", "alice@example.org").out

    assert line.endswith("\tlogin\t192.0.2.0/24")
