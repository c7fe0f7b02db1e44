"""Shows that what is kept is never older than the database, in any process."""

import gzip
import threading
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings
from moderation.domain.statuses import Status
from moderation.storage.models import Site, Thread
from moderation.web.context import DATABASE
from moderation.web.embed.answers import Answer, Answers, Condition
from tests.factories import ORIGIN, make_comment
from tests.web.conftest import CountQueries
from tests.web.embed.posts import JSON, make_fields, post_json, read_json

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def neighbour(settings: Settings) -> Iterator[FlaskClient]:
    """Return a client of another process's app, on the same database."""
    app = create_app(settings)
    yield app.test_client()
    app.extensions[DATABASE].close()


def count(client: FlaskClient) -> int:
    return int(read_json(client.get(JSON))["count"])


def test_what_was_answered_is_sent_again_for_one_query(
    client: FlaskClient, session: Session, thread: Thread, count_queries: CountQueries
) -> None:
    make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    first = client.get(JSON)

    with count_queries() as queries:
        again = client.get(JSON)

    assert len(queries) == 1
    assert again.data == first.data
    assert dict(again.headers) == dict(first.headers)


def test_a_decision_in_another_process_is_seen_at_once(
    client: FlaskClient, neighbour: FlaskClient, session: Session, thread: Thread
) -> None:
    before = (count(client), count(neighbour))
    make_comment(session, thread, status=Status.APPROVED)
    session.commit()

    after = (count(client), count(neighbour))

    assert (before, after) == ((0, 0), (1, 1))


@pytest.mark.usefixtures("trusting_thread")
def test_a_post_is_seen_by_readers_of_every_process(
    client: FlaskClient, neighbour: FlaskClient
) -> None:
    token = read_json(neighbour.get(JSON))["token"]
    count(client)

    post_json(client, make_fields(token=token))

    assert (count(client), count(neighbour)) == (1, 1)


@pytest.mark.parametrize("what", ["thread", "site"])
def test_closing_is_seen_at_once(
    client: FlaskClient, session: Session, site: Site, thread: Thread, what: str
) -> None:
    client.get(JSON)
    (thread if what == "thread" else site).is_open = False
    session.commit()

    document = read_json(client.get(JSON))

    assert (document["open"], document["token"]) == (False, None)


def test_an_origin_taken_off_the_list_may_not_read_any_more(
    client: FlaskClient, session: Session, site: Site
) -> None:
    headers = {"Origin": ORIGIN}
    before = client.get(JSON, headers=headers)
    site.origins[0].origin = "https://elsewhere.example"
    session.commit()

    after = client.get(JSON, headers=headers)

    assert before.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Origin" not in after.headers


@pytest.mark.usefixtures("thread")
def test_what_one_page_was_answered_is_not_given_to_another(
    client: FlaskClient,
) -> None:
    registered, stranger = (
        client.get(JSON, headers={"Origin": origin})
        for origin in (ORIGIN, "https://evil.example")
    )

    assert registered.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_a_kept_answer_comes_packed_to_who_takes_that(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    for _ in range(20):
        make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    plain = client.get(JSON)

    packed = [client.get(JSON, headers=GZIP) for _ in range(2)]

    assert "Content-Encoding" not in plain.headers
    for answer in packed:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) < len(plain.data) / 4
        assert read_count(gzip.decompress(answer.data)) == 20


def read_count(data: bytes) -> int:
    return data.count(b'"html"')


@pytest.mark.usefixtures("thread")
def test_a_kept_answer_is_304_for_who_has_it(client: FlaskClient) -> None:
    tag = client.get(JSON).headers["ETag"]

    answer = client.get(JSON, headers={"If-None-Match": tag})

    assert answer.status_code == HTTPStatus.NOT_MODIFIED
    assert answer.headers["ETag"] == tag
    assert "Origin" in answer.headers["Vary"]
    assert answer.data == b""


@pytest.mark.usefixtures("site")
def test_a_refusal_is_not_kept(
    client: FlaskClient, count_queries: CountQueries
) -> None:
    first = client.get("/embed/blog/comments")

    with count_queries() as queries:
        again = client.get("/embed/blog/comments")

    assert first.status_code == again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert queries


def make_answer(size: int) -> Answer:
    condition = Condition(site="blog", thread="post-1", state=1)
    return Answer(condition=condition, headers=[], tag="", body=b"a" * size)


def test_memory_is_bounded_and_what_is_asked_for_stays() -> None:
    answers = Answers(most_bytes=30_000)
    for name in ("first", "second"):
        answers.keep((name,), make_answer(5_000))
    answers.find(("first",))

    answers.keep(("third",), make_answer(10_000))

    assert [answers.find((name,)) is not None for name in ("first", "second")] == [
        True,
        False,
    ]
    assert answers.find(("third",)) is not None


def test_an_answer_larger_than_the_memory_is_not_kept() -> None:
    answers = Answers(most_bytes=30_000)

    answers.keep(("large",), make_answer(50_000))

    assert answers.find(("large",)) is None


def test_readers_at_once_all_get_the_whole_answer(
    app: Flask, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    counts: list[int] = []

    def read() -> None:
        counts.extend(count(app.test_client()) for _ in range(10))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert counts == [1] * 80
