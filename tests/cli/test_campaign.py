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
