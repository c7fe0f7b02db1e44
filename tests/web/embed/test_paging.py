"""Long threads by pages: in reading order, each comment once, all of them."""

from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import Comment, Thread
from tests.factories import make_comment
from tests.web.embed.posts import JSON, read_json


def approve(
    session: Session, thread: Thread, *, parent: Comment | None = None
) -> Comment:
    return make_comment(session, thread, status=Status.APPROVED, parent=parent)


def read_pages(client: FlaskClient, limit: int) -> list[list[dict[str, Any]]]:
    pages: list[list[dict[str, Any]]] = []
    after: int | None = 0
    while after is not None:
        document = read_json(client.get(f"{JSON}&limit={limit}&after={after}"))
        pages.append(document["comments"])
        after = document["next"]
    return pages


def test_pages_hold_each_comment_once_below_what_it_answers(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    first, second = approve(session, thread), approve(session, thread)
    late = approve(session, thread, parent=first)
    later = approve(session, thread, parent=late)
    session.commit()

    pages = read_pages(client, 3)

    assert [[c["id"] for c in page] for page in pages] == [
        [first.id, late.id, later.id],
        [second.id],
    ]


def test_a_page_that_ends_with_the_thread_says_so(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    approve(session, thread)
    session.commit()

    document = read_json(client.get(f"{JSON}&limit=1"))

    assert document["next"] is None
    assert document["count"] == 1


def test_a_conversation_without_end_comes_in_pages(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    parent = None
    for _ in range(300):
        parent = approve(session, thread, parent=parent)
    session.commit()

    pages = read_pages(client, 50)

    assert [len(page) for page in pages] == [50] * 6


def test_what_is_gone_meanwhile_costs_no_other_comment(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    first, second = approve(session, thread), approve(session, thread)
    reply = approve(session, thread, parent=first)
    session.commit()
    seen = read_json(client.get(f"{JSON}&limit=1"))["comments"]
    first.status = Status.REJECTED
    thread.version += 1
    session.commit()

    rest = read_json(client.get(f"{JSON}&limit=9&after={first.id}"))["comments"]

    assert [c["id"] for c in seen] == [first.id]
    assert [c["id"] for c in rest] == [second.id, reply.id]


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    "query",
    [
        # No number, none, too many; doubled; more digits than there are comments.
        "limit=a",
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=1&limit=2",
        "limit=²",
        "limit=5&after=a",
        "limit=5&after=99999999999999999999",
    ],
)
def test_a_page_that_cannot_be_is_422(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{JSON}&{query}")

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
