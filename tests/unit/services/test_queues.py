from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.services.access import load_actor
from moderation.services.queues import count_comments, find_comment, list_comments
from tests.factories import make_comment, make_moderator, make_site, make_thread

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "is_oldest_first"),
    [
        # What waits longest comes first; what was done last is looked up first.
        (Status.HELD, True),
        (Status.SPAM, False),
    ],
)
def test_pages_follow_each_other_without_gap_or_repeat(
    session: Session, status: Status, *, is_oldest_first: bool
) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    # Three arrive in the same moment: the id must decide.
    minutes = [0, 1, 1, 1, 2, 3, 4]
    ids = []
    for minute in minutes:
        comment = make_comment(session, thread, status=status)
        comment.created_at = START + timedelta(minutes=minute)
        ids.append(comment.id)
    session.flush()

    seen: list[int] = []
    page = list_comments(session, actor, status=status, length=2)
    seen += [comment.id for comment in page.comments]
    while page.next is not None:
        page = list_comments(session, actor, status=status, after=page.next, length=2)
        seen += [comment.id for comment in page.comments]

    assert seen == (ids if is_oldest_first else ids[::-1])


def test_others_sites_are_not_there(session: Session) -> None:
    make_site(session)
    other = make_thread(session, make_site(session, key="other"))
    comment = make_comment(session, other)
    actor = load_actor(session, make_moderator(session, site_key="blog").id)

    page = list_comments(session, actor, status=Status.HELD)

    assert page.comments == []
    assert set(count_comments(session, actor).values()) == {0}
    with pytest.raises(NotFoundError):
        find_comment(session, actor, comment.id)


def test_comments_are_counted_by_status(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    for status in (Status.HELD, Status.HELD, Status.SPAM):
        make_comment(session, thread, status=status)

    counts = count_comments(session, actor)

    assert counts == {
        Status.HELD: 2,
        Status.APPROVED: 0,
        Status.REJECTED: 0,
        Status.SPAM: 1,
    }
