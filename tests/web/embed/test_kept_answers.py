"""Shows that what is kept is never older than the database, in any process."""

import gzip
import threading
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import Client

from moderation.config import Settings
from moderation.domain.statuses import Status
from moderation.storage.models import Site, Thread
from moderation.storage.session import Database
from moderation.web.embed.answers import ShortWay, make_answer
from moderation.web.embed.keeping import Answer, Answers, Check, Condition
from moderation.web.embed.states import States
from tests.apps import making
from tests.factories import ORIGIN, make_comment
from tests.web.conftest import CountQueries
from tests.web.embed.posts import JSON, make_fields, post_json, read_json

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def neighbour(settings: Settings) -> Iterator[FlaskClient]:
    """Return a client of another process's app, on the same database."""
    with making(settings) as app:
        yield app.test_client()


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
    # The id of the first request is not that of the second.
    told = dict(first.headers)
    del told["X-Request-ID"]
    assert dict(again.headers) == told


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


@pytest.mark.parametrize("path", ["comments", "thread.html"])
def test_a_page_of_a_restored_backup_is_not_taken_for_another(
    client: FlaskClient, session: Session, thread: Thread, path: str
) -> None:
    comment = make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    url = f"/embed/blog/{path}?thread={thread.key}"
    told = client.get(url)
    # As many changes as before, but others.
    comment.html = "<p>Restored</p>"
    session.commit()

    again = client.get(f"{url}&anew", headers={"If-None-Match": told.headers["ETag"]})

    assert again.status_code == HTTPStatus.OK
    assert "Restored" in again.text


@pytest.mark.usefixtures("site")
def test_a_refusal_is_not_kept(
    client: FlaskClient, count_queries: CountQueries
) -> None:
    first = client.get("/embed/blog/comments")

    with count_queries() as queries:
        again = client.get("/embed/blog/comments")

    assert first.status_code == again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert queries


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def short_way(app: Flask, database: Database, clock: Clock) -> ShortWay:
    """Return the app behind a short way of the test's own."""
    return ShortWay(app.wsgi_app, States(database), clock=clock)


def ask(short_way: ShortWay) -> None:
    """Ask for the thread in the slow way."""
    answer = Client(short_way).get(JSON)
    assert answer.status_code == HTTPStatus.OK


def is_known(short_way: ShortWay, **headers: str) -> bool:
    path, query = JSON.split("?")
    headers = {"HOST": "localhost", **headers}
    return short_way.find_at_once(path, query, headers) is not None


@pytest.mark.usefixtures("thread")
def test_what_was_answered_a_moment_ago_is_known_without_a_query(
    short_way: ShortWay, count_queries: CountQueries
) -> None:
    ask(short_way)

    with count_queries() as queries:
        known = is_known(short_way)

    assert known
    assert queries == []
    assert short_way.answered_at_once == 1


# Each may be answered in another way.
@pytest.mark.parametrize(
    "headers",
    [{"HOST": "other"}, {"ORIGIN": ORIGIN}, {"ACCEPT_ENCODING": "gzip"}],
    ids=["host", "origin", "encoding"],
)
@pytest.mark.usefixtures("thread")
def test_what_was_answered_to_another_is_not_known(
    short_way: ShortWay, headers: dict[str, str]
) -> None:
    ask(short_way)

    assert not is_known(short_way, **headers)


@pytest.mark.usefixtures("thread")
def test_after_a_write_of_this_process_nothing_is_known(
    short_way: ShortWay, database: Database
) -> None:
    ask(short_way)
    with database.write():
        pass

    assert not is_known(short_way)

    ask(short_way)
    assert is_known(short_way)


@pytest.mark.usefixtures("thread")
def test_a_write_while_an_answer_is_made_is_not_missed(
    app: Flask, database: Database
) -> None:
    def answer_and_write(
        environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        chunks = app.wsgi_app(environ, start_response)
        with database.write():
            pass
        return chunks

    short_way = ShortWay(answer_and_write, States(database))
    ask(short_way)

    assert not is_known(short_way)


@pytest.mark.usefixtures("thread")
def test_what_holds_is_taken_to_hold_for_a_quarter_of_a_second(
    short_way: ShortWay, clock: Clock
) -> None:
    ask(short_way)
    clock.now += 0.25
    fresh = is_known(short_way)
    clock.now += 0.01

    stale = is_known(short_way)

    assert (fresh, stale) == (True, False)


@pytest.mark.usefixtures("thread")
def test_while_one_asks_again_the_others_do_not_wait_but_no_second(
    short_way: ShortWay, clock: Clock
) -> None:
    ask(short_way)
    clock.now += 0.3

    known = [is_known(short_way) for _ in range(3)]
    clock.now += 0.44
    known.append(is_known(short_way))
    clock.now += 0.02
    known.append(is_known(short_way))

    assert known == [False, True, True, True, False]


@pytest.mark.usefixtures("thread")
def test_what_is_found_to_hold_is_known_again(
    short_way: ShortWay, clock: Clock
) -> None:
    ask(short_way)
    clock.now += 10
    before = is_known(short_way)

    ask(short_way)

    assert (before, is_known(short_way)) == (False, True)


def fill(size: int) -> Answer:
    condition = Condition(site="blog", thread="post-1", state=1)
    return make_answer(condition, [], b"a" * size)


CHECK = Check(at=0, last_write=0)


def test_memory_is_bounded_and_what_is_asked_for_stays() -> None:
    answers = Answers(most_bytes=40_000)
    for name in ("first", "second"):
        answers.keep((name,), fill(5_000), CHECK)
    answers.find(("first",))

    answers.keep(("third",), fill(10_000), CHECK)

    assert [answers.find((name,)) is not None for name in ("first", "second")] == [
        True,
        False,
    ]
    assert answers.find(("third",)) is not None


def test_an_answer_larger_than_the_memory_is_not_kept() -> None:
    answers = Answers(most_bytes=40_000)

    answers.keep(("large",), fill(50_000), CHECK)

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
