from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.services.campaign_gathering import gather_campaigns
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.storage.models import Campaign, CampaignMember, Comment
from tests.factories import make_site

TEXT = (
    "I have to say that this is one of the {} posts about home insurance that I have "
    "read in a long time, and I will be sure to tell all of my friends about it."
)
HONEST = "My mother started lithium last spring, and she is back in her garden now."


def submit(session: Session, number: int, body: str) -> Comment:
    draft = prepare_draft(
        thread="post-1",
        name="Ada",
        email=f"{number}@example.org",
        body=body,
        website="https://casino.example/",
    )
    return submit_comment(session, "blog", draft, Arrival())


def gather_all(session: Session) -> None:
    after: int | None = 0
    while after is not None:
        after = gather_campaigns(session, "blog", after=after, length=2)


def list_groups(session: Session) -> set[tuple[str, int, int, frozenset[int]]]:
    """Return kind, members, held and the members' ids of each campaign."""
    session.expire_all()
    return {
        (
            campaign.kind,
            campaign.members,
            campaign.held,
            frozenset(
                session.scalars(
                    select(CampaignMember.comment_id).where(
                        CampaignMember.campaign_id == campaign.id
                    )
                )
            ),
        )
        for campaign in session.scalars(select(Campaign))
    }


def test_old_comments_are_gathered_as_if_they_came_now(session: Session) -> None:
    make_site(session)
    for number, word in enumerate(("best", "finest", "nicest", "best")):
        submit(session, number, TEXT.format(word))
    submit(session, 9, HONEST)
    before = list_groups(session)
    session.execute(delete(CampaignMember))
    session.execute(delete(Campaign))

    gather_all(session)

    assert list_groups(session) == before


def test_gathering_again_changes_nothing(session: Session) -> None:
    make_site(session)
    for number, word in enumerate(("best", "finest", "nicest")):
        submit(session, number, TEXT.format(word))
    before = list_groups(session)

    gather_all(session)

    assert list_groups(session) == before
