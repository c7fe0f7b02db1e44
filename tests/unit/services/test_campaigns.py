import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.services import campaign_decisions
from moderation.services.access import Actor, load_actor
from moderation.services.campaign_decisions import decide_campaign, preview_campaign
from moderation.services.campaigns import (
    find_campaign,
    find_campaigns,
    list_campaigns,
    list_members,
)
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.moves import MOST_AT_ONCE
from moderation.services.reviews import count_batch, decide_comments, undo_batch
from moderation.services.submissions import submit_comment
from moderation.storage.models import (
    Campaign,
    CampaignMember,
    Comment,
    LearntSite,
    Lesson,
    SignalEvidence,
    Site,
    Thread,
)
from tests.factories import make_comment, make_moderator, make_site


def gather(
    session: Session, comments: list[Comment], *, key: str = "casino.example"
) -> Campaign:
    """Return a campaign of these comments, as if they had come one by one."""
    held = [comment.status is Status.HELD for comment in comments]
    campaign = Campaign(
        site_id=comments[0].site_id,
        kind=CampaignKind.DOMAIN,
        key=key,
        members=len(comments),
        held=sum(held),
        first_at=comments[0].created_at,
        last_at=comments[-1].created_at,
    )
    session.add(campaign)
    session.flush()
    session.add_all(
        CampaignMember(campaign_id=campaign.id, comment_id=comment.id, is_held=is_held)
        for comment, is_held in zip(comments, held, strict=True)
    )
    session.flush()
    return campaign


def submit(session: Session, number: int, *, site: str = "blog") -> Comment:
    draft = prepare_draft(
        thread="post-1",
        name=f"Player {number}",
        email=f"player{number}@example.org",
        body=f"Place {number}: https://casino.example/{number}",
    )
    return submit_comment(session, site, draft, Arrival(ip=f"192.0.{number}.1"))


def look(session: Session, actor: Actor) -> tuple[int, int]:
    """Return the one campaign by domain that there is, and what was last seen of it."""
    [campaign_id] = session.scalars(
        select(Campaign.id).where(Campaign.kind == CampaignKind.DOMAIN)
    )
    return campaign_id, preview_campaign(session, actor, campaign_id).seen


def list_statuses(session: Session, comments: list[Comment]) -> list[Status]:
    for comment in comments:
        session.refresh(comment)
    return [comment.status for comment in comments]


def test_the_largest_campaigns_come_first_page_by_page(
    session: Session, thread: Thread, alice: Actor
) -> None:
    sizes = {"a.example": 2, "b.example": 4, "c.example": 3, "d.example": 3}
    for key, size in sizes.items():
        gather(session, [make_comment(session, thread) for _ in range(size)], key=key)

    first = list_campaigns(session, alice, length=3)
    second = list_campaigns(session, alice, length=3, after=first.next)

    keys = [row.campaign.key for page in (first, second) for row in page.overviews]
    # Of two of one size the one that went on last.
    assert keys == ["b.example", "d.example", "c.example", "a.example"]
    assert second.next is None
    assert [len(row.newest) for row in first.overviews] == [4, 3, 3]


@pytest.mark.parametrize(
    "statuses",
    [
        # One comment is none.
        [Status.HELD],
        # Of one that waits the queue has all there is to decide.
        [Status.HELD, Status.SPAM, Status.SPAM],
        [Status.SPAM, Status.SPAM],
    ],
)
def test_what_is_not_decided_on_together_is_not_listed(
    session: Session, thread: Thread, alice: Actor, statuses: list[Status]
) -> None:
    gather(session, [make_comment(session, thread, status=x) for x in statuses])

    page = list_campaigns(session, alice)

    assert page.overviews == []


def test_a_campaign_of_one_is_not_there(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)
    campaign = gather(session, [comment])

    with pytest.raises(NotFoundError):
        find_campaign(session, alice, campaign.id)
    assert find_campaigns(session, [comment.id]) == {}


def test_the_cards_of_comments_get_their_campaigns_at_once(
    session: Session, thread: Thread
) -> None:
    comments = [make_comment(session, thread) for _ in range(4)]
    large = gather(session, comments[:3])
    small = gather(session, comments[:2], key="pills.example")

    found = find_campaigns(session, [comment.id for comment in comments])

    assert found[comments[0].id] == [large, small]
    assert found[comments[2].id] == [large]
    assert comments[3].id not in found


def test_the_members_come_newest_first_page_by_page(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comments = [make_comment(session, thread) for _ in range(5)]
    comments.append(make_comment(session, thread, status=Status.SPAM))
    campaign = gather(session, comments)

    first = list_members(session, alice, campaign.id, length=3)
    second = list_members(session, alice, campaign.id, length=3, after=first.next)
    decided = list_members(session, alice, campaign.id, is_held=False)

    assert [*first.comments, *second.comments] == comments[4::-1]
    assert (len(first.comments), second.next) == (3, None)
    assert decided.comments == [comments[5]]


def test_a_preview_tells_how_honest_it_looks(
    session: Session, thread: Thread, alice: Actor
) -> None:
    make_comment(session, thread, status=Status.APPROVED, name="Eve", email="e@x.org")
    comments = [
        make_comment(session, thread, score=0.9),
        make_comment(session, thread, score=0.8),
        make_comment(session, thread, score=0.1, name="Eve", email="e@x.org"),
    ]
    comments[0].network, comments[1].network = "192.0.2.0/24", "192.0.2.0/24"
    comments[2].network = "198.51.100.0/24"
    campaign = gather(session, comments)

    preview = preview_campaign(session, alice, campaign.id)

    assert (preview.held, preview.looked_at, preview.networks) == (3, 3, 2)
    assert (preview.lowest, preview.highest) == (0.1, 0.9)
    assert preview.mean == pytest.approx(0.6)
    assert (preview.honest, preview.by_known_authors) == (1, 1)


def test_a_campaign_is_one_decision_and_one_undo(
    session: Session, site: Site, alice: Actor
) -> None:
    comments = [submit(session, number) for number in range(12)]
    campaign_id, seen = look(session, alice)

    outcome = decide_campaign(session, alice, campaign_id, Action.SPAM, seen=seen)
    spam = list_statuses(session, comments)
    learnt = session.get_one(LearntSite, site.id).spam
    undone = undo_batch(session, alice, outcome.batch)

    assert (len(outcome.decided), outcome.stale) == (12, [])
    assert set(spam) == {Status.SPAM}
    assert learnt == 12
    assert sorted(undone.decided) == sorted(outcome.decided)
    assert set(list_statuses(session, comments)) == {Status.HELD}
    session.expire_all()
    assert session.get_one(LearntSite, site.id).spam == 0
    assert session.scalar(select(func.count()).select_from(Lesson)) == 0


def test_more_than_is_decided_on_at_once_is_still_one_batch(
    session: Session, site: Site, thread: Thread, alice: Actor
) -> None:
    comments = [make_comment(session, thread) for _ in range(MOST_AT_ONCE + 5)]
    campaign = gather(session, comments)
    seen = preview_campaign(session, alice, campaign.id).seen

    outcome = decide_campaign(session, alice, campaign.id, Action.APPROVE, seen=seen)
    session.expire_all()
    counts = campaign.held, thread.approved_count
    learnt = session.get_one(LearntSite, site.id).ham
    done = count_batch(session, alice, outcome.batch)
    undo_batch(session, alice, outcome.batch)

    assert counts == (0, len(comments))
    assert learnt == len(comments)
    assert done is not None
    assert done.numbers == {Status.APPROVED: len(comments)}
    session.expire_all()
    assert (campaign.held, thread.approved_count) == (len(comments), 0)
    assert session.get_one(LearntSite, site.id).ham == 0


@pytest.mark.usefixtures("site")
def test_what_came_after_the_page_was_shown_goes_on_waiting(
    session: Session, alice: Actor
) -> None:
    shown = [submit(session, number) for number in range(3)]
    campaign_id, seen = look(session, alice)
    late = submit(session, 3)

    outcome = decide_campaign(session, alice, campaign_id, Action.SPAM, seen=seen)

    assert len(outcome.decided) == len(shown)
    assert list_statuses(session, [late]) == [Status.HELD]
    campaign = find_campaign(session, alice, campaign_id)
    session.refresh(campaign)
    assert campaign.held == 1


@pytest.mark.usefixtures("site")
def test_what_somebody_decided_meanwhile_is_left_alone_and_told(
    session: Session, alice: Actor
) -> None:
    comments = [submit(session, number) for number in range(4)]
    campaign_id, seen = look(session, alice)
    bob = load_actor(session, make_moderator(session, email="bob@example.org").id)
    approved = decide_comments(
        session, bob, {comments[0].id: 1, comments[1].id: 1}, Action.APPROVE
    )
    # Put back by undo, it waits again, but not as alice saw it.
    undo_batch(session, bob, approved.batch)
    decide_comments(session, bob, {comments[0].id: 3}, Action.REJECT)

    outcome = decide_campaign(session, alice, campaign_id, Action.SPAM, seen=seen)

    assert sorted(outcome.decided) == [comments[2].id, comments[3].id]
    assert [row.comment_id for row in outcome.stale] == [comments[0].id, comments[1].id]
    assert list_statuses(session, comments) == [
        Status.REJECTED,
        Status.HELD,
        Status.SPAM,
        Status.SPAM,
    ]


@pytest.mark.usefixtures("site")
def test_what_is_left_out_goes_on_waiting(session: Session, alice: Actor) -> None:
    comments = [submit(session, number) for number in range(3)]
    campaign_id, seen = look(session, alice)

    outcome = decide_campaign(
        session, alice, campaign_id, Action.SPAM, seen=seen, without=[comments[1].id]
    )

    assert outcome.stale == []
    assert list_statuses(session, comments) == [Status.SPAM, Status.HELD, Status.SPAM]


def test_what_a_person_is_to_read_first_is_left_out(
    session: Session, alice: Actor, thread: Thread
) -> None:
    comments = [make_comment(session, thread) for _ in range(2)]
    campaign = gather(session, comments)
    comments[1].signals = [
        SignalEvidence(position=0, name="care", weight=0.0, reason="", spans=[])
    ]
    session.flush()
    seen = preview_campaign(session, alice, campaign.id).seen

    outcome = decide_campaign(session, alice, campaign.id, Action.SPAM, seen=seen)

    assert outcome.decided == [comments[0].id]
    assert comments[1].status is Status.HELD
    with pytest.raises(InvalidInputError):
        decide_campaign(session, alice, campaign.id, Action.SPAM, seen=seen + 1)


@pytest.mark.usefixtures("site")
def test_nothing_left_is_told_so(session: Session, alice: Actor) -> None:
    comments = [submit(session, number) for number in range(2)]
    campaign_id, seen = look(session, alice)
    every = [comment.id for comment in comments]

    with pytest.raises(InvalidInputError, match="Nothing is selected"):
        decide_campaign(
            session, alice, campaign_id, Action.SPAM, seen=seen, without=every
        )
    with pytest.raises(InvalidInputError, match="wait already"):
        decide_campaign(session, alice, campaign_id, Action.HOLD, seen=seen)


def test_of_too_many_the_oldest_are_decided_on(
    session: Session, thread: Thread, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_decisions, "MOST_DECIDED", 3)
    comments = [make_comment(session, thread) for _ in range(5)]
    campaign = gather(session, comments)
    seen = preview_campaign(session, alice, campaign.id).seen

    outcome = decide_campaign(session, alice, campaign.id, Action.SPAM, seen=seen)

    assert outcome.decided == [comment.id for comment in comments[:3]]


@pytest.mark.usefixtures("site")
def test_campaigns_of_other_sites_do_not_exist(session: Session) -> None:
    make_site(session, key="other")
    comments = [submit(session, number) for number in range(2)]
    [campaign_id] = {row.id for row in find_campaigns(session, [comments[0].id])[1]}
    mallory = load_actor(
        session,
        make_moderator(session, email="mallory@example.org", site_key="other").id,
    )

    assert list_campaigns(session, mallory).overviews == []
    for ask in (find_campaign, list_members, preview_campaign):
        with pytest.raises(NotFoundError):
            ask(session, mallory, campaign_id)
    with pytest.raises(NotFoundError):
        decide_campaign(session, mallory, campaign_id, Action.SPAM, seen=10**6)
    assert set(list_statuses(session, comments)) == {Status.HELD}


@pytest.mark.usefixtures("site")
def test_a_viewer_decides_nothing(session: Session) -> None:
    comments = [submit(session, number) for number in range(2)]
    victor = load_actor(
        session,
        make_moderator(session, email="victor@example.org", role=Role.VIEWER).id,
    )
    campaign_id, seen = look(session, victor)

    with pytest.raises(NotAllowedError):
        decide_campaign(session, victor, campaign_id, Action.SPAM, seen=seen)

    assert set(list_statuses(session, comments)) == {Status.HELD}


@pytest.mark.sqlite(reason="reads SQLite's plans")
def test_the_list_reads_campaigns_by_their_index(session: Session, site: Site) -> None:
    plan = session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT id FROM campaigns WHERE campaigns.held > 1"
            " AND site_id IN (:site) ORDER BY held DESC, last_at DESC, id DESC"
        ),
        {"site": site.id},
    ).all()

    assert "ix_campaigns_waiting" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
