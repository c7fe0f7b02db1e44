import pytest

from moderation.domain.policy import Policy
from moderation.domain.statuses import Action
from moderation.services.access import load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import decide_comments
from moderation.services.sites import set_site
from moderation.services.submissions import submit_comment
from moderation.storage.session import Database
from tests.cli.running import Run
from tests.factories import make_moderator

SITE = ("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")
RULE = ("blog", "hold", "word", "Garden")
START = "On your last 3 decisions this would"
BODIES = (
    "Your garden looks lovely after all that rain last week.",
    "Is there a garden where one can sit with the group?",
    "What you wrote helped me through a hard week.",
)


@pytest.fixture
def decided(run: Run, kept_url: str) -> list[int]:
    """Return the ids of comments that were published and stayed so, but the second."""
    run(*SITE)
    database = Database(kept_url)
    with database.write() as session:
        set_site(session, "blog", policy=Policy.HOLD_SUSPECT)
        actor = load_actor(session, make_moderator(session).id)
        comments = [
            submit_comment(
                session,
                "blog",
                prepare_draft(
                    thread="p", name="Ada", email="ada@example.org", body=body
                ),
                Arrival(),
            )
            for body in BODIES
        ]
        for comment in comments:
            decide_comments(session, actor, {comment.id: 1}, Action.REJECT)
        for comment in comments:
            action = Action.SPAM if comment is comments[1] else Action.APPROVE
            decide_comments(session, actor, {comment.id: 2}, action)
    database.close()
    return [comment.id for comment in comments]


def test_a_rule_is_added_listed_and_removed(run: Run) -> None:
    run(*SITE)

    added = run("rule", "add", *RULE, "--in", "name")
    listed = run("rule", "list", "blog")
    removed = run("rule", "remove", "blog", "1")

    assert added.out == ["1\thold word in the name: garden"]
    assert listed.out == ["1\thold word in the name: garden\tmatched 0\toverruled 0"]
    assert (removed.status, run("rule", "list", "blog").out) == (0, [])


def test_a_rule_is_tried_without_being_saved(run: Run, decided: list[int]) -> None:
    done = run("rule", "test", *RULE)

    assert done.out == [
        f"{START} hold 2 more instead of publishing, 1 of them approved and 1 spam.",
        f"  {decided[0]}\tapproved\tAda",
        f"  {decided[1]}\tspam\tAda",
    ]
    assert run("rule", "list", "blog").out == []


def test_other_thresholds_are_tried_without_being_saved(
    run: Run, decided: list[int]
) -> None:
    before = run("site", "list").out

    done = run("site", "set", "blog", "--publish-below", "0", "--backtest")

    assert len(decided) == 3
    more = "hold 3 more instead of publishing, 2 of them approved and 1 spam."
    assert done.out[0] == f"{START} {more}"
    assert run("site", "list").out == before


def test_accuracy_and_report_are_printed(run: Run, decided: list[int]) -> None:
    weeks = run("site", "accuracy", "blog", "--weeks", "1")
    report = run("site", "report", "blog")

    assert len(decided) == 3
    header, this_week = (line.split("\t") for line in weeks.out)
    assert dict(zip(header[1:], this_week[1:], strict=True)) == {
        "came in": "3",
        "published": "3",
        "held": "0",
        "filed as spam": "0",
        "leaked": "1",
        "held, fine": "0",
        "lost": "0",
    }
    assert "no_link\tagainst spam\t3\t1" in report.out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        # Nothing that could be matched.
        (("add", "blog", "hold", "network", "garden"), 1, "203.0.113.0/24"),
        (("add", "blog", "hold", "email", "a@b.example", "--in", "name"), 1, "scope"),
        (("add", "none", "hold", "word", "garden"), 1, "no such site"),
        (("remove", "blog", "7"), 1, "no such rule"),
        (("list", "none"), 1, "no such site"),
        (("test", "none", "hold", "word", "garden"), 1, "no such site"),
        # Wrong usage.
        (("add", "blog", "forbid", "word", "garden"), 2, "forbid"),
        (("remove", "blog", "0"), 2, "0"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    run: Run, arguments: tuple[str, ...], status: int, told: str
) -> None:
    run(*SITE)

    done = run("rule", *arguments)

    assert (done.status, len(done.err)) == (status, 1)
    assert told in done.err[0]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--publish-below", "5", "--spam-above", "99.5"), 0),
        # One above the other.
        (("--publish-below", "99", "--spam-above", "98"), 1),
        (("--spam-above", "101"), 2),
        (("--backtest",), 2),
    ],
)
def test_thresholds_are_set_in_percent(
    run: Run, options: tuple[str, ...], status: int
) -> None:
    run(*SITE)

    assert run("site", "set", "blog", *options).status == status
