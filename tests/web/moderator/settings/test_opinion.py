import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.storage.models import Adviser, SiteChange
from tests.factories import make_site
from tests.web.visiting import Visitor, add_account, visit

PAGE = "/moderate/sites/blog/opinion"
# A public address, so that no name is looked up.
URL = "https://192.0.66.2/opinion"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def alice(app: Flask, session: Session) -> Visitor:
    make_site(session)
    session.commit()
    add_account(app, session, role=Role.OWNER)
    return visit(app, "alice@example.org")


def load(session: Session) -> Adviser:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Adviser)).one()


def list_changes(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(SiteChange.text).order_by(SiteChange.id)))


def test_an_owner_sets_it_and_is_shown_the_secret_once(
    alice: Visitor, session: Session
) -> None:
    answer = alice.post(PAGE, url=URL, is_on="on", seen="0")
    again = alice.get(PAGE)

    (secret,) = SECRET.findall(answer.text)
    adviser = load(session)
    assert (adviser.url, adviser.is_on, adviser.sends_email) == (URL, True, False)
    assert secret not in again.text
    assert secret not in adviser.secret
    assert list_changes(session) == ["Outside opinion: set the address, switched on."]


def test_it_is_switched_off_and_lets_the_email_be_told(
    alice: Visitor, session: Session
) -> None:
    alice.post(PAGE, url=URL, is_on="on", seen="0")

    answer = alice.post(PAGE, url=URL, sends_email="on", seen="1")

    adviser = load(session)
    assert answer.status_code == 303
    assert (adviser.is_on, adviser.sends_email) == (False, True)
    assert list_changes(session)[-1] == (
        "Outside opinion: switched off, tells e-mail addresses."
    )


def test_a_new_secret_is_shown_once(alice: Visitor, session: Session) -> None:
    first = alice.post(PAGE, url=URL, is_on="on", seen="0").text

    second = alice.post(f"{PAGE}/secret").text

    assert SECRET.findall(first) != SECRET.findall(second)
    assert list_changes(session)[-1] == "Outside opinion: made a new secret."


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "Give the whole address"),
        ("classifier.example.org", "Give the whole address"),
        ("javascript:alert(1)", "Give the whole address"),
        ("http://127.0.0.1:9/", "is not on the public internet"),
        ("http://169.254.169.254/latest", "is not on the public internet"),
    ],
)
def test_what_can_not_be_asked_is_refused_and_typed_is_kept(
    alice: Visitor, session: Session, url: str, told: str
) -> None:
    answer = alice.post(PAGE, url=url, is_on="on", seen="0")

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{url}"' in answer.text
    assert session.scalars(select(Adviser)).all() == []


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    alice: Visitor, session: Session
) -> None:
    alice.post(PAGE, url=URL, is_on="on", seen="0")

    answer = alice.post(PAGE, url=f"{URL}/other", is_on="on", seen="0")

    assert answer.status_code == 412
    assert load(session).url == URL


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
def test_others_than_owners_neither_see_nor_set_it(
    app: Flask, session: Session, role: Role
) -> None:
    make_site(session)
    session.commit()
    add_account(app, session, email="bob@example.org", role=role, site_key="blog")
    bob = visit(app, "bob@example.org")

    answers = [
        bob.get(PAGE),
        # Refused before a name is looked up.
        bob.post(PAGE, url="http://127.0.0.1/", is_on="on", seen="0"),
        bob.post(f"{PAGE}/secret"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert session.scalars(select(Adviser)).all() == []


def test_owners_of_other_sites_are_told_there_is_none(
    app: Flask, session: Session
) -> None:
    make_site(session)
    make_site(session, key="other")
    session.commit()
    add_account(
        app, session, email="eve@example.org", role=Role.OWNER, site_key="other"
    )
    eve = visit(app, "eve@example.org")

    answers = [
        eve.get(PAGE),
        eve.post(PAGE, url=URL, is_on="on", seen="0"),
        eve.post(f"{PAGE}/secret"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
