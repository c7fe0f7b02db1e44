import hashlib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.statuses import Action, Status
from moderation.services.access import Actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.judging import AUDIT_SHARE, is_drawn_for_audit
from moderation.services.queues import count_comments, list_comments
from moderation.services.reviews import decide_comments, list_history, undo_batch
from moderation.services.submissions import submit_comment
from moderation.spam.learning import Label
from moderation.storage.models import Audit, Comment, Lesson, Thread
from tests.factories import make_comment, make_site, make_thread


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session, policy=Policy.HOLD_SUSPECT))


def make_unchecked(session: Session, thread: Thread, status: Status) -> Comment:
    comment = make_comment(session, thread, status=status)
    comment.audit = Audit.OPEN
    session.flush()
    return comment


def decide(session: Session, actor: Actor, comment: Comment, action: Action) -> str:
    outcome = decide_comments(session, actor, {comment.id: comment.version}, action)
    assert outcome.decided == [comment.id]
    return outcome.batch


def read_label(session: Session, comment: Comment) -> Label | None:
    return session.scalar(select(Lesson.label).where(Lesson.comment_id == comment.id))


def list_queue(session: Session, actor: Actor) -> list[int]:
    page = list_comments(session, actor, status=Status.HELD)
    return [comment.id for comment in page.comments]


def test_about_one_verdict_in_twenty_is_drawn_and_always_the_same() -> None:
    keys = [(n, hashlib.sha256(b"%d" % n).digest()) for n in range(10_000)]

    drawn = [is_drawn_for_audit(*key) for key in keys]

    assert sum(drawn) == pytest.approx(AUDIT_SHARE * len(keys), rel=0.1)
    assert drawn == [is_drawn_for_audit(*key) for key in keys]


def test_verdicts_of_the_filter_are_drawn_and_nothing_else(
    session: Session, thread: Thread
) -> None:
    for number in range(60):
        draft = prepare_draft(
            thread=thread.key,
            name="Ada",
            email=f"a{number}@example.org",
            body="casino bonus" if number % 2 else f"I moved my plugins, {number}",
        )
        submit_comment(session, "blog", draft, Arrival())

    comments = session.scalars(select(Comment)).all()
    assert {c.status for c in comments} == {Status.APPROVED, Status.HELD}
    for comment in comments:
        is_drawn = is_drawn_for_audit(comment.id, comment.digest)
        is_audited = comment.status is Status.APPROVED and is_drawn
        assert comment.audit is (Audit.OPEN if is_audited else None)


def test_what_is_to_be_checked_stands_among_the_held_ones_in_their_order(
    session: Session, thread: Thread, alice: Actor
) -> None:
    first = make_comment(session, thread)
    published = make_unchecked(session, thread, Status.APPROVED)
    filed = make_unchecked(session, thread, Status.SPAM)
    last = make_comment(session, thread)
    make_comment(session, thread, status=Status.APPROVED)

    ids = list_queue(session, alice)

    assert ids == [first.id, published.id, filed.id, last.id]
    assert count_comments(session, alice)[Status.HELD] == 4
    assert count_comments(session, alice)[Status.APPROVED] == 2


def test_the_queue_with_an_audit_sample_goes_on_from_page_to_page(
    session: Session, thread: Thread, alice: Actor
) -> None:
    made = [
        make_unchecked(session, thread, Status.SPAM).id
        if number % 2
        else make_comment(session, thread).id
        for number in range(7)
    ]

    seen: list[int] = []
    after = None
    for _ in range(4):
        page = list_comments(session, alice, status=Status.HELD, after=after, length=2)
        seen += [comment.id for comment in page.comments]
        after = page.next

    assert seen == made
    assert after is None


@pytest.mark.parametrize(
    ("status", "action", "label"),
    [
        # The filter was right: nothing moves, but it learns.
        (Status.APPROVED, Action.APPROVE, Label.HAM),
        (Status.SPAM, Action.SPAM, Label.SPAM),
        # It was wrong.
        (Status.APPROVED, Action.SPAM, Label.SPAM),
        (Status.SPAM, Action.APPROVE, Label.HAM),
        (Status.APPROVED, Action.REJECT, None),
        # It goes back to where all held comments wait.
        (Status.SPAM, Action.HOLD, None),
    ],
)
def test_a_check_is_a_decision_that_teaches_and_can_be_undone(
    session: Session,
    thread: Thread,
    alice: Actor,
    status: Status,
    action: Action,
    *,
    label: Label | None,
) -> None:
    comment = make_unchecked(session, thread, status)

    batch = decide(session, alice, comment, action)

    assert (comment.audit, read_label(session, comment)) == (Audit.DONE, label)
    last = list_history(session, comment.id)[-1]
    assert (last.from_status, last.to_status) == (status, comment.status)
    undo_batch(session, alice, batch)
    assert (comment.status, comment.audit) == (status, Audit.OPEN)
    assert read_label(session, comment) is None


def test_what_was_checked_is_in_the_queue_no_more(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_unchecked(session, thread, Status.APPROVED)
    approved = thread.approved_count

    decide(session, alice, comment, Action.APPROVE)

    assert list_queue(session, alice) == []
    assert thread.approved_count == approved
    outcome = decide_comments(
        session, alice, {comment.id: comment.version}, Action.APPROVE
    )
    assert outcome.decided == []
