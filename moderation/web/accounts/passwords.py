"""Owns the password rules as Flask-Security asks for them, and new passwords."""

import unicodedata
from typing import Any

from flask import request
from flask_security import PasswordUtil, hash_password

from moderation.domain.errors import InvalidInputError
from moderation.domain.passwords import NORMAL_FORM, prepare_password

DIFFERENT = "The two are not the same. Type the new password twice."


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


def read_new_password(*, email: str) -> str:
    """Return the hash of the password a form gives twice.

    It takes as long as fifty inserts: no transaction may be open meanwhile.

    :raises InvalidInputError: if the two differ, or it can easily be guessed.
    """
    password = request.form.get("password", "")
    prepared = prepare_password(password, known=[email])
    if password != request.form.get("again", ""):
        raise InvalidInputError({"again": [DIFFERENT]})
    return str(hash_password(prepared))
