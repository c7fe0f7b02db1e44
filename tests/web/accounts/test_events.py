"""What an account's own log tells of logins, and for how long."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.services.account_events import KEPT
from moderation.services.expired import forget_expired
from moderation.storage.models import AccountEvent, AccountEventKind, Moderator
from moderation.storage.models.base import now
from tests.web.accounts.conftest import give_app, show_code
from tests.web.visiting import Visitor, visit

LOGIN, LOGOUT = AccountEventKind.LOGIN, AccountEventKind.LOGOUT


def list_kinds(session: Session) -> list[tuple[int, AccountEventKind]]:
    session.expire_all()
    rows = session.scalars(select(AccountEvent).order_by(AccountEvent.id)).all()
    session.commit()
    return [(row.moderator_id, row.kind) for row in rows]


def test_logins_refusals_and_logouts_are_kept_and_shown(
    app: Flask, session: Session, owner: Moderator
) -> None:
    visitor = Visitor(app.test_client(), owner.email)
    visitor.log_in("a wrong password, long enough").close()
    visitor.log_in()
    page = visitor.get("/moderate/account")
    visitor.post("/logout")

    kinds = [kind for _, kind in list_kinds(session)]
    assert kinds == [AccountEventKind.WRONG_PASSWORD, LOGIN, LOGOUT]
    assert "Refused: wrong password" in page.text
    assert "127.0.0.0/24" in page.text


def test_a_wrong_code_is_kept(app: Flask, session: Session, owner: Moderator) -> None:
    give_app(app, session, owner)
    halfway = visit(app, owner.email)

    halfway.post("/login/code", code="000000")
    halfway.post("/login/code", code=show_code())

    kinds = [kind for _, kind in list_kinds(session)]
    assert kinds == [AccountEventKind.WRONG_CODE, LOGIN]


@pytest.mark.usefixtures("owner")
def test_of_an_address_that_nobody_has_nothing_is_kept(
    app: Flask, session: Session
) -> None:
    Visitor(app.test_client(), "nobody@example.org").log_in().close()

    assert list_kinds(session) == []


def test_logins_are_forgotten_after_three_months(
    app: Flask, session: Session, owner: Moderator
) -> None:
    visit(app, owner.email)

    forget_expired(session, at=now() + KEPT - timedelta(minutes=1))
    session.commit()
    before = list_kinds(session)
    forget_expired(session, at=now() + KEPT + timedelta(minutes=1))
    session.commit()

    assert (before, list_kinds(session)) == ([(owner.id, LOGIN)], [])
