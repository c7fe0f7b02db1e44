"""Owns the kinds of people whose rights the tests hold against a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from tests.web.visiting import Visitor, add_account, visit

Ask = TypeVar("Ask", bound=Callable[..., object])

PEOPLE = (
    "everywhere",
    "owner",
    "moderator",
    "viewer",
    "outsider",
    "nowhere",
    "stranger",
)
ROLES = {"owner": Role.OWNER, "moderator": Role.MODERATOR, "viewer": Role.VIEWER}
SITES = {"everywhere": None, "outsider": "other"}


def add_person(
    app: Flask, session: Session, name: str, *, role: Role = Role.MODERATOR
) -> Visitor:
    """Return one of PEOPLE, with a browser; there are the sites `blog` and `other`.

    Those whose name says no role have `role`.
    """
    if name == "stranger":
        return Visitor(app.test_client())
    email = f"{name}@example.org"
    account = add_account(
        app,
        session,
        email=email,
        role=ROLES.get(name, role),
        site_key=SITES.get(name, "blog"),
    )
    if name == "nowhere":
        account.memberships.clear()
        session.commit()
    return visit(app, email)


def list_asked(
    table: Iterable[tuple[Ask, Sequence[int]]], people: Sequence[str] = PEOPLE
) -> Mapping[str, list[tuple[Ask, int]]]:
    """Return for each person all that they ask, and what they are answered.

    A row of the table has what each of `people` is answered, in that order.
    """
    asked: dict[str, list[tuple[Ask, int]]] = {name: [] for name in people}
    for ask, statuses in table:
        for name, status in zip(people, statuses, strict=True):
            asked[name].append((ask, status))
    return asked
