"""Owns the kinds of people whose rights the tests hold against a table."""

from flask import Flask
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from tests.web.visiting import Visitor, add_account, visit

PEOPLE = (
    "everywhere",
    "owner",
    "moderator",
    "viewer",
    "outsider",
    "nowhere",
    "stranger",
)


def add_person(app: Flask, session: Session, name: str) -> Visitor:
    """Return one of PEOPLE, with a browser; there are the sites `blog` and `other`."""
    if name == "stranger":
        return Visitor(app.test_client())
    roles = {"owner": Role.OWNER, "viewer": Role.VIEWER}
    sites = {"everywhere": None, "outsider": "other"}
    email = f"{name}@example.org"
    account = add_account(
        app,
        session,
        email=email,
        role=roles.get(name, Role.MODERATOR),
        site_key=sites.get(name, "blog"),
    )
    if name == "nowhere":
        account.memberships.clear()
        session.commit()
    return visit(app, email)
