from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.threads import (
    count_changes,
    ensure_thread,
    find_thread,
    list_approved,
)
from tests.factories import ORIGIN, make_comment, make_site, make_thread


def test_only_approved_comments_are_public(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    for status in Status:
        make_comment(session, thread, status=status, body=status)

    public = list_approved(session, thread)

    assert [comment.html for comment in public] == ["<p>approved</p>"]


def test_an_answer_to_a_hidden_comment_stands_by_itself(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    hidden = make_comment(session, thread, status=Status.SPAM)
    make_comment(session, thread, status=Status.APPROVED, parent=hidden)

    [public] = list_approved(session, thread)

    assert public.parent is None


def test_what_is_known_of_a_thread_is_not_overwritten(session: Session) -> None:
    site = make_site(session)
    ensure_thread(session, site, key="p", url=f"{ORIGIN}/p", title="Mine")

    thread = ensure_thread(session, site, key="p", url=f"{ORIGIN}/q", title="Yours")

    assert (thread.url, thread.title) == (f"{ORIGIN}/p", "Mine")
    assert find_thread(session, site, "p") is thread
    assert find_thread(session, site, "q") is None


def test_what_the_public_sees_is_counted_in_row_and_object(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    moves = [
        (None, Status.APPROVED),
        (Status.HELD, Status.APPROVED),
        (Status.APPROVED, Status.SPAM),
        # Nothing of these is seen.
        (None, Status.HELD),
        (Status.HELD, Status.SPAM),
    ]

    count_changes(session, [(thread.id, old, new) for old, new in moves])

    assert (thread.version, thread.approved_count) == (3, 1)
    session.expire(thread)
    assert (thread.version, thread.approved_count) == (3, 1)
