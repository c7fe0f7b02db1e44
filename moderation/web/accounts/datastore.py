"""Owns how Flask-Security reads and writes moderators."""

from typing import Any

from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import select, update

from moderation.domain.errors import NotFoundError
from moderation.storage.models import Moderator
from moderation.web.context import get_database


class Account(Moderator, UserMixin):
    """A moderator as Flask-Security sees one: the same row, able to log in.

    It has no roles there. What a moderator may do depends on the site, and services
    decide it (`moderation.services.access`).
    """

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Return no roles."""
        return []


def load_account(moderator_id: int) -> Account:
    """Return the account of a moderator, to log in as.

    :raises NotFoundError: if there is none, or not any more.
    """
    with get_database().read() as session:
        account = session.scalar(select(Account).where(Account.id == moderator_id))
    if account is None or not account.active:
        raise NotFoundError("There is no such moderator. Log in again.")
    return account


class AccountDatastore(UserDatastore):
    """Reads and writes each in a short unit of work of its own.

    Nothing is held open while a password is hashed: it takes the time of a hundred
    inserts, and SQLite has one writer.
    """

    def __init__(self) -> None:
        super().__init__(Account, RoleMixin)

    def find_user(
        self,
        case_insensitive: bool = False,  # noqa: FBT001, FBT002 theirs
        **kwargs: Any,  # noqa: ANN401 theirs
    ) -> UserMixin | None:
        """Return the account with a value in one column; addresses lack capitals."""
        column, value = next(iter(kwargs.items()))
        if case_insensitive:
            value = value.lower()
        with get_database().read() as session:
            return session.scalar(
                select(Account).where(getattr(Account, column) == value)
            )

    def find_role(self, role: str) -> None:
        """Return nothing: roles are kept per site, as memberships."""
        del role

    def put(self, model: Account) -> Account:
        """Store what Flask-Security changes by itself: a hash it has renewed."""
        with get_database().write() as session:
            session.execute(
                update(Moderator)
                .where(Moderator.id == model.id)
                .values(password=model.password)
            )
        return model

    def commit(self) -> None:
        """Do nothing: whatever was put is committed."""
