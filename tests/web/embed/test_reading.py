import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import Site, Thread
from tests.factories import ORIGIN, make_comment, make_site, make_thread
from tests.web.conftest import CountQueries
from tests.web.embed.posts import (
    EMAIL,
    JSON,
    OWN,
    PAGE,
    URL,
    fetch_token,
    make_fields,
    post_form,
    post_json,
    read_json,
)

COUNTS = "/embed/blog/counts?thread=post-1&thread=post-2"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
READABLE = [PAGE, JSON, COUNTS]


def test_the_json_has_what_anybody_may_know(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    first = make_comment(session, thread, status=Status.APPROVED, body="One")
    first.website = "https://ada.example.org/"
    reply = make_comment(
        session, thread, status=Status.APPROVED, body="Two", parent=first
    )
    session.commit()

    document = read_json(client.get(JSON))

    assert document.pop("token")
    assert document == {
        "thread": "post-1",
        "open": True,
        "count": 2,
        "comments": [
            {
                "id": first.id,
                "parent": None,
                "name": "Ada",
                "website": "https://ada.example.org/",
                "html": "<p>One</p>",
                "date": first.created_at.isoformat().replace("+00:00", "Z"),
            },
            {
                "id": reply.id,
                "parent": first.id,
                "name": "Ada",
                "website": "",
                "html": "<p>Two</p>",
                "date": reply.created_at.isoformat().replace("+00:00", "Z"),
            },
        ],
    }


@pytest.mark.parametrize("status", [Status.HELD, Status.REJECTED, Status.SPAM])
def test_only_approved_comments_are_public(
    client: FlaskClient, session: Session, thread: Thread, status: Status
) -> None:
    hidden = make_comment(session, thread, status=status, body="Hidden", name="Hid")
    make_comment(session, thread, status=Status.APPROVED, body="Below", parent=hidden)
    session.commit()

    page, comments, counts = (client.get(url) for url in READABLE)
    reply = client.get(f"{PAGE}&reply={hidden.id}")

    document = read_json(comments)
    assert [(c["html"], c["parent"]) for c in document["comments"]] == [
        ("<p>Below</p>", None)
    ]
    assert document["count"] == 1
    assert read_json(counts) == {"counts": {"post-1": 1, "post-2": 0}}
    for text in (page.text, comments.text, reply.text):
        assert "Hid" not in text
        assert f"comment-{hidden.id}" not in text
    assert "Cancel reply" not in reply.text


@pytest.mark.usefixtures("site")
def test_comments_of_other_threads_and_sites_are_not_shown(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    other = make_site(session, key="other", origins=["https://other.example"])
    make_comment(session, thread, status=Status.APPROVED, body="Mine")
    for elsewhere in (
        make_thread(session, other),
        make_thread(session, other, key="post-2"),
    ):
        make_comment(session, elsewhere, status=Status.APPROVED, body="Theirs")
    session.commit()

    answers = [client.get(url) for url in (PAGE, JSON)]

    assert all("Mine" in a.text and "Theirs" not in a.text for a in answers)
    assert read_json(client.get(COUNTS)) == {"counts": {"post-1": 1, "post-2": 0}}


@pytest.mark.usefixtures("trusting_thread")
def test_no_answer_tells_an_address_or_an_ip(client: FlaskClient) -> None:
    token = fetch_token(client)
    posted = post_json(client, make_fields(token=token))
    led = post_form(client, make_fields(token=token, comment="Again, in a form."))

    answers = [posted, led, *(client.get(url) for url in READABLE)]

    secrets = [
        EMAIL, EMAIL.split("@", maxsplit=1)[0], "127.0.0.1",
        hashlib.md5(EMAIL.encode(), usedforsecurity=False).hexdigest(),
        hashlib.sha256(EMAIL.encode()).hexdigest(),
    ]  # fmt: skip
    assert posted.status_code == HTTPStatus.CREATED
    assert read_json(answers[3])["count"] == 2
    for answer in answers:
        assert not [s for s in secrets if s in answer.text + str(answer.headers)]


@pytest.mark.usefixtures("thread")
def test_no_cookie_is_set_anywhere(client: FlaskClient) -> None:
    fields = make_fields(token=fetch_token(client, PAGE))

    answers = [
        *(client.get(url) for url in READABLE),
        client.options(URL),
        post_form(client, make_fields()),
        post_form(client, make_fields(email="bob")),
        post_form(client, fields),
        post_form(client, fields),
        client.get("/embed/none?thread=a"),
    ]

    assert [a.status_code for a in answers] == [
        200, 200, 200, 200, 200, 422, 303, 409, 404,
    ]  # fmt: skip
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_nothing_changed_is_304_and_a_decision_is_seen(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    with time_machine.travel(NOON, tick=False):
        first = client.get(JSON)
        same = client.get(JSON, headers={"If-None-Match": first.headers["ETag"]})
        make_comment(session, thread, status=Status.APPROVED)
        session.commit()
        changed = client.get(JSON, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Cache-Control"] == "no-cache"
    assert same.status_code == HTTPStatus.NOT_MODIFIED
    assert same.headers["ETag"] == first.headers["ETag"]
    assert same.text == ""
    assert changed.status_code == HTTPStatus.OK
    assert read_json(changed)["count"] == 1


@pytest.mark.usefixtures("thread")
def test_who_is_told_304_has_a_token_that_is_still_good(client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False):
        kept = client.get(JSON)
    etag = {"If-None-Match": kept.headers["ETag"]}
    hours = 0
    status = HTTPStatus.NOT_MODIFIED
    while status == HTTPStatus.NOT_MODIFIED and hours < 7:
        hours += 1
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            status = HTTPStatus(client.get(JSON, headers=etag).status_code)

    with time_machine.travel(NOON + timedelta(hours=hours + 17), tick=False):
        answer = post_json(client, make_fields(token=read_json(kept)["token"]))

    assert 1 <= hours <= 6
    assert answer.status_code == HTTPStatus.CREATED


def test_a_closed_thread_says_so_and_hands_out_no_token(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    etag = {"If-None-Match": client.get(JSON).headers["ETag"]}
    thread.is_open = False
    session.commit()

    answer = client.get(JSON, headers=etag)

    assert answer.status_code == HTTPStatus.OK
    assert (read_json(answer)["open"], read_json(answer)["token"]) == (False, None)


def test_counts_are_304_until_one_changes(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    etag = {"If-None-Match": client.get(COUNTS).headers["ETag"]}

    same = client.get(COUNTS, headers=etag)
    make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    changed = client.get(COUNTS, headers=etag)

    assert same.status_code == HTTPStatus.NOT_MODIFIED
    assert read_json(changed) == {"counts": {"post-1": 1, "post-2": 0}}


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "query",
    [
        # No thread, an empty one, one nobody can see.
        "",
        "?thread=",
        "?thread=%E2%80%8B",
        # Two where one is asked for.
        "?thread=a&thread=b",
        # Too long; with a control character.
        f"?thread={'x' * 501}",
        "?thread=a%00",
        "?thread=a&title=%1b",
    ],
)
@pytest.mark.parametrize("path", ["/embed/blog", "/embed/blog/comments"])
def test_a_query_that_names_no_thread_is_422(
    client: FlaskClient, path: str, query: str
) -> None:
    answer = client.get(path + query)

    is_json = path.endswith("comments")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.mimetype == ("application/problem+json" if is_json else "text/html")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "query",
    [
        # None, more than are counted at once, too long, with a control character.
        "",
        "?" + "&".join(f"thread={n}" for n in range(101)),
        f"?thread=a&thread={'x' * 501}",
        "?thread=a%00",
    ],
)
def test_counts_of_no_threads_are_422(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/embed/blog/counts{query}")

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert set(read_json(answer)["errors"]) == {"thread"}


@pytest.mark.parametrize("site", ["none", "BLOG", "blog%00", "blog%20", "%F0"])
@pytest.mark.parametrize("path", ["", "/comments", "/counts"])
def test_an_unknown_site_is_404(
    client: FlaskClient, session: Session, site: str, path: str
) -> None:
    make_site(session)
    session.commit()

    answer = client.get(f"/embed/{site}{path}?thread=post-1")

    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.usefixtures("thread")
def test_other_methods_are_405(client: FlaskClient, method: str) -> None:
    answer = client.open(URL, method=method)

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "POST" in answer.headers["Allow"]


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        # The blog; nobody else, and no wildcard.
        (ORIGIN, True),
        (None, False),
        ("null", False),
        ("https://evil.example", False),
        ("https://blog.example.evil.test", False),
        (OWN, False),
    ],
)
@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", JSON, 200),
        ("GET", COUNTS, 200),
        ("GET", "/embed/blog/comments", 422),
        ("OPTIONS", URL, 200),
    ],
)
def test_scripts_of_registered_pages_may_read(
    client: FlaskClient,
    *,
    origin: str | None,
    is_allowed: bool,
    method: str,
    url: str,
    status: int,
) -> None:
    headers = {"Origin": origin} if origin else {}

    answer = client.open(url, method=method, headers=headers)

    allowed = answer.headers.get("Access-Control-Allow-Origin")
    assert answer.status_code == status
    assert allowed == (origin if is_allowed else None)
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.usefixtures("thread")
def test_a_browser_may_ask_before_it_posts_json(client: FlaskClient) -> None:
    answer = client.options(
        URL,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )

    assert answer.status_code == HTTPStatus.OK
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"


@pytest.mark.usefixtures("thread")
def test_a_refused_script_may_read_why(client: FlaskClient) -> None:
    answer = post_json(client, make_fields())

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("url", READABLE)
def test_reading_takes_as_many_queries_for_100_comments_as_for_one(
    client: FlaskClient,
    session: Session,
    thread: Thread,
    count_queries: CountQueries,
    url: str,
) -> None:
    client.get(url)
    make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    # What was kept since is looked at once, and found to be old.
    with count_queries() as few:
        client.get(url)
    for _ in range(99):
        make_comment(session, thread, status=Status.APPROVED)
    session.commit()

    with count_queries() as many:
        client.get(url)

    assert len(many) == len(few) <= 6


def test_the_site_is_closed_as_a_whole(
    client: FlaskClient, session: Session, site: Site
) -> None:
    site.is_open = False
    session.commit()

    page, document = client.get(PAGE).text, read_json(client.get(JSON))

    assert "Comments are closed" in page
    assert document["open"] is False
