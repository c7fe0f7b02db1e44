"""What authors may do about their own comments, and what they are told of them."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    DuplicateCommentError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.policy import Policy
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.own_changes import change_own, draft_change, withdraw_own
from moderation.services.own_comments import EDIT_TIME, find_own
from moderation.services.reviews import decide_comments, list_history
from moderation.services.submissions import submit_comment
from moderation.storage.models import (
    Comment,
    Lesson,
    Revision,
    SignalEvidence,
    TextBand,
)
from moderation.storage.models.base import now
from tests.factories import make_moderator, make_site

KIND = "What you wrote about the first weeks helped me a lot, thank you."
KINDER = "What you wrote about the first weeks helped me very much indeed, thank you."
LONG = (
    "In the third week I slept better, though the mornings were slow; my sister made "
    "tea, and the two of us walked down to the river before anybody else was up."
)
CASINO = "Best casino bonus http://casino-one.top/a and http://casino-two.xyz/b"


@pytest.fixture
def comment(session: Session) -> Comment:
    """Return a comment that the filter has just published."""
    site = make_site(session, policy=Policy.HOLD_SUSPECT)
    site.publish_below = 0.5
    return submit(session, KIND)


def submit(session: Session, body: str) -> Comment:
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@example.org", body=body
    )
    return submit_comment(session, "blog", draft, Arrival())


def change(session: Session, comment: Comment, body: str) -> Comment:
    draft = draft_change(session, "blog", comment.id, body=body)
    return change_own(session, "blog", comment.id, draft, Arrival())


def decide(session: Session, comment: Comment, action: Action, why: str = "") -> None:
    actor = load_actor(session, make_moderator(session).id)
    decide_comments(session, actor, {comment.id: comment.version}, action, why=why)


def test_a_harmless_change_stays_published_and_the_old_text_is_kept(
    session: Session, comment: Comment
) -> None:
    version = comment.thread.version

    change(session, comment, KINDER)

    kept = session.scalars(select(Revision)).one()
    session.refresh(comment)
    session.refresh(comment.thread)
    assert (comment.status, comment.version) == (Status.APPROVED, 2)
    assert comment.html == f"<p>{KINDER}</p>"
    assert (kept.body, kept.version) == (KIND, 1)
    # Else readers would be given the old text from memory.
    assert comment.thread.version > version


@pytest.mark.usefixtures("comment")
def test_a_comment_does_not_stand_up_for_itself(
    session: Session,
) -> None:
    long = submit(session, LONG)

    change(session, long, f"{LONG} Thank you!")

    reasons = " ".join(session.scalars(select(SignalEvidence.reason)))
    owners = set(session.scalars(select(TextBand.comment_id)))
    assert "same text" not in reasons
    assert owners == {long.id}


def test_a_change_for_the_worse_is_not_published(
    session: Session, comment: Comment
) -> None:
    change(session, comment, CASINO)

    history = list_history(session, comment.id)
    assert comment.status is Status.HELD
    assert comment.thread.approved_count == 0
    assert [(d.from_status, d.to_status) for d in history] == [
        (None, Status.APPROVED),
        (Status.APPROVED, Status.HELD),
    ]
    assert "Its author changed the text." in history[-1].why


def test_no_change_publishes_what_is_held(session: Session, comment: Comment) -> None:
    change(session, comment, CASINO)

    change(session, comment, KIND)

    assert comment.status is Status.HELD


def test_a_change_that_changes_nothing_leaves_no_trace(
    session: Session, comment: Comment
) -> None:
    change(session, comment, KIND)

    assert comment.version == 1
    assert session.scalars(select(Revision)).all() == []


def test_the_text_can_be_changed_for_fifteen_minutes(
    session: Session, comment: Comment
) -> None:
    left = find_own(session, "blog", comment.id).edit_seconds

    with time_machine.travel(now() + EDIT_TIME + timedelta(seconds=1)):
        late = find_own(session, "blog", comment.id).edit_seconds
        with pytest.raises(NotAllowedError):
            change(session, comment, KINDER)

    assert 890 <= left <= 900
    assert late == 0


def test_what_the_author_wrote_there_already_is_refused(
    session: Session, comment: Comment
) -> None:
    submit(session, KINDER)

    with pytest.raises(DuplicateCommentError):
        change(session, comment, KINDER)


def test_a_withdrawn_comment_is_gone_and_unlearns_nothing(
    session: Session, comment: Comment
) -> None:
    decide(session, comment, Action.HOLD)
    actor = load_actor(session, 1)
    decide_comments(session, actor, {comment.id: comment.version}, Action.APPROVE)

    withdraw_own(session, "blog", comment.id)

    own = find_own(session, "blog", comment.id)
    session.refresh(comment.thread)
    assert (own.status, own.reason, own.may_withdraw) == ("withdrawn", "", False)
    assert comment.thread.approved_count == 0
    assert session.scalars(select(Lesson)).one().comment_id == comment.id
    with pytest.raises(NotAllowedError):
        withdraw_own(session, "blog", comment.id)
    with pytest.raises(NotAllowedError):
        change(session, comment, KINDER)


def test_a_rejected_comment_comes_with_the_reason(
    session: Session, comment: Comment
) -> None:
    decide(session, comment, Action.REJECT, why="Please stay on the subject.")

    own = find_own(session, "blog", comment.id)

    assert (own.status, own.reason) == ("rejected", "Please stay on the subject.")


def test_spam_looks_held_to_who_sent_it(session: Session, comment: Comment) -> None:
    decide(session, comment, Action.SPAM, why="A shop.")

    own = find_own(session, "blog", comment.id)

    assert (own.status, own.reason) == ("held", "")


def test_a_comment_of_another_site_is_not_there(
    session: Session, comment: Comment
) -> None:
    make_site(session, key="other", origins=["https://other.example"])

    with pytest.raises(NotFoundError):
        find_own(session, "other", comment.id)
