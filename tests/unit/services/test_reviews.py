import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.services.access import Actor, load_actor
from moderation.services.moves import MOST_AT_ONCE
from moderation.services.reviews import (
    decide_comments,
    find_undoable,
    list_batch,
    list_history,
    undo_decisions,
)
from moderation.storage.models import Comment, Decision, Thread
from tests.factories import make_comment, make_moderator, make_site, make_thread


@pytest.fixture
def bob(session: Session) -> Actor:
    return load_actor(session, make_moderator(session, email="bob@example.org").id)


def decide(
    session: Session, actor: Actor, comment: Comment, action: Action
) -> Decision:
    outcome = decide_comments(session, actor, {comment.id: comment.version}, action)
    assert outcome.decided == [comment.id]
    return list_history(session, comment.id)[-1]


def test_a_decision_changes_the_status_and_is_recorded(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)

    outcome = decide_comments(
        session, alice, {comment.id: 1}, Action.APPROVE, why="kind"
    )

    assert (comment.status, comment.version) == (Status.APPROVED, 2)
    assert outcome.decided == [comment.id]
    last = list_history(session, comment.id)[-1]
    assert (last.from_status, last.to_status) == (Status.HELD, Status.APPROVED)
    assert (last.moderator_id, last.why) == (alice.moderator_id, "kind")
    assert (last.batch, last.version) == (outcome.batch, 2)


def test_the_second_of_two_moderators_is_told_and_changes_nothing(
    session: Session, thread: Thread, alice: Actor, bob: Actor
) -> None:
    comment = make_comment(session, thread)
    decide(session, alice, comment, Action.APPROVE)

    outcome = decide_comments(session, bob, {comment.id: 1}, Action.SPAM)

    assert comment.status is Status.APPROVED
    assert outcome.decided == []
    [told] = outcome.stale
    assert told.moderator is not None
    assert told.moderator.email == alice.email
    assert len(list_history(session, comment.id)) == 2


def test_of_a_selection_what_is_stale_is_left_and_the_rest_is_done(
    session: Session, thread: Thread, alice: Actor, bob: Actor
) -> None:
    first, second = make_comment(session, thread), make_comment(session, thread)
    decide(session, alice, first, Action.REJECT)

    outcome = decide_comments(session, bob, {first.id: 1, second.id: 1}, Action.SPAM)

    assert (first.status, second.status) == (Status.REJECTED, Status.SPAM)
    assert outcome.decided == [second.id]
    assert [decision.comment_id for decision in outcome.stale] == [first.id]


def test_an_action_that_changes_nothing_is_no_decision(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread, status=Status.REJECTED)

    outcome = decide_comments(session, alice, {comment.id: 1}, Action.REJECT)

    assert comment.status is Status.REJECTED
    assert outcome.decided == []
    assert len(list_history(session, comment.id)) == 1


def test_undo_goes_back_where_the_comment_was(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread, status=Status.SPAM)
    decision = decide(session, alice, comment, Action.APPROVE)

    undo_decisions(session, alice, [decision.id])

    assert (comment.status, comment.version) == (Status.SPAM, 3)
    assert list_history(session, comment.id)[-1].undoes_id == decision.id
    assert (thread.approved_count, thread.version) == (0, 2)


def test_a_whole_action_is_undone_by_its_batch_and_redone(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comments = [make_comment(session, thread) for _ in range(3)]
    outcome = decide_comments(
        session, alice, {comment.id: 1 for comment in comments}, Action.SPAM
    )

    undone = undo_decisions(
        session, alice, [row.id for row in list_batch(session, alice, outcome.batch)]
    )

    assert {comment.status for comment in comments} == {Status.HELD}
    undo_decisions(
        session, alice, [row.id for row in list_batch(session, alice, undone.batch)]
    )
    assert {comment.status for comment in comments} == {Status.SPAM}


def test_what_was_decided_again_is_not_undone(
    session: Session, thread: Thread, alice: Actor, bob: Actor
) -> None:
    comment = make_comment(session, thread)
    decision = decide(session, alice, comment, Action.APPROVE)
    decide(session, bob, comment, Action.SPAM)

    outcome = undo_decisions(session, alice, [decision.id])

    assert comment.status is Status.SPAM
    assert outcome.decided == []
    assert [row.to_status for row in outcome.stale] == [Status.SPAM]


def test_an_undo_is_done_once(session: Session, thread: Thread, alice: Actor) -> None:
    comment = make_comment(session, thread)
    decision = decide(session, alice, comment, Action.APPROVE)
    undo_decisions(session, alice, [decision.id])

    again = undo_decisions(session, alice, [decision.id])

    assert comment.status is Status.HELD
    assert again.decided == []


def test_the_arrival_can_not_be_undone(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)
    [arrival] = list_history(session, comment.id)

    with pytest.raises(NotFoundError):
        undo_decisions(session, alice, [arrival.id])


@pytest.mark.parametrize(
    ("role", "site_key", "error"),
    [
        # Who may only read.
        (Role.VIEWER, "blog", NotAllowedError),
        # Whose site it isn't: not even that it exists is told.
        (Role.OWNER, "other", NotFoundError),
    ],
)
def test_only_moderators_of_the_site_decide(
    session: Session,
    thread: Thread,
    role: Role,
    site_key: str,
    error: type[Exception],
) -> None:
    make_site(session, key="other")
    moderator = make_moderator(session, role=role, site_key=site_key)
    actor = load_actor(session, moderator.id)
    comment = make_comment(session, thread)

    with pytest.raises(error):
        decide_comments(session, actor, {comment.id: 1}, Action.APPROVE)

    assert comment.status is Status.HELD


def test_a_foreign_comment_in_a_selection_stops_all_of_it(
    session: Session, thread: Thread
) -> None:
    other = make_thread(session, make_site(session, key="other"))
    moderator = make_moderator(session, site_key="blog")
    actor = load_actor(session, moderator.id)
    own, foreign = make_comment(session, thread), make_comment(session, other)

    with pytest.raises(NotFoundError):
        decide_comments(session, actor, {own.id: 1, foreign.id: 1}, Action.SPAM)

    assert {own.status, foreign.status} == {Status.HELD}


def test_a_role_on_the_site_goes_before_the_general_one(
    session: Session, thread: Thread
) -> None:
    make_moderator(session, role=Role.OWNER)
    moderator = make_moderator(session, role=Role.VIEWER, site_key="blog")
    actor = load_actor(session, moderator.id)

    with pytest.raises(NotAllowedError):
        decide_comments(
            session, actor, {make_comment(session, thread).id: 1}, Action.SPAM
        )


@pytest.mark.parametrize("count", [0, MOST_AT_ONCE + 1])
def test_a_selection_has_a_sensible_size(
    session: Session, alice: Actor, count: int
) -> None:
    with pytest.raises(InvalidInputError, match="Select from 1"):
        decide_comments(session, alice, dict.fromkeys(range(count), 1), Action.SPAM)


def test_the_public_version_changes_only_with_what_the_public_sees(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)

    decide(session, alice, comment, Action.SPAM)
    hidden = thread.version
    decide(session, alice, comment, Action.APPROVE)
    session.refresh(thread)

    assert hidden == 0
    assert (thread.version, thread.approved_count) == (1, 1)


def test_nothing_is_decided_twice(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)
    decide_comments(session, alice, {comment.id: 1}, Action.SPAM)

    decide_comments(session, alice, {comment.id: 1}, Action.SPAM)

    assert session.scalar(select(func.count()).select_from(Decision)) == 2


def test_only_the_last_decision_is_offered_to_be_taken_back(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)
    arrival_only = find_undoable(comment, list_history(session, comment.id))
    decide(session, alice, comment, Action.REJECT)
    decide(session, alice, comment, Action.SPAM)
    history = list_history(session, comment.id)

    assert arrival_only is None
    assert find_undoable(comment, history) is history[-1]
    # It has changed in another way since: nothing would be undone any more.
    comment.version += 1
    assert find_undoable(comment, history) is None
