"""Owns which pages there are for somebody who is logged in, and who gets to them."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.config import Settings
from moderation.web.accounts import (
    account,
    confirming,
    notices,
    people,
    tokens,
    webhooks,
)
from moderation.web.accounts.guessing import find_guesser
from moderation.web.accounts.logins import is_fresh
from moderation.web.accounts.resending import keep_form

PREFIX = "/moderate"
GREATEST_ID = 2**63 - 1
View = Callable[..., ResponseReturnValue]


def create_pages(settings: Settings, limiter: Limiter) -> Blueprint:
    """Return the pages about one's own account and about people."""
    pages = Blueprint("accounts", __name__, url_prefix=PREFIX)
    pages.before_request(require_login)
    limit = limiter.shared_limit(
        settings.login_limit, "login", key_func=find_guesser, methods=["POST"]
    )
    pages.get("/account")(account.show_account)
    pages.post("/account/name")(account.change_name)
    pages.post("/account/password")(limit(account.change_password))
    pages.get("/account/confirm")(confirming.show_confirm)
    pages.post("/account/confirm")(limit(confirming.take_confirm))
    pages.get("/account/app")(fresh(account.show_app))
    pages.post("/account/app")(fresh(limit(account.take_app)))
    pages.post("/account/app/remove")(fresh(account.remove_app))
    pages.post("/account/codes")(fresh(account.renew_codes))
    pages.get("/account/passkeys")(fresh(account.show_passkeys))
    pages.post("/account/passkeys")(fresh(account.take_passkey))
    passkey = f"/account/passkeys/<int(max={GREATEST_ID}):passkey_id>/remove"
    pages.post(passkey)(fresh(account.drop_passkey))
    pages.post("/account/sessions/end")(account.end_sessions)
    pages.get("/account/notices")(notices.show_notices)
    pages.post("/account/notices")(notices.change_notices)
    pages.get("/people")(people.show_people)
    pages.post("/people/role")(fresh(people.change_role))
    pages.post("/people/remove")(fresh(people.remove))
    pages.post("/people/invite")(fresh(people.invite))
    pages.post("/people/withdraw")(fresh(people.withdraw))
    pages.get("/tokens")(tokens.show_tokens)
    pages.post("/tokens", endpoint="add_token")(fresh(tokens.add))
    pages.post("/tokens/revoke", endpoint="revoke_token")(fresh(tokens.revoke))
    _add_webhooks(pages)
    return pages


def _add_webhooks(pages: Blueprint) -> None:
    one = f"/webhooks/<int(max={GREATEST_ID}):endpoint_id>"
    actions = ", ".join(webhooks.ACTS)
    pages.get("/webhooks")(webhooks.show_webhooks)
    pages.post("/webhooks", endpoint="add_webhook")(fresh(webhooks.add))
    pages.get("/webhooks/verifying")(webhooks.show_verifying)
    pages.get(one)(webhooks.show_webhook)
    pages.get(f"{one}/change", endpoint="show_change_of_webhook")(webhooks.show_change)
    pages.post(f"{one}/change", endpoint="change_webhook")(fresh(webhooks.change))
    pages.post(f"{one}/<any({actions}):action>", endpoint="act_on_webhook")(
        fresh(webhooks.act)
    )
    pages.post(f"{one}/rotate", endpoint="rotate_webhook")(fresh(webhooks.rotate))
    pages.post(f"{one}/replay", endpoint="replay_webhook")(fresh(webhooks.replay))


def require_login() -> Response | None:
    """Send whoever is not logged in to the login page, and back here afterwards."""
    if current_user.is_authenticated:
        return None
    is_page = request.method in {"GET", "HEAD"}
    wanted = request.full_path.rstrip("?") if is_page else url_for(".show_account")
    return redirect(url_for("security.login", next=wanted))


def fresh(view: View) -> View:
    """Let a view be reached only a short while after a proof of who is there.

    Somebody at a browser left alone can decide on comments, not take the account over
    (ASVS 5.0.0, 7.5.1). A form that was sent goes along and is offered again.
    """

    @wraps(view)
    def guarded(**values: object) -> ResponseReturnValue:
        if is_fresh():
            return view(**values)
        if request.method != "POST":
            return redirect(url_for("accounts.show_confirm", next=request.path))
        return confirming.render_confirm(resend=keep_form()), HTTPStatus.FORBIDDEN

    return guarded
