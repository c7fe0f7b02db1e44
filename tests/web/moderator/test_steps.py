"""The history of a comment: what its page tells, and whom."""

from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.services.drafts import Arrival
from moderation.services.own_changes import change_own, draft_change, withdraw_own
from moderation.storage.models import (
    Attempt,
    Campaign,
    CampaignMember,
    Comment,
    Delivery,
    DeliveryState,
    Event,
    Thread,
)
from tests.factories import make_comment, make_endpoint
from tests.web.visiting import Visitor

HOSTILE = "\"><script>alert(1)</script>'onmouseover='x"


def edit(session: Session, comment: Comment, text: str) -> None:
    draft = draft_change(session, "blog", comment.id, body=text)
    change_own(session, "blog", comment.id, draft, Arrival())
    session.commit()


def add_delivery(session: Session, comment: Comment) -> None:
    endpoint = make_endpoint(session)
    endpoint.name = HOSTILE
    event = Event(uid="e1", type="comment.held", comment_id=comment.id, payload={})
    session.add(event)
    session.flush()
    delivery = Delivery(
        endpoint_id=endpoint.id, event_id=event.id, state=DeliveryState.FAILED
    )
    session.add(delivery)
    session.flush()
    session.add_all(
        [
            Attempt(delivery_id=delivery.id, error="no answer in 15 s"),
            Attempt(delivery_id=delivery.id, status=500),
        ]
    )
    session.commit()


def test_what_a_comment_said_before_is_told_in_order(
    alice: Visitor, session: Session, comment: Comment
) -> None:
    edit(session, comment, f"Second {HOSTILE}")
    alice.decide("approve", comment)
    session.refresh(comment)
    edit(session, comment, "Third")

    page = alice.get(f"/moderate/comments/{comment.id}").text

    history = page[page.index('id="history"') :]
    places = [
        history.index(text)
        for text in ("What you wrote helped me.", "Approved</strong>", "Second ")
    ]
    assert places == sorted(places)
    assert history.count("Changed the text</strong> by its author") == 2
    assert "<script>alert" not in page


def test_what_an_author_did_is_not_laid_at_a_moderators_door(
    alice: Visitor, session: Session, comment: Comment
) -> None:
    withdraw_own(session, "blog", comment.id)
    session.commit()

    page = alice.get(f"/moderate/comments/{comment.id}").text

    assert "by its author" in page
    assert "a moderator who has left" not in page


def test_the_owner_sees_what_webhooks_were_told(
    alice: Visitor, bob: Visitor, session: Session, comment: Comment
) -> None:
    add_delivery(session, comment)

    pages = [v.get(f"/moderate/comments/{comment.id}").text for v in (alice, bob)]

    assert "failed" in pages[0]
    assert "tried 2 times, answered 500" in pages[0]
    assert "<script>alert" not in pages[0]
    assert "Told to webhooks" not in pages[1]


def test_all_campaigns_are_named(
    alice: Visitor, session: Session, thread: Thread, comment: Comment
) -> None:
    other = make_comment(session, thread)
    campaign = Campaign(
        site_id=thread.site_id,
        kind=CampaignKind.DOMAIN,
        key="logos.example",
        members=2,
        held=1,
        first_at=comment.created_at,
        last_at=other.created_at,
    )
    session.add(campaign)
    session.flush()
    for one in (comment, other):
        session.add(
            CampaignMember(
                campaign_id=campaign.id, comment_id=one.id, is_held=one is comment
            )
        )
    session.commit()

    page = alice.get(f"/moderate/comments/{comment.id}").text

    assert "2 comments link to logos.example, 1 of them held" in page
