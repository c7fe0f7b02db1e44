import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.services.access import OPERATOR
from moderation.services.consents import Consent, set_consent
from tests.factories import ORIGIN, make_site
from tests.web.visiting import add_account, visit

URL = "https://blog.example/privacy?a=1&b=2"
PAGE, LIST = "/embed/blog?thread=post-1", "/embed/blog/comments?thread=post-1"


@pytest.fixture(autouse=True)
def site(session: Session) -> None:
    make_site(session)
    session.commit()


def test_the_form_says_nothing_on_privacy_unless_set(client: FlaskClient) -> None:
    page = client.get(PAGE)
    listed = client.get(LIST, headers={"Origin": ORIGIN})

    assert "Privacy policy" not in page.text
    assert "consent" not in listed.get_json()


def test_the_form_says_what_is_set_from_then_on(
    client: FlaskClient, session: Session
) -> None:
    before = client.get(LIST, headers={"Origin": ORIGIN})

    consent = Consent(text="We keep <it> & more.", url=URL)
    set_consent(session, OPERATOR, "blog", consent)
    session.commit()

    page = client.get(PAGE)
    listed = client.get(
        LIST, headers={"Origin": ORIGIN, "If-None-Match": before.headers["ETag"]}
    )
    assert "We keep &lt;it&gt; &amp; more." in page.text
    assert 'href="https://blog.example/privacy?a=1&amp;b=2"' in page.text
    assert listed.status_code == 200
    assert listed.get_json()["consent"] == {"text": consent.text, "url": URL}


def test_an_owner_sets_it_on_the_page_of_the_site(app: Flask, session: Session) -> None:
    add_account(app, session, role=Role.OWNER, site_key="blog")
    alice = visit(app, "alice@example.org")

    wrong = alice.post(
        "/moderate/sites/blog/consent",
        consent="Mine",
        privacy_url="javascript:alert(1)",
    )
    saved = alice.post("/moderate/sites/blog/consent", consent="Mine", privacy_url=URL)

    assert (wrong.status_code, saved.status_code) == (422, 303)
    assert 'value="javascript:alert(1)"' in wrong.text
    page = alice.get("/moderate/sites/blog/setup")
    assert 'value="Mine"' in page.text
