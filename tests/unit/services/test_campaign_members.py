import random
from collections.abc import Mapping

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.statuses import Action, Status
from moderation.services.access import Actor
from moderation.services.campaign_members import leave_campaigns
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import decide_comments, undo_batch
from moderation.services.submissions import submit_comment
from moderation.spam.learning import find_fingerprint
from moderation.spam.submission import Submission
from moderation.storage.models import Campaign, CampaignMember, Comment
from tests.factories import make_site

SPUN = (
    (
        "I have to say that this is one of the most helpful posts about home insurance "
        "that I have read in a long time, and I will be sure to tell all of my friends "
        "about it. Please keep up the good work, because there are not many like it."
    ),
    (
        "I must say that this is one of the most useful articles about home insurance "
        "that I have seen in a long while, and I will be sure to tell all of my family "
        "about it. Please keep up the great work, because there are not many like it."
    ),
)
HONEST = "My mother started lithium last spring, and she is back in her garden now."
NUMBERS = (Campaign.members, Campaign.held)


def submit(
    session: Session,
    body: str,
    *,
    email: str = "ada@example.org",
    website: str = "",
    site: str = "blog",
) -> Comment:
    draft = prepare_draft(
        thread="post-1", name="Ada", email=email, body=body, website=website
    )
    return submit_comment(session, site, draft, Arrival())


def list_keys(session: Session, kind: CampaignKind) -> list[str]:
    return sorted(session.scalars(select(Campaign.key).where(Campaign.kind == kind)))


def count_again(session: Session) -> Mapping[int, tuple[int, int]]:
    """Return members and held by campaign, counted from the comments."""
    rows = session.execute(
        select(
            CampaignMember.campaign_id,
            func.count(),
            func.count().filter(Comment.status == Status.HELD),
        )
        .join(Comment, Comment.id == CampaignMember.comment_id)
        .group_by(CampaignMember.campaign_id)
    )
    return {campaign: (members, held) for campaign, members, held in rows}


def read_counts(session: Session) -> Mapping[int, tuple[int, int]]:
    session.expire_all()
    rows = session.execute(select(Campaign.id, *NUMBERS))
    return {campaign: (members, held) for campaign, members, held in rows}


def test_a_respun_text_joins_the_campaign_of_the_first(session: Session) -> None:
    make_site(session)
    first = submit(session, SPUN[0], email="a@example.org")

    submit(session, SPUN[1], email="b@example.org")
    submit(session, SPUN[0], email="c@example.org")

    [campaign] = session.scalars(
        select(Campaign).where(Campaign.kind == CampaignKind.TEXT)
    )
    assert (campaign.key, campaign.members, campaign.held) == (str(first.id), 3, 3)
    assert campaign.first_at == first.created_at


def test_an_honest_text_makes_no_campaign_of_a_text(session: Session) -> None:
    make_site(session)
    submit(session, SPUN[0], email="a@example.org")

    submit(session, HONEST, email="b@example.org")

    assert list_keys(session, CampaignKind.TEXT) == []


@pytest.mark.parametrize(
    ("body", "website", "domains"),
    [
        # From the website field and the body, each domain once.
        (
            "See https://www.casino.example/a and http://play.casino.example/b",
            "https://pills.example/",
            ["casino.example", "pills.example"],
        ),
        # The blog's own pages, at its origin or beside it.
        ("As in https://blog.example/post-2 and https://www.blog.example/", "", []),
        # Places of reference, platforms and shorteners bring strangers together.
        (
            "https://en.wikipedia.org/wiki/Lithium https://youtu.be/x https://bit.ly/3a",
            "https://www.facebook.com/ada",
            [],
        ),
        # Below a platform that gives names to its users, each is a domain.
        ("https://shop-a.blogspot.com/", "", ["shop-a.blogspot.com"]),
        # However many there are, what is stored is bounded.
        (
            " ".join(f"https://d{number}.example/" for number in range(1_000)),
            "",
            [f"d{number}.example" for number in range(8)],
        ),
    ],
)
def test_a_comment_joins_the_campaigns_of_the_domains_it_promotes(
    session: Session, body: str, website: str, domains: list[str]
) -> None:
    make_site(session)

    submit(session, body, website=website)

    assert list_keys(session, CampaignKind.DOMAIN) == domains


def test_authors_are_told_apart_without_their_addresses(session: Session) -> None:
    make_site(session)

    submit(session, HONEST, email="ada@example.org")
    submit(session, SPUN[0], email="Ada@Example.org")

    [campaign] = session.scalars(
        select(Campaign).where(Campaign.kind == CampaignKind.AUTHOR)
    )
    ada = Submission(body="", email="ada@example.org")
    assert (campaign.key, campaign.members) == (find_fingerprint(ada), 2)
    assert "ada" not in campaign.key


def test_campaigns_end_where_a_site_ends(session: Session) -> None:
    make_site(session)
    make_site(session, key="other")

    for site in ("blog", "other"):
        submit(session, SPUN[0], site=site)

    assert set(session.execute(select(*NUMBERS)).all()) == {(1, 1)}


def test_who_leaves_is_counted_no_more(session: Session, alice: Actor) -> None:
    make_site(session)
    comments = [submit(session, SPUN[0], email=f"{n}@example.org") for n in range(3)]
    decide_comments(session, alice, {comments[0].id: 1}, Action.SPAM)

    leave_campaigns(session, [comments[0].id, comments[1].id])

    [text] = session.scalars(
        select(Campaign).where(Campaign.kind == CampaignKind.TEXT)
    ).all()
    session.refresh(text)
    assert (text.members, text.held) == (1, 1)
    assert set(read_counts(session).values()) == {(0, 0), (1, 1)}


@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_are_exact_after_any_decisions_and_undos(
    session: Session, alice: Actor, seed: int
) -> None:
    make_site(session)
    chance = random.Random(seed)
    comments, batches = list[Comment](), list[str]()

    for step in range(60):
        if step < 12 or chance.random() < 0.2:
            body = f"{chance.choice(SPUN)} https://d{step % 3}.example/{step}"
            email = f"{chance.choice('abc')}@example.org"
            comments.append(submit(session, body, email=email))
        elif batches and chance.random() < 0.4:
            undo_batch(session, alice, chance.choice(batches))
        else:
            chosen = chance.sample(comments, chance.randint(1, 6))
            versions = {comment.id: comment.version for comment in chosen}
            action = chance.choice(list(Action))
            outcome = decide_comments(session, alice, versions, action)
            batches += [outcome.batch] * bool(outcome.decided)

    counts = read_counts(session)
    assert counts == count_again(session)
    assert any(held not in {0, members} for members, held in counts.values())
