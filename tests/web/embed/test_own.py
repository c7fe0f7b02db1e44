"""The private page of a comment: for who has its address, and for nobody else."""

from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import Thread
from moderation.web.embed.author_tokens import sign_author
from tests.factories import ORIGIN, make_site
from tests.web.embed.posts import (
    EMAIL,
    PAGE,
    fetch_token,
    find_comments,
    find_dangers,
    make_fields,
    post_form,
    post_json,
    read_json,
)

JSON = {"Accept": "application/json"}
FORM = {"Accept": "text/html"}
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"


@pytest.fixture
def address(client: FlaskClient, thread: Thread) -> str:
    """Return the address that the answer to a post hands out."""
    answer = post_json(client, make_fields(token=fetch_token(client)))
    assert thread.key == "post-1"
    return str(read_json(answer)["status_url"])


def act(client: FlaskClient, address: str, **fields: str) -> Any:  # noqa: ANN401
    return client.post(address, data=fields, headers=FORM)


def test_its_author_sees_where_it_stands(client: FlaskClient, address: str) -> None:
    page, document = client.get(address), read_json(client.get(address, headers=JSON))

    assert page.status_code == HTTPStatus.OK
    assert "It awaits moderation." in page.text
    assert "You can do so for 15 more minutes." in page.text
    assert EMAIL not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert (document["status"], document["reason"]) == ("held", "")
    assert EMAIL not in str(document)


def test_a_change_is_stored_and_shown(
    client: FlaskClient, session: Session, address: str
) -> None:
    answer = act(client, address, action="change", comment="It is *another* text now.")

    page = client.get(answer.headers["Location"])
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "The comment was changed." in page.text
    assert find_comments(session)[0].html == "<p>It is <em>another</em> text now.</p>"


def test_a_withdrawn_comment_can_not_be_touched_again(
    client: FlaskClient, session: Session, address: str
) -> None:
    act(client, address, action="withdraw")

    page = client.get(address)
    again = act(client, address, action="withdraw")

    assert find_comments(session)[0].status is Status.REJECTED
    assert "You withdrew it." in page.text
    assert "<form" not in page.text
    assert again.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(
    client: FlaskClient, session: Session, address: str, method: str
) -> None:
    for _ in range(3):
        client.open(f"{address}?action=withdraw", method=method)

    assert find_comments(session)[0].status is Status.HELD


@pytest.mark.parametrize(
    "fields",
    [
        # Nothing to do, nothing we do, an empty text, one with a control character.
        {"action": ""},
        {"action": "approve"},
        {"action": "change", "comment": " "},
        {"action": "change", "comment": "a\x00b"},
    ],
)
def test_what_cannot_be_done_is_refused(
    client: FlaskClient, session: Session, address: str, fields: dict[str, str]
) -> None:
    answer = act(client, address, **fields)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert find_comments(session)[0].version == 1


def test_no_field_sets_what_is_not_the_authors(
    client: FlaskClient, session: Session, address: str
) -> None:
    act(
        client, address,
        action="change", comment="Another text.",
        status="approved", email="x@example.org", name="Eve", id="99",
    )  # fmt: skip

    comment = find_comments(session)[0]
    assert (comment.status, comment.email, comment.name) == (Status.HELD, EMAIL, "Bob")


@pytest.mark.usefixtures("thread")
def test_no_other_token_opens_the_page(
    client: FlaskClient, session: Session, address: str
) -> None:
    make_site(session, key="other", origins=["https://other.example"])
    session.commit()
    token = address.rpartition("/")[2]
    tokens = {
        # Cut (of its last letter some bits mean nothing: another may do as well); an
        # author's; a form's; of another site; too long to be one.
        f"/embed/blog/own/{token[:-2]}",
        f"/embed/blog/own/{sign_author(['k' * 48], 'blog', 1)}",
        f"/embed/blog/own/{fetch_token(client)}",
        f"/embed/other/own/{token}",
        f"/embed/blog/own/{'x' * 600}",
    }

    statuses = {client.get(address).status_code for address in tokens}

    assert statuses == {HTTPStatus.NOT_FOUND}


def test_nothing_an_author_writes_runs_on_the_page(
    client: FlaskClient, address: str
) -> None:
    act(client, address, action="change", comment=EVIL)

    assert find_dangers(client.get(address).text) == []


@pytest.mark.usefixtures("thread")
def test_a_form_leads_to_the_private_page_as_well(client: FlaskClient) -> None:
    answer = post_form(client, make_fields(token=fetch_token(client, PAGE)))

    page = client.get(answer.headers["Location"])

    assert "/embed/blog/own/" in page.text
    assert "Change or withdraw it" in page.text


@pytest.mark.usefixtures("thread")
def test_a_preview_is_harmless_and_stores_nothing(
    client: FlaskClient, session: Session
) -> None:
    answer = client.post(
        "/embed/blog/preview",
        data={"comment": f"**bold** {EVIL}"},
        headers={"Origin": ORIGIN},
    )

    html = str(read_json(answer)["html"])
    assert "<strong>bold</strong>" in html
    assert find_dangers(html) == []
    assert find_comments(session) == []


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("origin", "comment", "status"),
    [
        # A page of another's; nothing to show; more than is taken.
        ("https://evil.example", "Hello", 403),
        (ORIGIN, "", 422),
        (ORIGIN, "a" * 65_526, 422),
    ],
)
def test_a_preview_is_refused_like_a_post(
    client: FlaskClient, origin: str, comment: str, status: int
) -> None:
    answer = client.post(
        "/embed/blog/preview", data={"comment": comment}, headers={"Origin": origin}
    )

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
