"""What commands say and set about mail."""

import pytest

from tests.cli.running import Run

ALICE = "alice@example.org"


@pytest.fixture(autouse=True)
def people(run: Run) -> None:
    run("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")
    run(
        "moderator",
        "add",
        ALICE,
        "--role",
        "owner",
        "--password-stdin",
        given=b"a calm reading room\n",
    )


def test_notices_are_listed_and_chosen(run: Run) -> None:
    before = run("moderator", "notices", ALICE)
    given = run("moderator", "notices", ALICE, "--send", "at-once", "--site", "blog")
    digest = run(
        "moderator",
        "notices",
        ALICE,
        "--send",
        "digest",
        "--count",
        "1",
        "--hours",
        "5",
    )

    assert before.out == ["blog\tdigest, after 10 comments or 24 hours"]
    assert given.out == ["blog\tat once"]
    assert digest.out == ["blog\tdigest, after 1 comment or 5 hours"]
    assert run("moderator", "notices", ALICE).out == digest.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        # A number that makes no sense; a site, and a person, that are not there.
        (["--hours", "0", ALICE], "after_hours"),
        (["--site", "none", ALICE], "no such site"),
        (["bob@example.org"], "no moderator with this address"),
    ],
)
def test_notices_that_cannot_be_are_refused(
    run: Run, arguments: list[str], message: str
) -> None:
    answer = run("moderator", "notices", *arguments)

    assert answer.status == 1
    assert message in answer.err[0]


def test_a_site_offers_mails_about_replies_or_not(run: Run) -> None:
    off = run("site", "replies", "blog", "off")
    on = run("site", "replies", "blog", "on")

    assert off.out == ["blog\tmails about replies off"]
    assert on.out == ["blog\tmails about replies on"]


def test_check_says_what_mail_lacks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    without = run("check")
    monkeypatch.setenv("MODERATION_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("MODERATION_MAIL_FROM", "comments@example.org")
    dead = run("check")
    monkeypatch.setenv("MODERATION_BASE_URL", "https://comments.example.org")
    complete = run("check")

    assert "Mail: none is sent. Set MODERATION_SMTP_URL" in without.out[-1]
    assert "The mail server took nothing" in dead.out[-2]
    assert "set MODERATION_BASE_URL" in dead.out[-1]
    assert "MODERATION_BASE_URL" not in complete.out[-1]
