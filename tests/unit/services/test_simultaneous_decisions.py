"""Two moderators decide on the same comments at the same moment: one wins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.campaign_decisions import decide_campaign, preview_campaign
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.moves import Outcome
from moderation.services.reviews import decide_comments, undo_batch
from moderation.services.submissions import submit_comment
from moderation.storage.models import (
    Campaign,
    Comment,
    Decision,
    LearntSite,
    Lesson,
    Moderator,
    Thread,
)
from moderation.storage.session import Database
from tests.factories import make_moderator, make_site

NUMBER = 12
DECIDERS = ("alice@example.org", "bob@example.org", "carol@example.org")
ACTIONS = (Action.APPROVE, Action.SPAM, Action.APPROVE)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as session:
        make_site(session)
        for email in DECIDERS:
            make_moderator(session, email=email)
        for number in range(NUMBER):
            draft = prepare_draft(
                thread="post-1",
                name=f"Player {number}",
                email=f"player{number}@example.org",
                body=f"Place {number}: https://casino.example/{number}",
            )
            submit_comment(session, "blog", draft, Arrival())
    return database


def race(database: Database, *, is_campaign: bool) -> list[Outcome]:
    """Return what three deciders are told, each with a connection of its own.

    As in as many processes: nothing is shared but the file, not even the lock by which
    the writers of one process queue up.
    """
    barrier = Barrier(len(DECIDERS))

    def decide(place: int) -> Outcome:
        own = Database(str(database.url))
        with own.read() as session:
            actor = load_actor(session, find_moderator(session, DECIDERS[place]))
            campaign = find_campaign_id(session)
            seen = preview_campaign(session, actor, campaign).seen
            versions = dict.fromkeys(session.scalars(select(Comment.id)), 1)
        barrier.wait(timeout=30)
        with own.write() as session:
            if is_campaign:
                outcome = decide_campaign(
                    session, actor, campaign, ACTIONS[place], seen=seen
                )
            else:
                outcome = decide_comments(session, actor, versions, ACTIONS[place])
        own.close()
        return outcome

    with ThreadPoolExecutor(len(DECIDERS)) as pool:
        return list(pool.map(decide, range(len(DECIDERS))))


def find_moderator(session: Session, email: str) -> int:
    return session.scalars(select(Moderator.id).where(Moderator.email == email)).one()


def find_campaign_id(session: Session) -> int:
    return session.scalars(
        select(Campaign.id).where(Campaign.kind == CampaignKind.DOMAIN)
    ).one()


@pytest.mark.parametrize("is_campaign", [False, True])
def test_one_wins_and_the_others_are_told(
    filled: Database, *, is_campaign: bool
) -> None:
    outcomes = race(filled, is_campaign=is_campaign)

    [won] = [place for place, told in enumerate(outcomes) if told.decided]
    target = Status.SPAM if ACTIONS[won] is Action.SPAM else Status.APPROVED
    assert len(outcomes[won].decided) == NUMBER
    for place, told in enumerate(outcomes):
        if place != won:
            assert [row.to_status for row in told.stale] == [target] * NUMBER
    with filled.read() as session:
        assert set(session.scalars(select(Comment.status))) == {target}
        assert set(session.scalars(select(Comment.version))) == {2}
        decisions = session.scalar(select(func.count()).select_from(Decision))
        assert decisions == 2 * NUMBER


@pytest.mark.parametrize("is_campaign", [False, True])
def test_what_is_learnt_and_counted_is_of_the_winner_alone(
    filled: Database, *, is_campaign: bool
) -> None:
    outcomes = race(filled, is_campaign=is_campaign)

    [won] = [place for place, told in enumerate(outcomes) if told.decided]
    is_spam = ACTIONS[won] is Action.SPAM
    with filled.read() as session:
        learnt = session.scalars(select(LearntSite)).one()
        numbers = (NUMBER, 0) if is_spam else (0, NUMBER)
        assert (learnt.spam, learnt.ham) == numbers
        assert session.scalar(select(func.count()).select_from(Lesson)) == NUMBER
        approved = session.scalars(select(Thread.approved_count)).one()
        assert approved == (0 if is_spam else NUMBER)
        assert session.get_one(Campaign, find_campaign_id(session)).held == 0
    with filled.write() as session:
        actor = load_actor(session, find_moderator(session, DECIDERS[won]))
        undo_batch(session, actor, outcomes[won].batch)
    with filled.read() as session:
        learnt = session.scalars(select(LearntSite)).one()
        assert (learnt.spam, learnt.ham) == (0, 0)
        assert session.get_one(Campaign, find_campaign_id(session)).held == NUMBER
