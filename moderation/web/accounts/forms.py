"""Owns the login form: Flask-Security's, without what we do not offer."""

import re

from flask import request
from flask_security import LoginForm as SecurityLoginForm
from flask_security.forms import EmailValidation
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Length

from moderation.domain.errors import InvalidInputError
from moderation.domain.passwords import MOST_CHARACTERS

LONGEST_EMAIL = 320
LONGEST_PATH = 2_000
# One slash, and nothing that a browser drops or takes for a second one.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\xa0]*")


def is_own_path(text: str) -> bool:
    """Return whether `text` leads to a page of ours, however a browser reads it."""
    return len(text) <= LONGEST_PATH and _OWN_PATH.fullmatch(text) is not None


def require_own_next() -> None:
    """Refuse a request to be led to somebody else's page after logging in.

    Flask-Security has a look of its own; this one is narrower.

    :raises InvalidInputError: if a `next` is no path of ours.
    """
    wanted = [*request.args.getlist("next"), *request.form.getlist("next")]
    if not all(is_own_path(text) for text in wanted if text):
        raise InvalidInputError({"next": ["This leads away from here. Leave it out."]})


class LoginForm(SecurityLoginForm):
    """E-mail address and password; what is too long is not even hashed."""

    email = EmailField(
        "E-mail address",
        validators=[
            DataRequired(),
            Length(max=LONGEST_EMAIL),
            EmailValidation(verify=False),
        ],
    )
    password = PasswordField(
        "Password", validators=[DataRequired(), Length(max=MOST_CHARACTERS)]
    )
    # No "remember me": its cookie would outlive logging out.
    remember = None  # type: ignore[assignment]
