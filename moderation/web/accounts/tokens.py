"""Owns the page on which owners make and revoke the tokens of programs."""

from http import HTTPStatus

import structlog
from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError, NotAllowedError
from moderation.services.access import list_visible_sites, load_actor
from moderation.services.tokens import (
    MARK,
    TokenWish,
    add_token,
    list_tokens,
    revoke_token,
)
from moderation.storage.models import ApiToken, Scope
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work

OWNERS_ONLY = "This page is for owners: ask one of them for a token."
SCOPES = {
    Scope.READ: "Read comments and threads, without addresses",
    Scope.EMAILS: "See e-mail and IP addresses, too",
    Scope.DECIDE: "Decide on comments",
    Scope.MANAGE: "Set up webhooks",
    Scope.SUBMIT: "Post comments for visitors",
    Scope.FILTER: "Ask and teach the filter, as Akismet’s clients do",
}
# In days; "" for ever.
LIFETIMES = {"30": "30 days", "90": "90 days", "365": "a year", "": "for ever"}
REVOKED = "Revoked. Programs that still use it are refused from now on."
Page = str | tuple[str, HTTPStatus] | Response

log = structlog.get_logger(__name__)


def show_tokens() -> str:
    """Show the tokens for sites of an owner."""
    is_revoked = request.args.get("done") == "revoked"
    return _render(done=REVOKED if is_revoked else "")


def add() -> Page:
    """Make a token, and show its secret this one time."""
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            token, secret = add_token(session, actor, _read_wish())
    except InvalidInputError as error:
        return _render(errors=error.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    log.info("token made", token=token.id, by=current_user.id)
    return _render(secret=secret, made=token)


def revoke() -> Response:
    """Make that a token is good for nothing."""
    text = request.form.get("token", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004
        raise InvalidInputError({"token": ["This is no number. Open the page again."]})
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        token = revoke_token(session, actor, int(text))
    log.info("token revoked", token=token.id, by=current_user.id)
    return redirect(
        url_for("accounts.show_tokens", done="revoked"), HTTPStatus.SEE_OTHER
    )


def _render(
    *,
    done: str = "",
    secret: str = "",
    made: ApiToken | None = None,
    errors: dict[str, list[str]] | None = None,
) -> str:
    with reading() as session:
        actor = load_actor(session, current_user.id)
        if not actor.owns_any:
            raise NotAllowedError(OWNERS_ONLY)
        sites = list_visible_sites(session, actor)
        return render_template(
            "security/tokens.html",
            actor=actor,
            sites=[site for site in sites if actor.is_owner(site.id)],
            tokens=list_tokens(session, actor),
            now=now(),
            scopes=SCOPES,
            lifetimes=LIFETIMES,
            mark=MARK,
            done=done,
            secret=secret,
            made=made,
            given=request.form,
            errors=errors or {},
        )


def _read_wish() -> TokenWish:
    days = request.form.get("days", "")
    try:
        scopes = [Scope(scope) for scope in request.form.getlist("scope")]
    except ValueError as error:
        raise InvalidInputError({"scopes": ["There is no such scope."]}) from error
    if days not in LIFETIMES:
        raise InvalidInputError({"days": ["Choose how long it is good."]})
    sites = request.form.getlist("site")
    if not all(site.isprintable() for site in sites):
        raise InvalidInputError({"sites": ["There is no such site. Choose one."]})
    return TokenWish(
        name=request.form.get("name", ""),
        site_keys=sites,
        scopes=scopes,
        days=int(days) if days else None,
    )
