from sqlalchemy import delete

from moderation.cli.database import open_database
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.storage.models import Campaign, CampaignMember
from tests.cli.running import Run

ADDED = ("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


def test_campaigns_of_old_comments_are_gathered_and_listed(run: Run) -> None:
    run(*ADDED)
    with open_database() as database, database.write() as session:
        for number in range(3):
            draft = prepare_draft(
                thread="post-1",
                name="Ada",
                email=f"{number}@example.org",
                body=f"Place {number}: https://casino.example/{number}",
            )
            submit_comment(session, "blog", draft, Arrival())
        session.execute(delete(CampaignMember))
        session.execute(delete(Campaign))

    before = run("campaign", "list", "--site", "blog")
    gathered = run("campaign", "gather", "--site", "blog")
    after = run("campaign", "list", "--site", "blog")

    assert (before.status, before.out) == (0, [])
    assert (gathered.status, gathered.out, gathered.err) == (0, [], [])
    [line] = after.out
    assert "\t3 comments link to casino.example\t" in line


def test_an_unknown_site_has_none(run: Run) -> None:
    for name in ("list", "gather"):
        done = run("campaign", name, "--site", "none")

        assert (done.status, len(done.err)) == (1, 1)


def test_a_campaign_is_decided_on_and_taken_back(run: Run) -> None:
    run(*ADDED)
    run(
        "moderator",
        "add",
        "al@example.org",
        "--password-stdin",
        given=b"plum-9-lantern-quartz\n",
    )
    with open_database() as database, database.write() as session:
        for number in range(3):
            draft = prepare_draft(
                thread="post-1",
                name="Ada",
                email=f"{number}@example.org",
                body=f"Place {number}: https://casino.example/{number}",
            )
            submit_comment(session, "blog", draft, Arrival())

    [line] = run("campaign", "list", "--site", "blog").out
    campaign_id = line.split("\t")[0]
    decided = run("campaign", "decide", campaign_id, "spam", "--as", "al@example.org")
    spam = run("comment", "list", "--status", "spam")
    batch = decided.out[0].split("\t")[1]
    undone = run("campaign", "undo", batch, "--as", "al@example.org")
    held = run("comment", "list", "--status", "held")
    again = run("campaign", "decide", "99", "spam", "--as", "al@example.org")

    assert decided.out[0].startswith("3\t")
    assert len(spam.out) == 3
    assert undone.out[0].startswith("3\t")
    assert len(held.out) == 3
    assert (again.status, len(again.err)) == (1, 1)
