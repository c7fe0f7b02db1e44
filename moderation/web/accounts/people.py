"""Owns the page on which owners say who may do what."""

from http import HTTPStatus

import structlog
from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError, NotAllowedError
from moderation.domain.roles import Role
from moderation.services import invitations
from moderation.services import people as circles
from moderation.services.access import load_actor
from moderation.storage.models.base import now
from moderation.web.accounts.mails import mail_invitation, make_address
from moderation.web.context import get_settings, reading, unit_of_work

OWNERS_ONLY = (
    "This page is for owners. Ask one of them if somebody's role should change."
)
ROLES = {
    Role.VIEWER: "reads",
    Role.MODERATOR: "decides",
    Role.OWNER: "sets up",
}
DONE = {
    "role": "The role is changed, as of now.",
    "removed": "Removed. What that person decided stays in the history.",
    "invited": "The invitation is on its way by mail. It is good for seven days.",
    "withdrawn": "The invitation is withdrawn: its link is good for nothing now.",
}
Page = str | tuple[str, HTTPStatus] | Response

log = structlog.get_logger(__name__)


def show_people() -> str:
    """Show who has which role, for each site of an owner."""
    return _render(done=DONE.get(request.args.get("done", ""), ""))


def change_role() -> Page:
    """Give somebody another role."""
    moderator_id, site_id = _read_member()
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            circles.change_role(
                session, actor, moderator_id, site_id=site_id, role=_read_role()
            )
    except InvalidInputError as error:
        return _show_again(error)
    log.info("role changed", moderator=moderator_id, by=current_user.id)
    return _go_back("role")


def remove() -> Page:
    """Take somebody's role away."""
    moderator_id, site_id = _read_member()
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            circles.remove_member(session, actor, moderator_id, site_id=site_id)
    except InvalidInputError as error:
        return _show_again(error)
    log.info("member removed", moderator=moderator_id, by=current_user.id)
    return _go_back("removed")


def invite() -> Page:
    """Invite somebody: by mail, or by a link to hand over where there is no mail."""
    email, site_key = request.form.get("email", ""), request.form.get("site", "")
    if not site_key.isprintable():
        raise InvalidInputError({"site": ["There is no such site. Choose one."]})
    try:
        with unit_of_work() as session:
            token, invitation = invitations.invite(
                session,
                load_actor(session, current_user.id),
                email=email,
                role=_read_role(),
                site_key=site_key or None,
                at=now(),
            )
            if get_settings().has_mail:
                mail_invitation(session, invitation, token)
    except InvalidInputError as error:
        return _show_again(error)
    log.info("invitation made", by=current_user.id)
    if get_settings().has_mail:
        return _go_back("invited")
    link = make_address("entrance.show_invitation", token=token)
    return _render(link=link, invited=invitation.email)


def withdraw() -> Response:
    """Make that an invitation is good no more."""
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        invitations.withdraw_invitation(session, actor, _read_number("invitation"))
    return _go_back("withdrawn")


def _render(
    *,
    done: str = "",
    link: str = "",
    invited: str = "",
    errors: dict[str, list[str]] | None = None,
) -> str:
    with reading() as session:
        actor = load_actor(session, current_user.id)
        found = circles.list_circles(session, actor)
        if not found:
            raise NotAllowedError(OWNERS_ONLY)
        return render_template(
            "security/people.html",
            actor=actor,
            circles=found,
            roles=ROLES,
            has_mail=get_settings().has_mail,
            done=done,
            link=link,
            invited=invited,
            given=request.form,
            errors=errors or {},
        )


def _show_again(error: InvalidInputError) -> tuple[str, HTTPStatus]:
    return _render(errors=error.errors), HTTPStatus.UNPROCESSABLE_ENTITY


def _read_member() -> tuple[int, int | None]:
    site = request.form.get("site", "")
    return _read_number("moderator"), _read_number("site") if site else None


def _read_number(field: str) -> int:
    text = request.form.get(field, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004
        raise InvalidInputError({field: ["This is no number. Open the page again."]})
    return int(text)


def _read_role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as error:
        offered = ", ".join(ROLES)
        raise InvalidInputError({"role": [f"Choose a role: {offered}."]}) from error


def _go_back(done: str) -> Response:
    return redirect(url_for("accounts.show_people", done=done), HTTPStatus.SEE_OTHER)
