"""Owns the login form: Flask-Security's, without what we do not offer."""

import re
from typing import Any

from flask_security import LoginForm as SecurityLoginForm
from flask_security.forms import EmailValidation
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Length

from moderation.domain.passwords import MOST_CHARACTERS

LONGEST_EMAIL = 320
LONGEST_PATH = 2_000
# One slash, and nothing that a browser drops or takes for a second one.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\xa0]*")


def is_own_path(text: str) -> bool:
    """Return whether `text` leads to a page of ours, however a browser reads it."""
    return len(text) <= LONGEST_PATH and _OWN_PATH.fullmatch(text) is not None


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 as WTForms'
        super().__init__(*args, **kwargs)
        if not is_own_path(self.next.data or ""):
            self.next.data = ""
