"""Owns the password rules as Flask-Security asks for them."""

import unicodedata
from typing import Any

from flask_security import PasswordUtil

from moderation.domain.errors import InvalidInputError
from moderation.domain.passwords import NORMAL_FORM, prepare_password


class AccountPasswordUtil(PasswordUtil):
    """The rules of `moderation.domain.passwords`, wherever a password is set.

    The command line reaches them as `app.extensions["security"].password_util`; what
    `validate` returns is then hashed with `flask_security.hash_password`.
    """

    def normalize(self, password: str) -> str:
        """Return the form in which a password is hashed and checked."""
        return unicodedata.normalize(NORMAL_FORM, password)

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: FBT001 theirs
        **kwargs: Any,  # noqa: ANN401 theirs
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with a new password (None: nothing), and its form."""
        del is_register, kwargs
        try:
            return None, prepare_password(password)
        except InvalidInputError as error:
            return error.errors["password"], password
