from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.events import EventType, find_event_type
from moderation.domain.statuses import Action, Status
from moderation.services.access import OPERATOR, load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.endpoints import disable_endpoint
from moderation.services.erasing import erase_person
from moderation.services.events import record_events
from moderation.services.own_changes import change_own, draft_change, withdraw_own
from moderation.services.retention import purge_comments
from moderation.services.reviews import decide_comments, undo_batch
from moderation.services.submissions import submit_comment
from moderation.storage.models import Comment, Delivery, Event
from moderation.storage.models.base import now
from tests.factories import (
    make_comment,
    make_endpoint,
    make_moderator,
    make_site,
    make_thread,
)


def list_events(session: Session) -> list[tuple[str, int | None]]:
    rows = session.execute(select(Event.type, Event.sequence).order_by(Event.id))
    return [(row.type, row.sequence) for row in rows]


def count_deliveries(session: Session) -> int:
    return len(session.scalars(select(Delivery.id)).all())


@pytest.mark.parametrize("status", list(Status))
def test_an_event_is_named_by_the_status_that_is_entered(status: Status) -> None:
    assert find_event_type(status) == f"comment.{status}"


def test_where_nobody_listens_nothing_is_recorded(session: Session) -> None:
    comment = make_comment(session, make_thread(session, make_site(session)))

    record_events(session, [comment])

    assert list_events(session) == []


def test_what_arrives_and_what_is_decided_is_told_in_order(session: Session) -> None:
    site = make_site(session)
    make_endpoint(session, sites=[site.key])
    actor = load_actor(session, make_moderator(session).id)
    comment = make_comment(session, make_thread(session, site))
    record_events(session, [comment])

    outcome = decide_comments(session, actor, {comment.id: 1}, Action.APPROVE)
    undo_batch(session, actor, outcome.batch)

    assert list_events(session) == [
        ("comment.held", 1),
        ("comment.approved", 2),
        ("comment.held", 3),
    ]
    assert count_deliveries(session) == 3


def test_a_comment_is_told_when_it_is_posted(session: Session) -> None:
    site = make_site(session)
    make_endpoint(session, sites=[site.key])
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@example.org", body="It helped me."
    )

    comment = submit_comment(session, site.key, draft, Arrival())

    event = session.scalars(select(Event)).one()
    told = event.payload
    assert (event.comment_id, told["body"]) == (comment.id, "It helped me.")
    assert [signal["name"] for signal in told["signals"]] == [
        signal.name for signal in comment.signals
    ]


def test_a_decision_that_changed_nothing_is_not_told(session: Session) -> None:
    site = make_site(session)
    make_endpoint(session, sites=[site.key])
    actor = load_actor(session, make_moderator(session).id)
    comment = make_comment(session, make_thread(session, site))

    decide_comments(session, actor, {comment.id: 99}, Action.APPROVE)

    assert list_events(session) == []


def test_each_site_counts_by_itself(session: Session) -> None:
    make_endpoint(session)
    threads = [
        make_thread(session, make_site(session, key=key)) for key in ("one", "two")
    ]

    for _ in range(2):
        record_events(session, [make_comment(session, thread) for thread in threads])

    assert [number for _, number in list_events(session)] == [1, 1, 2, 2]


def test_an_endpoint_is_told_of_its_own_sites_only(session: Session) -> None:
    make_endpoint(session, sites=[make_site(session, key="one").key])
    other = make_thread(session, make_site(session, key="two"))

    record_events(session, [make_comment(session, other)])

    assert list_events(session) == []


def test_an_endpoint_is_told_of_what_it_wants_only(session: Session) -> None:
    make_endpoint(session, types=["comment.approved"])
    thread = make_thread(session, make_site(session))

    record_events(
        session,
        [
            make_comment(session, thread, status=status)
            for status in (Status.HELD, Status.APPROVED)
        ],
    )

    assert list_events(session) == [("comment.approved", 1)]


def test_a_disabled_endpoint_is_told_nothing(session: Session) -> None:
    endpoint = make_endpoint(session)
    disable_endpoint(session, OPERATOR, endpoint.id)

    record_events(
        session, [make_comment(session, make_thread(session, make_site(session)))]
    )

    assert count_deliveries(session) == 0


@pytest.fixture
def posted(session: Session) -> Comment:
    """Return a comment that was posted where somebody is told of everything."""
    site = make_site(session)
    make_endpoint(session, sites=[site.key], has_private=True)
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@example.org", body="It helped me."
    )
    return submit_comment(session, site.key, draft, Arrival())


def test_a_change_by_the_author_is_told(session: Session, posted: Comment) -> None:
    draft = draft_change(session, "blog", posted.id, body="It helped me very much.")

    change_own(session, "blog", posted.id, draft, Arrival())
    change_own(session, "blog", posted.id, draft, Arrival())

    last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    # The second change changed nothing.
    assert list_events(session) == [("comment.held", 1), ("comment.edited", 2)]
    assert last is not None
    assert last.payload["body"] == "It helped me very much."


def test_what_the_author_takes_back_is_told_as_rejected(
    session: Session, posted: Comment
) -> None:
    withdraw_own(session, "blog", posted.id)

    assert list_events(session) == [("comment.held", 1), ("comment.rejected", 2)]


def test_what_was_erased_is_told_and_repeated_nowhere(
    session: Session, posted: Comment
) -> None:
    erase_person(session, OPERATOR, posted.email)

    told = session.scalars(select(Event)).all()
    assert list_events(session) == [("comment.held", 1), ("comment.deleted", 2)]
    for word in ("Ada", "helped", "ada@example.org"):
        assert word not in str([(event.payload, event.private) for event in told])


def test_what_was_kept_for_long_enough_is_told_as_deleted(
    session: Session, posted: Comment
) -> None:
    withdraw_own(session, "blog", posted.id)
    comment_id = posted.id

    purge_comments(session, status=Status.REJECTED, before=now() + timedelta(seconds=1))

    event = session.scalars(select(Event)).one()
    session.refresh(event)
    # Numbers go on, though what was told before is forgotten with the comment.
    assert (event.type, event.sequence) == ("comment.deleted", 3)
    assert (event.comment_id, event.payload["id"]) == (None, comment_id)
    assert (event.payload["body"], event.private) == ("", {})
    assert count_deliveries(session) == 1


def test_addresses_are_kept_only_if_somebody_asked_for_them(session: Session) -> None:
    make_endpoint(session)
    comment = make_comment(session, make_thread(session, make_site(session)))

    record_events(session, [comment], kind=EventType.EDITED)
    make_endpoint(session, has_private=True)
    record_events(session, [comment], kind=EventType.EDITED)

    without, with_them = session.scalars(select(Event).order_by(Event.id)).all()
    assert without.private == {}
    assert with_them.private["email"] == "ada@example.org"
    assert "ada@example.org" not in str(with_them.payload)
