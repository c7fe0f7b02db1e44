import itertools
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.statuses import Action, Status, find_target
from moderation.services.access import Actor, load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.learning import read_learnt, teach_submission
from moderation.services.reviews import (
    decide_comments,
    list_history,
    undo_batch,
    undo_decisions,
)
from moderation.services.submissions import submit_comment
from moderation.services.sums import pack_words, unpack_words
from moderation.spam.learning import Label, Tally
from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission
from moderation.storage.models import (
    Comment,
    LearntFeature,
    LearntSite,
    LearntWord,
    Lesson,
    Moderator,
    Site,
    Thread,
)
from moderation.storage.session import Database
from tests.factories import make_comment, make_moderator, make_site, make_thread

BODIES = (
    "My vim plugins start faster since I moved them into one file",
    "Best casino bonus at https://casino-win.example/slots for you",
    "Thank you, this helped my mother with her garden",
)
State = Mapping[tuple[object, ...], tuple[object, ...]]


def submit(session: Session, body: str, *, email: str = "ada@example.org") -> Comment:
    draft = prepare_draft(thread="post-1", name="Ada", email=email, body=body)
    return submit_comment(session, "blog", draft, Arrival())


def decide(session: Session, actor: Actor, comment: Comment, action: Action) -> str:
    outcome = decide_comments(session, actor, {comment.id: comment.version}, action)
    assert outcome.decided == [comment.id]
    return outcome.batch


def read_state(session: Session) -> State:
    """Return all that was learnt; what was taken back leaves no difference."""
    session.flush()
    words = select(LearntWord.site_id, LearntWord.word, LearntWord.spam, LearntWord.ham)
    features = select(
        LearntFeature.site_id,
        LearntFeature.kind,
        LearntFeature.key,
        LearntFeature.spam,
        LearntFeature.ham,
    )
    sites = select(
        LearntSite.site_id, LearntSite.spam, LearntSite.ham, LearntSite.terms
    )
    state: dict[tuple[object, ...], tuple[object, ...]] = {}
    for row in itertools.chain(session.execute(words), session.execute(features)):
        if row.spam or row.ham:
            state[tuple(row[:-2])] = (row.spam, row.ham)
    for site_id, spam, ham, terms in session.execute(sites):
        if spam or ham or any(terms):
            state[(site_id,)] = (spam, ham, *terms)
    return state


def forget_all(session: Session) -> None:
    for table in (LearntWord, LearntFeature, LearntSite, Lesson):
        session.execute(delete(table))
    session.expire_all()


def list_lessons(session: Session) -> Mapping[int, Label]:
    rows = session.execute(select(Lesson.comment_id, Lesson.label))
    return {row.comment_id: row.label for row in rows}


@pytest.mark.parametrize(
    ("action", "label"),
    [
        (Action.APPROVE, Label.HAM),
        (Action.SPAM, Label.SPAM),
        # Unwanted is not spam.
        (Action.REJECT, None),
    ],
)
def test_a_decision_teaches_what_it_says(
    session: Session, thread: Thread, alice: Actor, action: Action, label: Label | None
) -> None:
    comment = submit(session, BODIES[1])

    decide(session, alice, comment, action)

    learnt = read_learnt(session, thread.site_id, Submission(body=BODIES[1]))
    assert learnt.totals == Tally(spam=label is Label.SPAM, ham=label is Label.HAM)
    assert set(learnt.words.values()) == ({learnt.totals} if label else set())
    assert list_history(session, comment.id)[-1].label is label


def test_what_was_learnt_is_the_words_the_links_the_author_and_the_signals(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = submit(session, BODIES[1])
    decide(session, alice, comment, Action.SPAM)
    again = Submission(body=BODIES[1], author="Ada", email="ADA@example.org")

    learnt = read_learnt(session, thread.site_id, again)

    assert learnt.domains == {"casino-win.example": Tally(spam=1)}
    assert learnt.author == Tally(spam=1)
    assert len(learnt.words) > len(BODIES[1].split())
    assert "baseline" not in learnt.signals
    assert set(learnt.signals.values()) == {Tally(spam=1)}
    assert any(learnt.terms)


def test_another_site_learns_nothing_of_it(
    session: Session, thread: Thread, alice: Actor
) -> None:
    other = make_site(session, key="other")
    decide(session, alice, submit(session, BODIES[1]), Action.SPAM)

    learnt = read_learnt(session, other.id, Submission(body=BODIES[1]))

    assert learnt.totals == Tally()
    assert thread.site_id != other.id


def test_the_filters_own_verdicts_teach_nothing(session: Session) -> None:
    make_site(session, policy=Policy.HOLD_SUSPECT)

    comment = submit(session, BODIES[0])

    assert comment.status is Status.APPROVED
    assert read_state(session) == {}


def test_a_decision_on_the_filters_verdict_teaches_and_undo_goes_back_to_nothing(
    session: Session, alice: Actor
) -> None:
    make_site(session, policy=Policy.HOLD_SUSPECT)
    comment = submit(session, BODIES[0])

    batch = decide(session, alice, comment, Action.SPAM)
    taught = list_lessons(session)
    undo_batch(session, alice, batch)

    assert taught == {comment.id: Label.SPAM}
    # The comment is approved again, but nobody has approved it.
    assert comment.status is Status.APPROVED
    assert read_state(session) == {}


def test_undo_returns_to_the_lesson_before(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread)
    decide(session, alice, comment, Action.APPROVE)
    before = read_state(session)

    batch = decide(session, alice, comment, Action.SPAM)
    undone = undo_batch(session, alice, batch)

    assert read_state(session) == before
    undo_batch(session, alice, undone.batch)
    assert list_lessons(session) == {comment.id: Label.SPAM}


def test_an_edited_comment_is_unlearnt_as_it_was_learnt(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread, body=BODIES[0])
    decide(session, alice, comment, Action.APPROVE)

    comment.body = "Quite another text"
    comment.email = "eve@example.org"
    decide(session, alice, comment, Action.HOLD)

    assert read_state(session) == {}


def test_two_decisions_on_equal_comments_count_twice(
    session: Session, thread: Thread, alice: Actor
) -> None:
    for _ in range(2):
        comment = make_comment(session, thread, body=BODIES[0])
        decide(session, alice, comment, Action.APPROVE)

    learnt = read_learnt(session, thread.site_id, Submission(body=BODIES[0]))

    assert set(learnt.words.values()) == {Tally(ham=2)}


Step = tuple[int, Action | None]
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*Action, None])), max_size=12
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_was_decided_and_undone_the_sums_are_those_of_the_last_labels(
    session: Session, steps: Sequence[Step]
) -> None:
    with session.begin_nested() as attempt:
        site = make_site(session, policy=Policy.HOLD_SUSPECT)
        actor = load_actor(session, make_moderator(session).id)
        comments = [submit(session, body) for body in BODIES]
        take_steps(session, actor, comments, steps)

        state, labels = read_state(session), list_lessons(session)

        forget_all(session)
        for comment in reversed(comments):
            relearn(session, comment, labels.get(comment.id))
        assert read_state(session) == state
        assert site.id
        attempt.rollback()


def take_steps(
    session: Session, actor: Actor, comments: Sequence[Comment], steps: Iterable[Step]
) -> None:
    """Decide, or (None) take back the comment's last decision."""
    for place, action in steps:
        comment = comments[place]
        last = list_history(session, comment.id)[-1]
        if action is not None and find_target(comment.status, action):
            decide(session, actor, comment, action)
        elif action is None and last.from_status is not None:
            undo_decisions(session, actor, [last.id])


def relearn(session: Session, comment: Comment, label: Label | None) -> None:
    """Decide on a comment of which nothing is learnt as if for the first time."""
    moderator = session.scalars(select(Moderator.id)).one()
    actor = load_actor(session, moderator)
    actions = {Label.SPAM: Action.SPAM, Label.HAM: Action.APPROVE}
    comment.status = Status.HELD
    session.flush()
    if label is not None:
        decide(session, actor, comment, actions[label])


def test_two_processes_lose_nothing(database: Database) -> None:
    other = Database(database.url.render_as_string())
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        moderator = make_moderator(session)
        ids = [make_comment(session, thread, body=BODIES[0]).id for _ in range(6)]

    for comment_id, process in zip(ids, itertools.cycle([database, other])):
        with process.write() as session:
            actor = load_actor(session, moderator.id)
            decide_comments(session, actor, {comment_id: 1}, Action.APPROVE)

    with other.read() as session:
        learnt = read_learnt(session, thread.site_id, Submission(body=BODIES[0]))
        assert learnt.totals == Tally(ham=6)
        assert set(learnt.words.values()) == {Tally(ham=6)}
    other.close()


def test_a_decision_that_fails_leaves_no_half_lesson(database: Database) -> None:
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        moderator = make_moderator(session)
        comment = make_comment(session, thread, body=BODIES[0])

    with pytest.raises(RuntimeError):
        decide_and_fail(database, moderator.id, comment.id)

    with database.read() as session:
        assert read_state(session) == {}
        assert list_lessons(session) == {}


def decide_and_fail(database: Database, moderator_id: int, comment_id: int) -> None:
    with database.write() as session:
        actor = load_actor(session, moderator_id)
        decide_comments(session, actor, {comment_id: 1}, Action.SPAM)
        assert read_state(session) != {}
        raise RuntimeError


def test_a_deleted_comment_leaves_what_it_taught(
    session: Session, thread: Thread, alice: Actor
) -> None:
    comment = make_comment(session, thread, body=BODIES[0])
    decide(session, alice, comment, Action.APPROVE)

    session.execute(delete(Comment).where(Comment.id == comment.id))

    learnt = read_learnt(session, thread.site_id, Submission(body=BODIES[0]))
    assert learnt.totals == Tally(ham=1)


def test_a_comment_that_is_not_stored_can_be_learnt(
    session: Session, site: Site
) -> None:
    submission = Submission(body=BODIES[1], email="ada@example.org")
    judgement = judge(submission)

    teach_submission(session, site.id, submission, judgement, Label.SPAM)
    teach_submission(session, site.id, submission, judgement, Label.HAM)

    learnt = read_learnt(session, site.id, submission)
    assert learnt.totals == learnt.author == Tally(spam=1, ham=1)
    assert set(learnt.words.values()) == {Tally(spam=1, ham=1)}


@given(st.frozensets(st.integers(0, (1 << 24) - 1)))
def test_words_survive_being_packed(words: frozenset[int]) -> None:
    assert list(unpack_words(pack_words(words))) == sorted(words)
