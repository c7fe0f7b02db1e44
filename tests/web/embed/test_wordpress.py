"""WordPress's own form: a static export keeps it and changes its action alone."""

from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.storage.models import Site
from tests.factories import ORIGIN, make_site
from tests.web.embed.posts import EMAIL, find_comments, find_value, post_form

URL = "/wp-comments-post.php"
POST = f"{ORIGIN}/2026/03/hello/"


def make_fields(**changes: str) -> dict[str, str]:
    """Return what the form of WordPress's default themes sends."""
    return {
        "comment": "I wonder whether this would help me as well.",
        "author": "Bob",
        "email": EMAIL,
        "url": "bob.example.org",
        "wp-comment-cookies-consent": "yes",
        "submit": "Post Comment",
        "comment_post_ID": "12",
        "comment_parent": "0",
        **changes,
    }


def post(
    client: FlaskClient, fields: dict[str, str], *, url: str = URL, **headers: str
) -> TestResponse:
    given = {"Origin": ORIGIN, "Accept": "text/html", **headers}
    return client.post(url, data=fields, headers=given)


def confirm(client: FlaskClient, preview: TestResponse) -> TestResponse:
    names = ("thread", "url", "token", "parent", "name", "email", "website", "remark")
    fields: dict[str, Any] = {name: find_value(preview.text, name) for name in names}
    fields["comment"] = make_fields()["comment"]
    return post_form(client, fields)


@pytest.mark.usefixtures("site")
def test_a_comment_is_shown_confirmed_and_led_back_to_the_post(
    client: FlaskClient, session: Session
) -> None:
    preview = post(client, make_fields(redirect_to=POST))

    answer = confirm(client, preview)

    (comment,) = find_comments(session)
    assert preview.status_code == HTTPStatus.OK
    assert "has not been posted yet" in preview.text
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["Location"] == f"{POST}#comment-pending"
    assert (comment.name, comment.email) == ("Bob", EMAIL)
    assert comment.website == "https://bob.example.org/"
    assert comment.parent_id is None
    assert comment.thread.key == "12"


@pytest.mark.usefixtures("site")
def test_the_query_may_name_what_the_form_does_not_know(
    client: FlaskClient,
) -> None:
    url = f"{URL}?site=blog&thread=hello&url={POST}"

    preview = post(client, make_fields(), url=url, Origin="null")

    assert find_value(preview.text, "thread") == "hello"
    assert find_value(preview.text, "url") == POST


@pytest.mark.usefixtures("site")
def test_the_site_is_known_by_the_referer_as_well(client: FlaskClient) -> None:
    preview = post(client, make_fields(), Origin="null", Referer=POST)

    assert preview.status_code == HTTPStatus.OK
    assert find_value(preview.text, "url") == POST


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        # Nobody's page; a page that hides; a site that is not there.
        (URL, "https://evil.example"),
        (URL, "null"),
        (f"{URL}?site=none", ORIGIN),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_form_of_no_site_is_refused(
    client: FlaskClient, session: Session, url: str, origin: str
) -> None:
    answer = post(client, make_fields(), url=url, Origin=origin)

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert find_comments(session) == []


@pytest.mark.usefixtures("site")
def test_two_sites_of_one_origin_have_to_be_told_apart(
    client: FlaskClient, session: Session
) -> None:
    make_site(session, key="other")
    session.commit()

    unclear, named = (
        post(client, make_fields(), url=url) for url in (URL, f"{URL}?site=other")
    )

    assert unclear.status_code == HTTPStatus.NOT_FOUND
    assert "?site=KEY" in unclear.text
    assert named.status_code == HTTPStatus.OK


@pytest.mark.usefixtures("site")
def test_another_sites_page_may_not_post_by_naming_the_site(
    client: FlaskClient, session: Session
) -> None:
    answer = post(
        client, make_fields(), url=f"{URL}?site=blog", Origin="https://evil.example"
    )

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert find_comments(session) == []


@pytest.mark.usefixtures("site")
def test_what_is_wrong_is_shown_at_its_field(client: FlaskClient) -> None:
    answer = post(client, make_fields(author="", email="bob"))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Enter your name." in answer.text
    assert "I wonder whether" in answer.text


def test_a_parent_that_is_sent_twice_is_refused(
    client: FlaskClient, site: Site
) -> None:
    answer = client.post(
        f"{URL}?site={site.key}",
        data={**make_fields(), "comment_parent": ["1", "2"]},
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
