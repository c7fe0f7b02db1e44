"""Owns the pages that links in mails to moderators lead to. They need no login.

Whoever has the link is the moderator it was sent to: its token is the secret, so no
cookie is read, and no other site can forge a request. Mail programs and scanners open
links by themselves: looking changes nothing, only the button does.
"""

from dataclasses import replace
from http import HTTPStatus

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from moderation.domain.notice_wishes import NoticePace
from moderation.domain.statuses import Action
from moderation.services.access import load_actor
from moderation.services.mail_decisions import Outlook, decide_by_mail, find_mailed
from moderation.services.mail_links import read_errand, read_stop
from moderation.services.notice_choices import find_stopped, list_choices, stop_notices
from moderation.storage.models.base import now
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.moderator.cards import make_card
from moderation.web.moderator.times import describe_age, describe_moment
from moderation.web.moderator.wording import DONE, describe_decider

PREFIX = "/m"
QUESTIONS = {
    Action.APPROVE: "Approve this comment?",
    Action.REJECT: "Reject this comment?",
    Action.SPAM: "Is this spam?",
}
BUTTONS = {
    Action.APPROVE: "Approve",
    Action.REJECT: "Reject",
    Action.SPAM: "Mark as spam",
}
Page = str | tuple[str, int]

log = structlog.get_logger(__name__)


def create_mailed() -> Blueprint:
    """Return the pages; CSRFProtect, which needs a cookie, must leave them alone."""
    pages = Blueprint("mailed", __name__, url_prefix=PREFIX)
    pages.after_request(hide_address)
    pages.get("/act/<token>")(show_errand)
    pages.post("/act/<token>")(do_errand)
    pages.get("/stop/<token>")(show_stop)
    pages.post("/stop/<token>")(stop)
    return pages


def hide_address(response: Response) -> Response:
    """Tell nobody the address of these pages: it is the secret."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def show_errand(token: str) -> str:
    """Show the comment, and the one button; or what has become of it meanwhile."""
    return _render_errand(token)


def do_errand(token: str) -> Page | Response:
    """Decide, once; who comes second is told who was first."""
    errand = read_errand(get_settings().signing_keys, token)
    with unit_of_work() as session:
        is_done = decide_by_mail(session, errand)
    if not is_done:
        return _render_errand(token), HTTPStatus.CONFLICT
    log.info("decided by mail", moderator=errand.moderator_id, action=errand.action)
    return redirect(url_for(".show_errand", token=token), HTTPStatus.SEE_OTHER)


def show_stop(token: str) -> str:
    """Ask whether to send no mails about a site any more."""
    return _render_stop(token)


def stop(token: str) -> str:
    """Send none any more. Mail programs ask for that by themselves (RFC 8058)."""
    moderator_id, site_id = read_stop(get_settings().signing_keys, token)
    with unit_of_work() as session:
        stop_notices(session, moderator_id, site_id)
    log.info("notices stopped by mail", moderator=moderator_id, site=site_id)
    return _render_stop(token)


def _render_errand(token: str) -> str:
    errand = read_errand(get_settings().signing_keys, token)
    with reading() as session:
        mailed = find_mailed(session, errand)
        # Mails are passed on: who wrote a comment is told after a login alone.
        reader = replace(mailed.actor, sees_contacts=False)
        return render_template(
            "mailed/errand.html",
            mailed=mailed,
            is_open=mailed.outlook is Outlook.OPEN,
            card=make_card(mailed.comment, reader),
            question=QUESTIONS[errand.action],
            button=BUTTONS[errand.action],
            DONE=DONE,
            now=now(),
            describe_age=describe_age,
            describe_decider=describe_decider,
            describe_moment=describe_moment,
        )


def _render_stop(token: str) -> str:
    moderator_id, site_id = read_stop(get_settings().signing_keys, token)
    with reading() as session:
        site = find_stopped(session, moderator_id, site_id)
        actor = load_actor(session, moderator_id)
        wishes = {row.site.id: row.wish.pace for row in list_choices(session, actor)}
        is_stopped = wishes.get(site_id, NoticePace.NONE) is NoticePace.NONE
    return render_template(
        "mailed/stop.html",
        site=site,
        is_stopped=is_stopped,
        was_asked=request.method == "POST",
    )
