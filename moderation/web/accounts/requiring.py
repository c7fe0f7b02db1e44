"""Owns who has to prove more than a password, as set, and leads them to set that up."""

from flask import redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.config import EVERYBODY, NOBODY
from moderation.domain.errors import NotAllowedError
from moderation.services.access import load_actor
from moderation.web.context import get_settings, reading
from moderation.web.negotiation import wants_json

PREFIX = "/moderate"
# A passkey proves two things at once: who has it, and who unlocked it.
BY_PASSKEY = "by_passkey"
# What it takes to set a second step up, and to see what there is.
OPEN = {
    f"accounts.{name}"
    for name in (
        "show_account", "show_confirm", "take_confirm", "show_app", "take_app",
        "show_passkeys", "take_passkey",
    )
}  # fmt: skip
LACKING = (
    "A second step is asked of you at each login. Set up an authenticator app, or add "
    "a passkey and log in with it."
)


def require_second_step() -> Response | None:
    """Lead whoever lacks the second step that is asked of them to its page.

    :raises NotAllowedError: if it was no page that was asked for.
    """
    if not request.path.startswith(PREFIX) or request.endpoint in OPEN:
        return None
    if not lacks_second_step():
        return None
    is_page = request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers
    if is_page and not wants_json(request):
        return redirect(url_for("accounts.show_app"))
    raise NotAllowedError(LACKING)


def lacks_second_step() -> bool:
    """Return whether somebody is logged in by less than is asked of them."""
    asked_of = get_settings().require_second_step
    if asked_of == NOBODY or not current_user.is_authenticated:
        return False
    if current_user.totp_secret is not None or session.get(BY_PASSKEY):
        return False
    if asked_of == EVERYBODY:
        return True
    with reading() as read:
        return load_actor(read, current_user.id).owns_any
