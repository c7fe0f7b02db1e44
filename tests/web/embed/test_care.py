"""What an author who may be in danger reads, and that nobody else does."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR
from moderation.services.care import Care, set_care
from moderation.spam.care import SHIPPED_PHRASES
from moderation.storage.models import Comment, Thread
from tests.web.embed.posts import (
    JSON,
    PAGE,
    fetch_token,
    find_dangers,
    make_fields,
    post_form,
    post_json,
    read_json,
)

WORDS = "I want to die. I do not know whom to tell."
HELP = "Call <b>555 0100</b>.\nhttps://help.example/?a=1&b='2'"
SHOWN = "Call &lt;b&gt;555 0100&lt;/b&gt;.\nhttps://help.example/?a=1&amp;b=&#39;2&#39;"


@pytest.fixture
def caring(session: Session, thread: Thread) -> Thread:
    care = Care(is_on=True, phrases=SHIPPED_PHRASES, help_text=HELP)
    set_care(session, OPERATOR, thread.site.key, care)
    session.commit()
    return thread


def test_a_script_is_told_what_to_show_and_the_private_page_shows_it(
    client: FlaskClient, caring: Thread
) -> None:
    answer = read_json(
        post_json(client, make_fields(token=fetch_token(client), comment=WORDS))
    )
    page = client.get(answer["status_url"])
    again = read_json(
        client.get(answer["status_url"], headers={"Accept": "application/json"})
    )

    assert caring.is_open
    assert (answer["status"], answer["help"], again["help"]) == ("held", HELP, HELP)
    assert SHOWN in page.text
    assert find_dangers(page.text) == []


def test_a_form_leads_to_a_page_that_shows_it_as_text(
    client: FlaskClient, caring: Thread
) -> None:
    sent = post_form(
        client, make_fields(token=fetch_token(client, PAGE), comment=WORDS)
    )

    page = client.get(sent.headers["Location"])

    assert caring.is_open
    assert SHOWN in page.text
    assert find_dangers(page.text) == []


def test_others_are_not_told(client: FlaskClient, caring: Thread) -> None:
    sent = post_form(client, make_fields(token=fetch_token(client, PAGE)))
    scripted = post_json(
        client, make_fields(token=fetch_token(client), comment="Another one.")
    )

    pages = [client.get(sent.headers["Location"]), client.get(PAGE), client.get(JSON)]

    assert caring.is_open
    assert "help" not in read_json(scripted)
    assert all("555 0100" not in page.text for page in pages)


@pytest.mark.parametrize("token", ["", "none", "é", "x" * 600])
def test_without_a_good_token_nothing_is_told(
    client: FlaskClient, caring: Thread, token: str
) -> None:
    asked = {"posted": "held", "own": token, "thread": caring.key}
    page = client.get("/embed/blog", query_string=asked)

    assert page.status_code == 200
    assert "555 0100" not in page.text


def test_while_it_is_off_nothing_is_told(client: FlaskClient, thread: Thread) -> None:
    answer = post_json(client, make_fields(token=fetch_token(client), comment=WORDS))

    assert thread.is_open
    assert "help" not in read_json(answer)


def test_nobody_is_told_any_more_once_it_is_decided(
    client: FlaskClient, session: Session, caring: Thread
) -> None:
    answer = read_json(
        post_json(client, make_fields(token=fetch_token(client), comment=WORDS))
    )
    comment = session.scalars(select(Comment)).one()
    comment.status = Status.APPROVED
    session.commit()

    page = client.get(answer["status_url"])

    assert caring.is_open
    assert "555 0100" not in page.text
