"""Owns what tests of accounts share: an owner, a code to pass with, what was mailed."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.domain.one_time_codes import STEP_SECONDS, compute_code, make_secret
from moderation.domain.roles import Role
from moderation.services.second_steps import turn_on_app
from moderation.storage.models import Mail, Moderator
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.web.context import get_sealer
from tests.apps import Apps
from tests.factories import make_site
from tests.web.visiting import add_account

# What the app of the tests shows, some steps from now.
ShowCode = Callable[[int], str]
SECRET = make_secret()


def show_code(steps: int = 0) -> str:
    return compute_code(SECRET, int(now().timestamp()) // STEP_SECONDS + steps)


def give_app(app: Flask, session: Session, moderator: Moderator) -> list[str]:
    """Turn an app on; return the recovery codes."""
    with app.app_context():
        sealer = get_sealer()
    codes = turn_on_app(
        session,
        moderator.id,
        secret=SECRET,
        code=show_code(-1),
        sealer=sealer,
        at=now(),
    )
    session.commit()
    return list(codes)


def read_mails(session: Session) -> list[Mail]:
    session.expire_all()
    mails = list(session.scalars(select(Mail).order_by(Mail.id)))
    # Else nobody else could write.
    session.commit()
    return mails


@pytest.fixture
def owner(app: Flask, session: Session) -> Moderator:
    make_site(session)
    return add_account(app, session, role=Role.OWNER)


@pytest.fixture
def mailing(settings: Settings, database: Database, apps: Apps) -> Iterator[Flask]:
    """Return the app as it is where mail is set up."""
    with_mail = dataclasses.replace(
        settings,
        base_url="https://comments.example.org",
        smtp_url="smtp://127.0.0.1:9",
        mail_from="comments@example.org",
    )
    with apps.lend(with_mail, database) as app:
        yield app
