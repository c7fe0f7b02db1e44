import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import DuplicateCommentError, NotFoundError
from moderation.domain.statuses import Status
from moderation.services.access import Actor, load_actor
from moderation.services.replies import Reply, find_signature, reply_and_approve
from moderation.services.reviews import list_history, undo_batch
from moderation.services.threads import list_approved
from moderation.storage.models import Audit, Comment, Lesson, Thread
from tests.factories import make_comment, make_moderator, make_site

REPLY = Reply(name="Al", body="Thank *you*.")


@pytest.fixture
def alice(session: Session, thread: Thread) -> Actor:
    del thread
    return load_actor(session, make_moderator(session, site_key="blog").id)


def find_reply(session: Session, comment: Comment) -> Comment | None:
    return session.scalar(select(Comment).where(Comment.parent_id == comment.id))


def test_a_reply_is_public_under_the_comment_it_approves(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)

    outcome = reply_and_approve(session, alice, comment.id, 1, REPLY)

    reply = find_reply(session, comment)
    assert reply is not None
    assert outcome.decided == [comment.id, reply.id]
    shown = list_approved(session, thread)
    assert [(c.id, c.parent, c.name, c.html) for c in shown] == [
        (comment.id, None, "Ada", "<p>What you wrote helped me.</p>"),
        (reply.id, comment.id, "Al", "<p>Thank <em>you</em>.</p>"),
    ]
    session.refresh(thread)
    assert thread.approved_count == 2


def test_undoing_takes_back_the_approval_and_the_reply(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)
    outcome = reply_and_approve(session, alice, comment.id, 1, REPLY)

    undo_batch(session, alice, outcome.batch)

    reply = find_reply(session, comment)
    assert reply is not None
    # What was written is not lost: it waits.
    assert (comment.status, reply.status) == (Status.HELD, Status.HELD)
    assert list_approved(session, thread) == []


def test_a_reply_teaches_nothing_and_its_history_says_whose_it_is(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)

    reply_and_approve(session, alice, comment.id, 1, REPLY)

    reply = find_reply(session, comment)
    assert reply is not None
    assert session.get(Lesson, reply.id) is None
    assert session.get(Lesson, comment.id) is not None
    history = list_history(session, reply.id)
    assert [(d.from_status, d.to_status) for d in history] == [
        (None, Status.HELD),
        (Status.HELD, Status.APPROVED),
    ]
    assert {d.moderator_id for d in history} == {alice.moderator_id}


@pytest.mark.parametrize("audit", [None, Audit.OPEN])
def test_what_is_public_already_is_answered(
    session: Session, thread: Thread, alice: Actor, audit: Audit | None
) -> None:
    comment = make_comment(session, thread, status=Status.APPROVED)
    comment.audit = audit
    session.flush()

    outcome = reply_and_approve(session, alice, comment.id, 1, REPLY)

    reply = find_reply(session, comment)
    assert reply is not None
    assert reply.status is Status.APPROVED
    # That the filter was right is told at the same time.
    assert len(outcome.decided) == (2 if audit else 1)
    assert comment.audit is (Audit.DONE if audit else None)


def test_a_comment_that_was_decided_on_meanwhile_gets_no_reply(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread, status=Status.SPAM)
    comment.version = 2
    session.flush()

    outcome = reply_and_approve(session, alice, comment.id, 1, REPLY)

    assert outcome.decided == []
    assert [decision.comment_id for decision in outcome.stale] == [comment.id]
    assert find_reply(session, comment) is None


def test_the_same_reply_is_not_published_twice(
    session: Session, thread: Thread, alice: Actor
) -> None:
    first, second = make_comment(session, thread), make_comment(session, thread)
    reply_and_approve(session, alice, first.id, 1, REPLY)

    with pytest.raises(DuplicateCommentError):
        reply_and_approve(session, alice, second.id, 1, REPLY)


def test_a_moderator_of_another_site_answers_nothing(
    session: Session, thread: Thread
) -> None:
    make_site(session, key="other")
    comment = make_comment(session, thread)
    bob = make_moderator(session, email="b@b.example", site_key="other")

    with pytest.raises(NotFoundError):
        reply_and_approve(session, load_actor(session, bob.id), comment.id, 1, REPLY)


def test_the_name_signed_with_is_remembered(
    session: Session, thread: Thread, alice: Actor
) -> None:
    before = find_signature(session, alice)
    reply_and_approve(session, alice, make_comment(session, thread).id, 1, REPLY)

    assert (before, find_signature(session, alice)) == ("", "Al")
