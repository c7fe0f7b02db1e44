from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.networks import find_plain
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.retention import (
    forget_campaigns,
    hash_addresses,
    purge_comments,
)
from moderation.services.reviews import decide_comments, undo_batch
from moderation.services.submissions import submit_comment
from moderation.storage.models import (
    Campaign,
    Comment,
    Event,
    LearntSite,
    Lesson,
)
from moderation.storage.models.base import now
from tests.factories import (
    make_comment,
    make_endpoint,
    make_moderator,
    make_site,
    make_thread,
)

KEY = "k" * 48
DAY = timedelta(days=1)


def submit(session: Session, body: str, *, ip: str, agent: str = "Firefox") -> Comment:
    draft = prepare_draft(thread="post-1", name="A", email="a@b.example", body=body)
    return submit_comment(session, "blog", draft, Arrival(ip=ip, user_agent=agent))


def test_old_addresses_become_hashes_that_are_alike_for_the_same(
    session: Session,
) -> None:
    make_site(session)
    same = [submit(session, body, ip="192.0.2.7") for body in ("One.", "Two.")]
    other = submit(session, "Three.", ip="198.51.100.7")

    number = hash_addresses(session, key=KEY, before=now() + DAY)

    assert number == 3
    for kept in ("ip", "network", "user_agent"):
        hashes = [getattr(comment, kept) for comment in [*same, other]]
        assert [find_plain(one) for one in hashes] == ["", "", ""]
        assert hashes[0] == hashes[1]
    assert same[0].network != other.network
    assert hash_addresses(session, key=KEY, before=now() + DAY) == 0


def test_another_key_gives_other_hashes(session: Session) -> None:
    make_site(session)
    first = submit(session, "One.", ip="192.0.2.7")
    hash_addresses(session, key=KEY, before=now() + DAY)
    second = submit(session, "Two.", ip="192.0.2.7")

    hash_addresses(session, key="x" * 48, before=now() + DAY)

    assert first.network != second.network


def test_what_a_visitor_calls_a_browser_can_not_pass_for_a_hash(
    session: Session,
) -> None:
    make_site(session)
    comment = submit(session, "One.", ip="", agent="#not a hash")

    hash_addresses(session, key=KEY, before=now() + DAY)

    assert "not" not in comment.user_agent
    assert hash_addresses(session, key=KEY, before=now() + DAY) == 0


def test_young_addresses_are_left_to_the_filter(session: Session) -> None:
    make_site(session)
    comment = submit(session, "One.", ip="192.0.2.7")

    number = hash_addresses(session, key=KEY, before=now() - DAY)

    assert number == 0
    assert comment.ip == "192.0.2.7"


@pytest.mark.parametrize(
    ("status", "age", "reviewed", "is_left"),
    [
        # Unwanted for long: it goes.
        (Status.SPAM, 40, None, False),
        (Status.SPAM, 40, 35, False),
        # Too young, by arrival or by what was last decided.
        (Status.SPAM, 20, None, True),
        (Status.SPAM, 400, 3, True),
        # What is wanted, waits, or was unwanted in another way is not looked at.
        (Status.APPROVED, 400, None, True),
        (Status.HELD, 400, None, True),
        (Status.REJECTED, 400, None, True),
    ],
)
def test_what_was_unwanted_for_long_is_deleted(
    session: Session, status: Status, age: int, reviewed: int | None, *, is_left: bool
) -> None:
    comment = make_comment(
        session, make_thread(session, make_site(session)), status=status
    )
    comment.created_at = now() - age * DAY
    comment.reviewed_at = None if reviewed is None else now() - reviewed * DAY
    session.flush()

    number = purge_comments(session, status=Status.SPAM, before=now() - 30 * DAY)

    assert number == (not is_left)
    left = session.scalar(select(func.count()).select_from(Comment))
    assert left == is_left


def test_what_purged_spam_taught_stays_and_undo_finds_nothing(
    session: Session,
) -> None:
    make_site(session)
    make_endpoint(session)
    comment = submit(session, "Cheap pills at https://pills.example now", ip="")
    actor = load_actor(session, make_moderator(session).id)
    outcome = decide_comments(
        session, actor, {comment.id: comment.version}, Action.SPAM
    )

    number = purge_comments(session, status=Status.SPAM, before=now() + DAY)
    forget_campaigns(session)

    session.expire_all()
    assert number == 1
    assert session.scalars(select(LearntSite.spam)).one() == 1
    assert session.scalars(select(Lesson)).all() == []
    # What was told of it repeats the text.
    told = session.scalars(select(Event)).all()
    assert {(event.type, event.payload["body"]) for event in told} == {
        ("comment.deleted", "")
    }
    assert session.scalars(select(Campaign)).all() == []
    with pytest.raises(NotFoundError):
        undo_batch(session, actor, outcome.batch)


def test_replies_to_what_is_purged_stay(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    spam = make_comment(session, thread, status=Status.SPAM)
    reply = make_comment(session, thread, status=Status.APPROVED, parent=spam)

    purge_comments(session, status=Status.SPAM, before=now() + DAY)

    session.expire_all()
    assert session.scalars(select(Comment)).all() == [reply]
    assert reply.parent_id is None
