import re

import pytest

from tests.cli.running import Run

SECRET = re.compile(r"lr_[0-9a-f]{48}")


@pytest.fixture(autouse=True)
def site(run: Run) -> None:
    run("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


def test_a_token_is_made_listed_and_revoked(run: Run) -> None:
    added = run("token", "add", "A bot", "--site", "blog", "--scope", "decide")
    listed = run("token", "list")
    revoked = run("token", "revoke", added.out[-1][:11])

    assert SECRET.fullmatch(added.out[-1])
    assert listed.out == added.out[:1]
    assert listed.out[0].split("\t") == [
        added.out[-1][:11], "A bot", "blog", "decide", "no end", "never used",
    ]  # fmt: skip
    assert "revoked 2" in revoked.out[0]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        # A token is for sites that are there.
        (["A bot", "--site", "none"], 1, "no such site"),
        # It says what it is, in a list of several.
        ([" ", "--site", "blog"], 1, "Give a name"),
        # It ends after it began.
        (["A bot", "--site", "blog", "--expires", "0"], 1, "number of days"),
        # It is for something.
        (["A bot"], 2, "--site"),
    ],
)
def test_what_can_be_no_token_is_refused(
    run: Run, arguments: list[str], status: int, message: str
) -> None:
    answer = run("token", "add", *arguments)

    assert answer.status == status
    assert message in answer.err[-1]


def test_an_unknown_beginning_revokes_nothing(run: Run) -> None:
    run("token", "add", "A bot", "--site", "blog")

    answer = run("token", "revoke", "lr_00")

    assert answer.status == 1
    assert "no end" in run("token", "list").out[0]
