"""Whatever is decided and undone, in whatever order: what must hold, holds."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Action, Status, find_target
from moderation.services.access import Actor, load_actor
from moderation.services.reviews import decide_comments, list_history, undo_decisions
from moderation.storage.models import Comment, Thread
from tests.factories import make_comment, make_moderator, make_site, make_thread

# Which comment; what is to be done with it (None: take the last decision back); and
# how many versions ago it was looked at.
Step = tuple[int, Action | None, int]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from([*Action, None]), st.sampled_from([0, 0, 1])
    ),
    max_size=14,
)
FIRST_STATUSES = (Status.HELD, Status.APPROVED, Status.SPAM)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_counts_versions_and_histories_agree_after_any_steps(
    session: Session, steps: Sequence[Step]
) -> None:
    with session.begin_nested() as attempt:
        thread = make_thread(session, make_site(session))
        actor = load_actor(session, make_moderator(session).id)
        comments = [make_comment(session, thread, status=s) for s in FIRST_STATUSES]

        for place, action, age in steps:
            comment = comments[place]
            before = read_public(session, thread)
            status, version = comment.status, comment.version
            is_done = take_step(session, actor, comment, action, age)
            session.expire_all()
            check_step(session, thread, before)
            assert comment.version == version + is_done
            assert is_done or comment.status is status

        for comment in comments:
            check_history(session, comment)
        attempt.rollback()


def take_step(
    session: Session, actor: Actor, comment: Comment, action: Action | None, age: int
) -> bool:
    """Decide, or take back; return whether that is to change the comment."""
    if action is None:
        last = list_history(session, comment.id)[-1]
        if last.from_status is None:
            return False
        undone = undo_decisions(session, actor, [last.id])
        assert undone.decided == [comment.id]
        return True
    # Who looked at an earlier version is not heard.
    is_possible = not age and find_target(comment.status, action) is not None
    seen = comment.version - age
    done = decide_comments(session, actor, {comment.id: seen}, action)
    assert done.decided == ([comment.id] if is_possible else [])
    return is_possible


def read_public(session: Session, thread: Thread) -> tuple[set[int], int]:
    """Return what readers see of a thread, and the version they know it by."""
    found = select(Comment.id).where(
        Comment.thread_id == thread.id, Comment.status == Status.APPROVED
    )
    return set(session.scalars(found)), thread.version


def check_step(session: Session, thread: Thread, before: tuple[set[int], int]) -> None:
    shown, version = read_public(session, thread)
    assert thread.approved_count == len(shown)
    # Else what is kept of the thread would be shown again.
    assert (version > before[1]) == (shown != before[0])


def check_history(session: Session, comment: Comment) -> None:
    history = list_history(session, comment.id)
    assert history[0].from_status is None
    assert history[-1].to_status is comment.status
    assert history[-1].version == comment.version
    for earlier, later in pairwise(history):
        assert later.from_status is earlier.to_status
        assert later.version == earlier.version + 1
    found = select(func.count()).where(Comment.id == comment.id)
    assert session.scalar(found) == 1
