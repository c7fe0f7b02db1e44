"""What a page can do with comments, the command can do."""

import pytest

from moderation.cli.database import open_database
from moderation.domain.statuses import Action
from moderation.services.access import OPERATOR, PROGRAM_ID, Actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import decide_comments
from moderation.services.submissions import submit_comment
from tests.cli.running import Run
from tests.factories import make_moderator

ADDED = ("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


@pytest.fixture
def filled(run: Run, data_dir: object) -> None:
    del data_dir
    run(*ADDED)
    bodies = ("Rain in the\ngarden.", "Snow on the roof.")
    with open_database() as database, database.write() as session:
        for number, body in enumerate(bodies):
            draft = prepare_draft(
                thread="post-1", name="Ada", email=f"a{number}@example.org", body=body
            )
            submit_comment(session, "blog", draft, Arrival())


@pytest.mark.parametrize(
    ("options", "found"),
    [
        # The newest first.
        ((), ["2", "1"]),
        (("--text", "rain"), ["1"]),
        (("--text", "-rain the"), ["2"]),
        (("--site", "blog", "--status", "held"), ["2", "1"]),
        (("--status", "spam"), []),
        (("--from", "a1@example.org"), ["2"]),
        (("--limit", "1"), ["2"]),
        (("--since", "2099-01-01"), []),
    ],
)
@pytest.mark.usefixtures("filled")
def test_comments_are_found(
    run: Run, options: tuple[str, ...], found: list[str]
) -> None:
    listed = run("comment", "list", *options)

    assert listed.status == 0
    assert [line.split("\t")[0] for line in listed.out] == found


@pytest.mark.usefixtures("filled")
def test_a_comment_is_one_line_in_a_list_and_whole_by_itself(run: Run) -> None:
    [line] = run("comment", "list", "--text", "garden").out
    shown = run("comment", "show", "1").out

    assert line.endswith("\tAda\tRain in the garden.")
    assert shown[0] == line
    assert "email\ta0@example.org" in shown
    assert any(part.startswith("decision\theld\t") for part in shown)
    assert shown[-2:] == ["Rain in the", "garden."]


@pytest.mark.usefixtures("filled")
def test_what_a_program_decided_is_told_under_its_name(run: Run) -> None:
    bot = Actor(moderator_id=PROGRAM_ID, email="", roles=OPERATOR.roles, agent="A bot")
    with open_database() as database, database.write() as session:
        decide_comments(session, bot, {1: 1}, Action.APPROVE, why="Fine.")

    shown = run("comment", "show", "1").out

    (line,) = [line for line in shown if line.startswith("decision\tapproved")]
    assert line.endswith("\tA bot\tFine.")


@pytest.mark.usefixtures("filled")
def test_a_moderator_decides_by_command(run: Run) -> None:
    with open_database() as database, database.write() as session:
        make_moderator(session)

    done = run("comment", "decide", "1", "spam", "--as", "alice@example.org")
    again = run("comment", "decide", "1", "spam", "--as", "alice@example.org")
    nobody = run("comment", "decide", "2", "spam", "--as", "bo@example.org")
    shown = run("comment", "show", "1").out

    assert (done.status, done.out) == (0, ["1\tspam"])
    assert (again.status, len(again.err)) == (1, 1)
    assert "changes nothing" in again.err[0]
    assert (nobody.status, len(nobody.err)) == (1, 1)
    assert any("\talice@example.org\t" in part for part in shown)


@pytest.mark.usefixtures("filled")
def test_a_moderator_notes_replies_and_takes_back_by_command(run: Run) -> None:
    with open_database() as database, database.write() as session:
        make_moderator(session)
    acting = ("--as", "alice@example.org")

    noted = run("comment", "note", "1", "-", *acting, given=b"A regular.\n")
    again = run("comment", "note", "1", "Not so regular.", *acting)
    replied = run("comment", "reply", "1", "So it is.", "--name", "Alice", *acting)
    shown = run("comment", "show", "1").out
    undone = run("comment", "undo", "1", *acting)
    emptied = run("comment", "note", "1", "", *acting)
    after = run("comment", "show", "1").out

    assert [noted.out, again.out] == [["1\tnoted"]] * 2
    assert replied.out == ["1\tapproved", "3\tapproved"]
    assert "note\tNot so regular." in shown
    assert undone.out == ["1\theld"]
    assert emptied.out == ["1\tno note"]
    assert "note\tNot so regular." not in after


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        # Nothing to take back: it has just arrived.
        (("undo", "1"), "no decision to take back"),
        # Nobody has signed a reply before.
        (("reply", "1", "So it is."), "--name"),
        (("reply", "1", "", "--name", "Alice"), "Give a text"),
        (("note", "1", "x" * 4_001), "Use up to 4,000 characters"),
        (("note", "1", "\x1b[2J"), "no control characters"),
        (("note", "99", "Hi"), "no such comment"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_what_can_not_be_noted_or_taken_back_is_told_in_a_line(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    with open_database() as database, database.write() as session:
        make_moderator(session)

    done = run("comment", *arguments, "--as", "alice@example.org")

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert told in done.err[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--site", "none"),
        ("list", "--since", "yesterday"),
        ("list", "--least", "200"),
        ("show", "99"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_what_can_not_be_found_is_told_in_a_line(
    run: Run, arguments: tuple[str, ...]
) -> None:
    done = run("comment", *arguments)

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
