"""Goes through moderators' pages as a browser does: cookies kept, tokens sent back."""

import re
from collections.abc import Sequence
from functools import cache
from time import time

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.roles import Role
from moderation.storage.models import Comment, Moderator
from tests.factories import make_moderator

PASSWORD = "a calm reading room"
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')

Fields = dict[str, str | Sequence[str]]


class Visitor:
    """Somebody with a browser; `email` is None for a stranger."""

    def __init__(self, client: FlaskClient, email: str | None = None) -> None:
        self.client = client
        self.email = email
        # What a page of a session had, at a minute: it holds for an hour.
        self._tokens: dict[tuple[str, int] | None, str] = {}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: str | Sequence[str]) -> TestResponse:
        given = {"csrf_token": self._recall_token(), **fields}
        return self.client.post(path, data=given)

    def log_in(self, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/login", email=self.email or "", password=password, **fields)

    def decide(self, action: str, *comments: Comment, **fields: str) -> TestResponse:
        return self.post(
            "/moderate/decisions",
            action=action,
            comment=[name_version(comment) for comment in comments],
            **fields,
        )

    def find_token(self) -> str:
        page = self.client.get("/login")
        if page.location == "/moderate/":
            # Who is logged in is led to the queue, which takes its time.
            page = self.client.get("/moderate/webhooks/verifying")
        elif page.location:
            page = self.client.get(page.location, follow_redirects=True)
        return read_token(page)

    def _recall_token(self) -> str:
        """Return the token of a page that was opened before, if there is one."""
        if (known := self._tokens.get(self._name_session())) is not None:
            return known
        token = self.find_token()
        if (key := self._name_session()) is not None:
            self._tokens[key] = token
        return token

    def _name_session(self) -> tuple[str, int] | None:
        cookie = self.client.get_cookie("moderation")
        return (cookie.value, int(time() // 60)) if cookie else None


def read_token(page: TestResponse) -> str:
    match = _TOKEN.search(page.text)
    assert match is not None, page.text
    return match[1]


def name_version(comment: Comment) -> str:
    return f"{comment.id}:{comment.version}"


def add_account(
    app: Flask,
    session: Session,
    *,
    email: str = "alice@example.org",
    role: Role = Role.MODERATOR,
    site_key: str | None = None,
    password: str = PASSWORD,
) -> Moderator:
    with app.app_context():
        password_hash = hash_once(app.extensions["security"].pwd_context, password)
    moderator = make_moderator(
        session, email=email, role=role, site_key=site_key, password_hash=password_hash
    )
    session.commit()
    return moderator


@cache
def hash_once(context: object, password: str) -> str:
    """Return a hash that may take its time, once for all who have that password."""
    del context
    hashed: str = hash_password(password)
    return hashed


def visit(app: Flask, email: str) -> Visitor:
    """Return somebody who has logged in."""
    visitor = Visitor(app.test_client(), email)
    answer = visitor.log_in()
    assert answer.status_code == 302, answer.text
    return visitor
