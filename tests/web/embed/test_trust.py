from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.config import Settings
from moderation.web.context import DATABASE, SETTINGS
from tests.factories import ORIGIN, make_site
from tests.web.embed.posts import (
    HIDDEN,
    OWN,
    PAGE,
    URL,
    fetch_token,
    find_comments,
    find_value,
    make_fields,
    post_form,
    post_json,
    read_json,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "192.0.2.1"
NEIGHBOUR = "192.0.2.77"
ELSEWHERE = "198.51.100.1"

BAD_TOKENS: list[Callable[[FlaskClient], str | None]] = [
    # None, empty, or not ours.
    lambda _: None,
    lambda _: "",
    lambda _: "forged.forged.forged",
    # Of another thread.
    lambda client: fetch_token(client, "/embed/blog/comments?thread=post-2"),
    # Of the same thread of another site.
    lambda client: fetch_token(client, "/embed/other/comments?thread=post-1"),
]


@pytest.fixture(autouse=True)
def _sites(session: Session) -> None:
    make_site(session)
    make_site(session, key="other", origins=["https://other.example"])
    session.commit()


@pytest.mark.parametrize("find_token", BAD_TOKENS)
def test_a_script_without_a_good_token_is_told_to_get_one(
    client: FlaskClient,
    session: Session,
    find_token: Callable[[FlaskClient], str | None],
) -> None:
    answer = post_json(client, make_fields(token=find_token(client)))

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.mimetype == "application/problem+json"
    assert "Get a fresh one" in read_json(answer)["detail"]
    assert find_comments(session) == []


@pytest.mark.parametrize("origin", [OWN, ORIGIN, HIDDEN, None])
@pytest.mark.parametrize("find_token", BAD_TOKENS)
def test_a_browser_without_a_good_token_is_shown_a_preview_first(
    client: FlaskClient,
    session: Session,
    find_token: Callable[[FlaskClient], str | None],
    origin: str | None,
) -> None:
    fields = make_fields(token=find_token(client) or "", comment="*So* I hope.")

    preview = post_form(client, fields, origin=origin)
    stored_at_first = find_comments(session)
    fields["token"] = find_value(preview.text, "token")
    answer = post_form(client, fields, origin=origin)

    assert preview.status_code == HTTPStatus.OK
    assert "Please check your comment and post it" in preview.text
    assert "<em>So</em> I hope." in preview.text
    assert find_value(preview.text, "name") == "Bob"
    assert stored_at_first == []
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert len(find_comments(session)) == 1


@pytest.mark.parametrize("origin", [HIDDEN, None])
@pytest.mark.parametrize("url", [PAGE, "/embed/blog/comments?thread=post-1"])
def test_a_browser_that_hides_its_page_is_shown_a_preview_first(
    client: FlaskClient, session: Session, origin: str | None, url: str
) -> None:
    answer = post_form(
        client, make_fields(token=fetch_token(client, url)), origin=origin
    )

    assert answer.status_code == HTTPStatus.OK
    assert "Please check your comment" in answer.text
    assert find_comments(session) == []


@pytest.mark.parametrize(
    ("origin", "address", "status"),
    [
        # A preview is posted from our own page, from wherever the visitor is by then.
        (OWN, HOME, 303),
        (OWN, ELSEWHERE, 303),
        # A browser that never says where it posts from: only from the same network.
        (None, HOME, 303),
        (None, NEIGHBOUR, 303),
        (None, ELSEWHERE, 200),
        (HIDDEN, HOME, 303),
        (HIDDEN, ELSEWHERE, 200),
        # No address known is no network.
        (None, "", 200),
    ],
)
def test_a_preview_is_taken_from_where_it_was_shown(
    client: FlaskClient, origin: str | None, address: str, status: int
) -> None:
    preview = post_form(client, make_fields(), origin=origin, address=HOME)
    fields = make_fields(token=find_value(preview.text, "token"))

    answer = post_form(client, fields, origin=origin, address=address)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "origin",
    [
        # Anybody else.
        "https://evil.example",
        # Like ours at the end, or at the beginning.
        "https://blog.example.evil.test",
        "https://evil-blog.example",
        # Another scheme, another port, a path, capitals, a dot: no browser sends it so.
        "http://blog.example",
        "https://blog.example:8443",
        "https://blog.example/",
        "https://BLOG.example",
        "https://blog.example.",
        # Another site's; two at once; nothing; a tool's own words.
        "https://other.example",
        "https://blog.example https://evil.example",
        "",
        "file://",
        "NULL",
        "https://",
        "https://[::1",
        "https://blog.example@evil.example",
        # As our own, but for the port.
        "http://localhost:81",
    ],
)
@pytest.mark.parametrize("is_script", [True, False])
def test_a_page_that_is_not_registered_is_refused(
    client: FlaskClient, session: Session, origin: str, *, is_script: bool
) -> None:
    fields = make_fields(token=fetch_token(client))

    answer = (post_json if is_script else post_form)(client, fields, origin=origin)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert find_comments(session) == []


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        # The blog's script, our own, and a program that is no browser.
        (ORIGIN, 201),
        (OWN, 201),
        (None, 201),
        # A script in a sandbox could be anybody's.
        (HIDDEN, 403),
    ],
)
def test_a_script_is_taken_by_where_it_runs(
    client: FlaskClient, origin: str | None, status: int
) -> None:
    fields = make_fields(token=fetch_token(client))

    answer = post_json(client, fields, origin=origin)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        # Reached by a name we were not told, behind a proxy that took off https.
        ("comments.example", "https://comments.example", 303),
        ("comments.example:8000", "http://comments.example:8000", 303),
        # The name we were told, and a proxy that hides it.
        ("backend:8000", "http://localhost", 303),
        # A page elsewhere can't choose the Host header that its visitor sends.
        ("comments.example", "https://evil.example", 403),
        ("comments.example", "https://comments.example:444", 403),
        # No host at all, or one that is none.
        ("", "https://evil.example", 403),
        ("a b", "https://evil.example", 403),
    ],
)
def test_our_own_page_is_known_by_base_url_or_by_host(
    client: FlaskClient, host: str, origin: str, status: int
) -> None:
    fields = make_fields(token=fetch_token(client))

    answer = client.post(URL, data=fields, headers={"Host": host, "Origin": origin})

    assert answer.status_code == status
    assert host not in answer.headers.get("Location", "") or not host


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Forwarded-For", "Forwarded"])
def test_what_proxies_say_is_not_believed_unasked(
    client: FlaskClient, session: Session, name: str
) -> None:
    fields = make_fields(token=fetch_token(client))

    answer = client.post(
        URL, data=fields, headers={"Origin": OWN, name: "evil.example"}
    )

    assert "evil" not in str(answer.headers)
    assert find_comments(session)[0].ip == "127.0.0.1"


@pytest.mark.parametrize(
    ("hours", "status"),
    [
        (24, 201),
        (24.01, 400),
    ],
)
def test_a_token_is_good_for_a_day_and_more_than_once(
    client: FlaskClient, hours: float, status: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        token = fetch_token(client)
        post_json(client, make_fields(token=token))

    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        answer = post_json(client, make_fields(token=token, comment="And then?"))

    assert answer.status_code == status


def test_a_token_sent_twice_does_not_count(client: FlaskClient) -> None:
    token = fetch_token(client)

    answer = post_form(client, make_fields(token=[token, token]))

    assert answer.status_code == HTTPStatus.OK
    assert "Please check your comment" in answer.text


@pytest.mark.parametrize(
    ("keeps_old", "status"),
    [
        # While the old key is kept, what it signed is good.
        (True, 201),
        (False, 400),
    ],
)
def test_a_key_is_rotated_with_grace(
    app: Flask, client: FlaskClient, settings: Settings, *, keeps_old: bool, status: int
) -> None:
    token = fetch_token(client)
    app.extensions[SETTINGS] = replace(
        settings,
        secret_key="n" * 48,
        old_secret_keys=(settings.secret_key,) if keeps_old else (),
    )

    answer = post_json(client, make_fields(token=token))

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("url", "seconds", "signals"),
    [
        # Our page was just shown; had been for a while.
        (PAGE, 1, {"fast_form"}),
        (PAGE, 60, set()),
        # A script may fetch its token only to send with it.
        ("/embed/blog/comments?thread=post-1", 1, set()),
    ],
)
def test_the_time_on_the_form_is_evidence_where_it_is_known(
    client: FlaskClient, session: Session, url: str, seconds: int, signals: set[str]
) -> None:
    with time_machine.travel(NOON, tick=False):
        token = fetch_token(client, url)

    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        post_form(client, make_fields(token=token, remark=""))

    found = {signal.name for signal in find_comments(session)[0].signals}
    assert found & {"fast_form"} == signals


def test_a_form_shown_again_counts_from_when_it_was_first_shown(
    client: FlaskClient, session: Session
) -> None:
    with time_machine.travel(NOON, tick=False):
        token = fetch_token(client, PAGE)
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        again = post_form(client, make_fields(token=token, email="bob", remark=""))

        post_form(client, make_fields(token=find_value(again.text, "token"), remark=""))

    assert "fast_form" not in {s.name for s in find_comments(session)[0].signals}


@pytest.fixture
def limited(settings: Settings) -> FlaskClient:
    app = create_app(replace(settings, limits_enabled=True, post_limit="2 per minute"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def test_flooding_is_429_and_keeps_what_was_written(
    limited: FlaskClient, session: Session
) -> None:
    token = fetch_token(limited)
    fields = [make_fields(token=token, comment=f"Number {n}") for n in range(4)]

    answers = [
        post_json(limited, fields[0]),
        post_form(limited, fields[1], address="127.0.0.1"),
        post_json(limited, fields[2]),
        post_form(limited, fields[3], address="127.0.0.1"),
    ]

    limited.application.extensions[DATABASE].close()
    assert [answer.status_code for answer in answers] == [201, 303, 429, 429]
    assert all(0 < int(a.headers["Retry-After"]) <= 60 for a in answers[2:])
    assert answers[2].mimetype == "application/problem+json"
    assert answers[2].headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Number 3" in answers[3].text
    assert len(find_comments(session)) == 2


def test_flooding_with_nonsense_is_429_as_well(limited: FlaskClient) -> None:
    headers = {"Accept": "text/html"}
    kinds = ["text/plain", "application/x-www-form-urlencoded"] * 2

    answers = [
        limited.post(URL, data=b"\xff", content_type=kind, headers=headers)
        for kind in kinds
    ]

    limited.application.extensions[DATABASE].close()
    assert [answer.status_code for answer in answers] == [415, 400, 429, 429]


def test_reading_is_not_limited_by_posting(limited: FlaskClient) -> None:
    answers = [limited.get(PAGE) for _ in range(5)]

    limited.application.extensions[DATABASE].close()
    assert [answer.status_code for answer in answers] == [200] * 5
