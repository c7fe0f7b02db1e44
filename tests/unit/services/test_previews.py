import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.statuses import Action
from moderation.domain.turns import find_turn
from moderation.services.access import Actor, load_actor
from moderation.services.previews import preview_selection
from moderation.storage.models import Comment
from tests.factories import make_comment, make_moderator, make_site, make_thread


@pytest.fixture
def actor(session: Session) -> Actor:
    return load_actor(session, make_moderator(session).id)


@pytest.fixture
def comments(session: Session) -> list[Comment]:
    thread = make_thread(session, make_site(session))
    found = [make_comment(session, thread, score=score) for score in (0.1, 0.5, 0.9)]
    networks = ("192.0.2.0/24", "192.0.2.0/24", "")
    for comment, network in zip(found, networks, strict=True):
        comment.network = network
    session.flush()
    return found


@pytest.mark.parametrize(
    ("action", "odd_scores"),
    [
        # Honest-looking ones among spam; likely spam among what is to be published.
        (Action.SPAM, [0.1]),
        (Action.REJECT, [0.1]),
        (Action.APPROVE, [0.9, 0.5]),
        # Nothing is wrong with looking again.
        (Action.HOLD, []),
    ],
)
def test_what_looks_wrong_is_told(
    session: Session,
    actor: Actor,
    comments: list[Comment],
    action: Action,
    odd_scores: list[float],
) -> None:
    versions = {comment.id: 1 for comment in comments}

    preview = preview_selection(session, actor, versions, action)

    assert [comment.score for comment in preview.odd] == odd_scores
    assert len(preview.others) == 3 - len(odd_scores)
    assert (preview.number, preview.networks) == (3, 1)


def test_a_selection_of_nothing_or_too_much_is_refused(
    session: Session, actor: Actor
) -> None:
    for versions in ({}, dict.fromkeys(range(501), 1)):
        with pytest.raises(InvalidInputError):
            preview_selection(session, actor, versions, Action.SPAM)


def test_what_is_not_there_is_not_left_out_silently(
    session: Session, actor: Actor, comments: list[Comment]
) -> None:
    with pytest.raises(NotFoundError):
        preview_selection(session, actor, {comments[0].id: 1, 99: 1}, Action.SPAM)


def test_what_a_person_is_to_read_first_is_told_apart(
    session: Session, actor: Actor, comments: list[Comment]
) -> None:
    first = comments[0]
    first.due_at = find_turn(first.created_at, first.score, needs_care=True)
    session.flush()

    preview = preview_selection(
        session, actor, {comment.id: 1 for comment in comments}, Action.SPAM
    )

    assert [comment.id for comment in preview.first] == [first.id]
    assert (preview.odd, preview.number) == ([], 3)
