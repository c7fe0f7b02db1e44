"""An author's page, and the rules that a comment suggests."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.storage.models import Comment, Rule, Thread
from moderation.storage.session import Database
from moderation.web.moderator.author_seals import seal_author, unseal_author
from tests.factories import make_comment, make_site, make_thread
from tests.web.moderator.conftest import State
from tests.web.people import PEOPLE, add_person
from tests.web.visiting import Visitor

KEYS = ["k" * 48]
ADA = f"/moderate/authors/{seal_author('ada@example.org', KEYS)}"


def list_rules(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.execute(select(Rule.action, Rule.kind, Rule.value))
        return [(str(row[0]), str(row[1]), row[2]) for row in rows]


def test_an_author_is_named_alike_and_unreadably() -> None:
    seal = seal_author("ada@example.org", KEYS)

    assert seal == seal_author("ada@example.org", ["old", *KEYS])
    assert seal != seal_author("ada@example.org", ["another"])
    assert unseal_author(seal, [*KEYS, "newer"]) == "ada@example.org"
    assert "ada" not in seal
    assert seal_author("", KEYS) == ""


@pytest.mark.parametrize("seal", ["", "x", "é", "A" * 40, "/", "=" * 9, "%00"])
def test_what_no_key_has_sealed_names_nobody(seal: str) -> None:
    with pytest.raises(NotFoundError):
        unseal_author(seal, KEYS)


def test_the_page_of_an_author_has_all_their_comments_and_numbers(
    alice: Visitor, bob: Visitor, session: Session, thread: Thread
) -> None:
    first = make_comment(session, thread, body="The first", name="Ada")
    second = make_comment(session, thread, body="The second", status=Status.APPROVED)
    second.network = "203.0.113.0/24"
    make_comment(session, thread, body="Another’s", email="bo@example.org")
    session.commit()
    bob.decide("spam", first)

    page = alice.get(ADA).text

    assert "The first" in page
    assert "The second" in page
    assert "Another’s" not in page
    assert "203.0.113.0/24" in page
    assert '<div class="spam"><dt>Spam</dt><dd>1</dd></div>' in page
    assert '<div class="approved"><dt>Approved</dt><dd>1</dd></div>' in page
    assert "Marked as spam</a> by bob@example.org" in page


@pytest.mark.parametrize(
    ("person", "status"),
    list(zip(PEOPLE, [200, 200, 200, 200, 404, 404, 302], strict=True)),
)
def test_who_may_see_an_author(
    app: Flask, session: Session, thread: Thread, person: str, status: int
) -> None:
    make_comment(session, thread)
    make_site(session, key="other")
    session.commit()
    visitor = add_person(app, session, person)

    answer = visitor.get(ADA)

    assert answer.status_code == status
    has_address = person in {"everywhere", "owner", "moderator"}
    assert ("ada@example.org" in answer.text) is has_address


def test_an_authors_comments_on_other_sites_are_not_told(
    app: Flask, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, body="Here")
    other = make_thread(session, make_site(session, key="other"))
    make_comment(session, other, body="There", status=Status.SPAM)
    session.commit()

    page = add_person(app, session, "moderator").get(ADA).text

    assert "Here" in page
    assert "There" not in page
    assert '<div class="spam"><dt>Spam</dt><dd>0</dd></div>' in page


@pytest.mark.parametrize(
    ("choice", "rule", "status"),
    [
        ("trust", ("allow", "email", "ada@example.org"), "approved"),
        ("email", ("spam", "email", "ada@example.org"), "spam"),
        ("network", ("spam", "network", "203.0.113.0/24"), "spam"),
        ("domain-pills.example", ("spam", "domain", "pills.example"), "spam"),
    ],
)
def test_a_comment_becomes_a_rule_and_is_decided_on_with_it(
    alice: Visitor,
    session: Session,
    thread: Thread,
    database: Database,
    *,
    look: Callable[[Comment], State],
    choice: str,
    rule: tuple[str, str, str],
    status: str,
) -> None:
    comment = make_comment(session, thread, body="See https://pills.example/x")
    comment.network = "203.0.113.0/24"
    session.commit()
    path = f"/moderate/comments/{comment.id}/rule"

    shown = alice.get(f"{path}?choice={choice}")
    answer = alice.post(path, choice=choice, seen="1")

    assert f'<input type="hidden" name="choice" value="{choice}">' in shown.text
    assert answer.status_code == 303
    assert list_rules(database) == [rule]
    assert look(comment)[0] == status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        # Somebody decided meanwhile.
        ({"choice": "email", "seen": "7"}, 412),
        # The comment suggests no such thing.
        ({"choice": "domain-other.example", "seen": "1"}, 422),
        ({"choice": "email"}, 422),
    ],
)
def test_nothing_is_done_by_halves(
    alice: Visitor,
    session: Session,
    thread: Thread,
    database: Database,
    *,
    look: Callable[[Comment], State],
    fields: dict[str, str],
    status: int,
) -> None:
    comment = make_comment(session, thread)
    session.commit()

    answer = alice.post(f"/moderate/comments/{comment.id}/rule", **fields)

    assert answer.status_code == status
    assert list_rules(database) == []
    assert look(comment)[:2] == ("held", 1)


def test_a_rule_that_is_there_leaves_the_comment_alone(
    alice: Visitor,
    session: Session,
    thread: Thread,
    look: Callable[[Comment], State],
) -> None:
    first, second = make_comment(session, thread), make_comment(session, thread)
    session.commit()
    alice.post(f"/moderate/comments/{first.id}/rule", choice="email", seen="1")

    path = f"/moderate/comments/{second.id}/rule"
    answer = alice.post(path, choice="email", seen="1")

    assert answer.status_code == 422
    assert look(second)[0] == "held"


@pytest.mark.parametrize(
    ("person", "statuses"),
    list(
        zip(
            PEOPLE,
            # Rules are for owners alone: to see the page, and to make one.
            [
                (403, 403),
                (200, 303),
                (403, 403),
                (403, 403),
                *[(404, 404)] * 2,
                (302, 302),
            ],
            strict=True,
        )
    ),
)
def test_who_may_make_a_rule_of_a_comment(
    app: Flask,
    session: Session,
    thread: Thread,
    database: Database,
    *,
    person: str,
    statuses: tuple[int, int],
) -> None:
    comment = make_comment(session, thread)
    make_site(session, key="other")
    session.commit()
    visitor = add_person(app, session, person)
    path = f"/moderate/comments/{comment.id}/rule"

    answers = visitor.get(path), visitor.post(path, choice="email", seen="1")

    assert tuple(answer.status_code for answer in answers) == statuses
    assert (list_rules(database) == []) is (statuses[1] != 303)
