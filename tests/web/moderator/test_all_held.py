import re

from flask import Flask
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.queues import PAGE_LENGTH
from moderation.spam.care import CARE
from moderation.storage.models import Audit, Comment, SignalEvidence, Thread
from tests.factories import make_comment, make_site, make_thread
from tests.web.conftest import CountQueries
from tests.web.visiting import Visitor, add_account, visit


def add_held(session: Session, thread: Thread, number: int) -> list[Comment]:
    comments = [
        make_comment(session, thread, name=f"No. {place}", score=0.97)
        for place in range(number)
    ]
    session.commit()
    return comments


def read_statuses(session: Session, comments: list[Comment]) -> set[str]:
    for comment in comments:
        session.refresh(comment)
    statuses = {str(comment.status) for comment in comments}
    session.rollback()
    return statuses


def preview(visitor: Visitor, action: str = "spam") -> str:
    return visitor.post("/moderate/preview", action=action, scope="held").text


def read_seen(page: str) -> str:
    match = re.search(r'name="seen" value="(\d+)"', page)
    assert match is not None, page
    return match[1]


def test_all_pages_are_offered_where_there_is_more_than_one(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    add_held(session, thread, PAGE_LENGTH)
    assert 'name="scope"' not in alice.get("/moderate/").text

    add_held(session, thread, 1)

    assert f"All {PAGE_LENGTH + 1} held" in alice.get("/moderate/").text
    assert 'name="scope"' not in alice.get("/moderate/?status=spam").text


def test_all_that_is_held_is_looked_at_decided_and_undone_as_one(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comments = add_held(session, thread, PAGE_LENGTH + 20)
    comments[3].score = 0.1
    comments[4].network, comments[5].network = "192.0.2.0/24", "198.51.100.0/24"
    session.commit()

    page = preview(alice)
    assert "60 comments from 2 networks; <strong>1 looks honest</strong>" in page
    assert "No. 3" in page
    assert read_statuses(session, comments) == {"held"}
    seen = read_seen(page)
    done = alice.post("/moderate/decisions", action="spam", scope="held", seen=seen)

    assert read_statuses(session, comments) == {"spam"}
    batch = done.headers["Location"].split("done=")[1]
    assert "Marked as spam 60 comments." in alice.get(done.headers["Location"]).text
    alice.post("/moderate/undo", batch=batch)
    assert read_statuses(session, comments) == {"held"}


def test_what_came_or_was_decided_on_since_is_left_alone(
    alice: Visitor, bob: Visitor, session: Session, thread: Thread
) -> None:
    comments = add_held(session, thread, 3)
    seen = read_seen(preview(alice))
    bob.decide("approve", comments[0])
    bob.decide("approve", comments[1])
    bob.post("/moderate/decisions", action="hold", comment=f"{comments[1].id}:2")
    comments += add_held(session, thread, 1)

    alice.post("/moderate/decisions", action="spam", scope="held", seen=seen)

    statuses = [read_statuses(session, [comment]).pop() for comment in comments]
    assert statuses == ["approved", "held", "spam", "held"]


def test_the_audit_sample_and_what_is_not_ones_own_are_left_alone(
    app: Flask, session: Session, thread: Thread
) -> None:
    own = add_held(session, thread, 1)
    audited = make_comment(session, thread, status=Status.APPROVED)
    audited.audit = Audit.OPEN
    read_first = make_comment(session, thread)
    read_first.signals.append(
        SignalEvidence(position=0, name=CARE, weight=0.0, reason="Read this first.")
    )
    seen_only = make_thread(session, make_site(session, key="seen"))
    hidden = make_thread(session, make_site(session, key="hidden"))
    others = add_held(session, seen_only, 1) + add_held(session, hidden, 1)
    add_account(app, session, site_key="blog")
    add_account(app, session, site_key="seen", role=Role.VIEWER)
    carol = visit(app, "alice@example.org")

    page = preview(carol)
    carol.post("/moderate/decisions", action="spam", scope="held", seen=read_seen(page))

    assert "Spam 1 comment?" in page
    assert read_statuses(session, own) == {"spam"}
    assert read_statuses(session, others) == {"held"}
    assert read_statuses(session, [audited]) == {"approved"}
    assert read_statuses(session, [read_first]) == {"held"}


def test_nothing_is_decided_on_twice(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    add_held(session, thread, 2)
    seen = read_seen(preview(alice))
    fields = {"action": "spam", "scope": "held", "seen": seen}
    alice.post("/moderate/decisions", **fields)

    again = alice.post("/moderate/decisions", **fields)

    assert again.status_code == 422
    assert "Nothing of what you saw is held any more" in again.text
    assert "Nothing is held any more." in preview(alice)


def test_it_has_to_be_looked_at_first(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comments = add_held(session, thread, 2)

    answer = alice.post("/moderate/decisions", action="spam", scope="held")

    assert answer.status_code == 422
    assert read_statuses(session, comments) == {"held"}


def test_the_preview_takes_few_queries_however_much_is_held(
    alice: Visitor, session: Session, thread: Thread, count_queries: CountQueries
) -> None:
    numbers = []
    for number in (1, 30):
        add_held(session, thread, number)
        token = alice.find_token()
        with count_queries() as statements:
            alice.client.post(
                "/moderate/preview",
                data={"csrf_token": token, "action": "spam", "scope": "held"},
            )
        numbers.append(len(statements))

    assert numbers[0] == numbers[1]
