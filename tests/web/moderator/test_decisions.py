import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.statuses import MOVES, Action, Status
from moderation.storage.models import Comment, Decision, Thread
from moderation.storage.session import Database
from tests.factories import make_comment
from tests.web.moderator.conftest import State
from tests.web.visiting import Visitor, name_version

Look = Callable[[Comment], State]


def find_undo(text: str) -> str:
    match = re.search(r'name="batch" value="([^"]+)"', text)
    assert match is not None, text
    return match[1]


@pytest.mark.parametrize(
    ("status", "action", "target"),
    [
        (status, action, target)
        for status, moves in MOVES.items()
        for action, target in moves.items()
    ],
)
def test_each_action_does_what_it_says_and_undo_takes_it_back(
    alice: Visitor,
    session: Session,
    thread: Thread,
    look: Look,
    *,
    status: Status,
    action: Action,
    target: Status,
) -> None:
    comment = make_comment(session, thread, status=status)
    session.commit()

    answer = alice.decide(action, comment, status=status)
    decided = look(comment)
    page = alice.get(answer.location)
    undone = alice.post("/moderate/undo", batch=find_undo(page.text), status=status)

    assert answer.status_code == 303
    assert answer.location.startswith(f"/moderate/?status={status}&done=")
    assert decided == (target, 2, 2)
    assert undone.status_code == 303
    assert look(comment) == (status, 3, 3)


def test_a_selection_is_decided_and_undone_as_one(
    alice: Visitor, session: Session, thread: Thread, look: Look
) -> None:
    comments = [make_comment(session, thread) for _ in range(3)]
    session.commit()

    page = alice.get(alice.decide("approve", *comments).location)
    approved = [look(comment)[0] for comment in comments]
    undone = alice.get(
        alice.post("/moderate/undo", batch=find_undo(page.text)).location
    )

    assert "Approved 3 comments." in page.text
    assert approved == ["approved"] * 3
    assert "Undone: put back 3 comments." in undone.text
    assert [look(comment)[0] for comment in comments] == ["held"] * 3


def test_undoing_can_be_undone(alice: Visitor, comment: Comment, look: Look) -> None:
    page = alice.get(alice.decide("spam", comment).location)
    undone = alice.get(
        alice.post("/moderate/undo", batch=find_undo(page.text)).location
    )

    again = alice.post("/moderate/undo", batch=find_undo(undone.text))

    assert again.status_code == 303
    assert look(comment)[0] == "spam"


def test_a_decision_says_who_when_and_why(
    alice: Visitor, comment: Comment, session: Session
) -> None:
    answer = alice.decide(
        "reject", comment, why="Off topic & <rude>", page=str(comment.id)
    )

    page = alice.get(answer.location)
    decision = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert answer.location.startswith(f"/moderate/comments/{comment.id}?done=")
    assert decision is not None
    assert (decision.from_status, decision.to_status) == ("held", "rejected")
    assert decision.why == "Off topic & <rude>"
    assert "Off topic &amp; &lt;rude&gt;" in page.text
    assert "by you" in page.text


def test_the_page_leads_back_to_where_the_moderator_was(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    first, second = make_comment(session, thread), make_comment(session, thread)
    session.commit()

    answer = alice.decide(
        "approve", first, after="2000-01-01T00:00:00Z_0", next=str(second.id)
    )

    assert "after=2000-01-01T00:00:00Z_0" in answer.location
    assert answer.location.endswith(f"#comment-{second.id}")


def test_of_two_moderators_the_first_decides_and_the_second_is_told(
    alice: Visitor, bob: Visitor, comment: Comment, look: Look
) -> None:
    bob.decide("approve", comment)
    after_bob = look(comment)

    answer = alice.decide("spam", comment)

    assert answer.status_code == 409
    assert look(comment) == after_bob == ("approved", 2, 2)
    assert "approved by bob@example.org, <time" in answer.text
    assert "Nothing else was changed." in answer.text


def test_of_many_at_the_same_moment_one_decides(
    app: Flask, alice: Visitor, comment: Comment, look: Look
) -> None:
    token, cookie = alice.find_token(), alice.client.get_cookie("moderation")
    assert cookie is not None
    start = Barrier(8)

    def decide(action: str) -> int:
        client = app.test_client()
        client.set_cookie("moderation", cookie.value)
        fields = {
            "csrf_token": token,
            "action": action,
            "comment": name_version(comment),
        }
        start.wait()
        return client.post("/moderate/decisions", data=fields).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(decide, ["approve", "spam"] * 4))

    assert sorted(statuses) == [303] + [409] * 7
    assert look(comment)[1:] == (2, 2)


def test_what_nobody_else_touched_is_decided_and_can_be_undone(
    alice: Visitor, bob: Visitor, session: Session, thread: Thread, look: Look
) -> None:
    mine, theirs = make_comment(session, thread), make_comment(session, thread)
    session.commit()
    bob.decide("approve", theirs)

    answer = alice.decide("spam", mine, theirs)
    decided = look(mine)[0], look(theirs)[0]
    undone = alice.post("/moderate/undo", batch=find_undo(answer.text))

    assert answer.status_code == 409
    assert "The other 1 comment you selected" in answer.text
    assert decided == ("spam", "approved")
    assert undone.status_code == 303
    assert (look(mine)[0], look(theirs)[0]) == ("held", "approved")


def test_sending_a_decision_twice_does_it_once(
    alice: Visitor, comment: Comment, look: Look
) -> None:
    alice.decide("approve", comment)

    again = alice.decide("approve", comment)

    assert again.status_code == 409
    assert "approved by you" in again.text
    assert look(comment) == ("approved", 2, 2)


def test_undo_leaves_what_was_decided_since(
    alice: Visitor, bob: Visitor, session: Session, thread: Thread, look: Look
) -> None:
    changed, quiet = make_comment(session, thread), make_comment(session, thread)
    session.commit()
    page = alice.get(alice.decide("approve", changed, quiet).location)
    bob.post(
        "/moderate/decisions",
        action="spam",
        comment=f"{changed.id}:2",
        status="approved",
    )

    answer = alice.post("/moderate/undo", batch=find_undo(page.text))

    assert answer.status_code == 409
    assert "marked as spam by bob@example.org" in answer.text
    assert look(changed) == ("spam", 3, 3)
    assert look(quiet) == ("held", 3, 3)


def test_undo_of_one_decision_after_another_is_refused(
    alice: Visitor, bob: Visitor, comment: Comment, database: Database, look: Look
) -> None:
    alice.decide("approve", comment)
    with database.read() as session:
        first = session.scalars(
            select(Decision.id).order_by(Decision.id.desc())
        ).first()
    bob.post("/moderate/decisions", action="spam", comment=f"{comment.id}:2")

    answer = alice.post("/moderate/undo", decision=str(first))

    assert answer.status_code == 409
    assert look(comment) == ("spam", 3, 3)


def test_the_last_decision_has_an_undo_on_the_comments_page(
    alice: Visitor, comment: Comment, look: Look
) -> None:
    fresh = alice.get(f"/moderate/comments/{comment.id}").text
    alice.decide("approve", comment)
    page = alice.get(f"/moderate/comments/{comment.id}").text
    match = re.search(r'name="decision" value="(\d+)"', page)

    assert 'name="decision"' not in fresh
    assert match is not None
    answer = alice.post("/moderate/undo", decision=match[1], page=str(comment.id))
    assert answer.location.startswith(f"/moderate/comments/{comment.id}?done=")
    assert look(comment)[0] == "held"
    assert "(undone)" in alice.get(answer.location).text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        # An arrival cannot be taken back: nothing came before it.
        ("/moderate/undo", {"decision": "1"}, 404),
        ("/moderate/undo", {"decision": "999"}, 404),
        ("/moderate/undo", {"decision": "x"}, 422),
        ("/moderate/undo", {"batch": "nosuchbatch"}, 404),
        ("/moderate/undo", {"batch": ""}, 404),
        ("/moderate/undo", {"batch": "\0"}, 404),
        ("/moderate/undo", {}, 404),
        # Nothing selected, something that is no comment, too much at once.
        ("/moderate/decisions", {"action": "spam"}, 422),
        ("/moderate/decisions", {"action": "spam", "comment": "x"}, 422),
        ("/moderate/decisions", {"action": "spam", "comment": "999:1"}, 404),
        (
            "/moderate/decisions",
            {"action": "spam", "comment": [f"{number}:1" for number in range(501)]},
            422,
        ),
        ("/moderate/decisions", {"action": "explode", "comment": "1:1"}, 422),
        ("/moderate/decisions", {"comment": "1:1"}, 422),
        # One that is good and one that is not: nothing is done.
        ("/moderate/decisions", {"action": "spam", "comment": ["1:1", "999:1"]}, 404),
    ],
)
def test_requests_that_make_no_sense_change_nothing(
    alice: Visitor,
    comment: Comment,
    look: Look,
    *,
    path: str,
    fields: dict[str, str],
    status: int,
) -> None:
    answer = alice.post(path, **fields)

    assert answer.status_code == status
    assert look(comment) == ("held", 1, 1)


@pytest.mark.parametrize("path", ["/moderate/decisions", "/moderate/undo"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_decisions_are_posted(
    alice: Visitor, comment: Comment, look: Look, path: str, method: str
) -> None:
    answer = alice.client.open(
        path,
        method=method,
        query_string={
            "csrf_token": alice.find_token(),
            "action": "spam",
            "comment": name_version(comment),
        },
    )

    assert 400 <= answer.status_code < 500
    assert look(comment) == ("held", 1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        # From a form on another page, from a sandboxed frame, from a look-alike.
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil-localhost"},
        {"Origin": "http://localhost:8080"},
    ],
)
@pytest.mark.parametrize("path", ["/moderate/decisions", "/moderate/undo", "/logout"])
def test_a_foreign_page_cannot_decide_even_with_a_token(
    alice: Visitor, comment: Comment, look: Look, path: str, headers: dict[str, str]
) -> None:
    answer = alice.client.post(
        path,
        headers=headers,
        data={
            "csrf_token": alice.find_token(),
            "action": "spam",
            "comment": name_version(comment),
        },
    )

    assert answer.status_code == 400
    assert look(comment) == ("held", 1, 1)
    assert alice.get("/moderate/").status_code == 200


def test_our_own_page_may_say_where_it_is_from(
    alice: Visitor, comment: Comment, look: Look
) -> None:
    answer = alice.client.post(
        "/moderate/decisions",
        headers={"Origin": "http://localhost"},
        data={
            "csrf_token": alice.find_token(),
            "action": "spam",
            "comment": name_version(comment),
        },
    )

    assert answer.status_code == 303
    assert look(comment)[0] == "spam"


@pytest.mark.parametrize(
    ("referer", "status"),
    [
        ("https://evil.example/", 400),
        ("https://localhost.evil.example/", 400),
        ("http://localhost/moderate/", 400),
        (None, 400),
        ("https://localhost/moderate/", 303),
    ],
)
def test_over_https_the_referer_must_be_ours(
    alice: Visitor, comment: Comment, look: Look, referer: str | None, status: int
) -> None:
    answer = alice.client.post(
        "/moderate/decisions",
        base_url="https://localhost",
        headers={"Referer": referer} if referer else {},
        data={
            "csrf_token": alice.find_token(),
            "action": "spam",
            "comment": name_version(comment),
        },
    )

    assert answer.status_code == status
    assert look(comment)[0] == ("spam" if status == 303 else "held")


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", ""])
def test_only_a_form_decides(
    alice: Visitor, comment: Comment, look: Look, content_type: str
) -> None:
    token = alice.find_token()

    answer = alice.client.post(
        "/moderate/decisions",
        content_type=content_type,
        data=f"csrf_token={token}&action=spam&comment={name_version(comment)}",
    )

    assert answer.status_code == 400
    assert look(comment) == ("held", 1, 1)


@pytest.mark.parametrize("token", [None, "", "x", "other"])
def test_without_its_own_token_nothing_is_decided(
    alice: Visitor, bob: Visitor, comment: Comment, look: Look, token: str
) -> None:
    fields = {"action": "spam", "comment": name_version(comment)}
    if token is not None:
        fields["csrf_token"] = bob.find_token() if token == "other" else token

    answer = alice.client.post("/moderate/decisions", data=fields)

    assert answer.status_code == 400
    assert look(comment) == ("held", 1, 1)


def test_a_decision_after_the_login_has_ended_loses_nothing(
    alice: Visitor, comment: Comment, look: Look
) -> None:
    page_token = alice.find_token()
    alice.post("/logout")

    answer = alice.client.post(
        "/moderate/decisions",
        data={
            "csrf_token": page_token,
            "action": "reject",
            "comment": name_version(comment),
            "why": "A long <thought>",
        },
    )

    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert 'href="/moderate/"' in answer.text
    assert "A long &lt;thought&gt;" in answer.text
    assert look(comment) == ("held", 1, 1)
