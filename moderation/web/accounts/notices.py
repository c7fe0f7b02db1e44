"""Owns the page on which somebody chooses when to be told by mail of what waits."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.domain.notice_wishes import (
    MOST_COUNT,
    MOST_HOURS,
    NoticePace,
    NoticeWish,
)
from moderation.services.access import load_actor
from moderation.services.notice_choices import list_choices, set_choice
from moderation.web.context import get_settings, reading, unit_of_work

PACES = {
    NoticePace.AT_ONCE: "At once, a mail for each comment",
    NoticePace.DIGEST: "A digest: one mail about many",
    NoticePace.NONE: "None: I look into the queue myself",
}
NUMBER = re.compile(r"[0-9]{1,6}")
Page = str | tuple[str, int] | Response


def show_notices() -> str:
    """Show what is chosen for each site."""
    return _render(done=request.args.get("done", ""))


def change_notices() -> Page:
    """Choose for one site."""
    key = request.form.get("site", "")
    try:
        wish = _read_wish()
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            set_choice(session, actor, actor.moderator_id, key, wish)
    except InvalidInputError as error:
        page = _render(errors={key: error.errors}, typed=request.form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    place = url_for("accounts.show_notices", done=key)
    return redirect(place, HTTPStatus.SEE_OTHER)


def _read_wish() -> NoticeWish:
    pace = request.form.get("pace", "")
    if pace not in set(NoticePace):
        raise InvalidInputError({"pace": ["Choose when mails are sent."]})
    return NoticeWish(
        pace=NoticePace(pace),
        after_count=_read_number("after_count"),
        after_hours=_read_number("after_hours"),
    )


def _read_number(name: str) -> int:
    text = request.form.get(name, "").strip()
    if not (NUMBER.fullmatch(text) and text.isascii()):
        raise InvalidInputError({name: ["Give a whole number."]})
    return int(text)


def _render(
    *,
    done: str = "",
    errors: Mapping[str, Mapping[str, list[str]]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    settings = get_settings()
    with reading() as session:
        actor = load_actor(session, current_user.id)
        return render_template(
            "security/notices.html",
            actor=actor,
            choices=list_choices(session, actor),
            PACES=PACES,
            most_count=MOST_COUNT,
            most_hours=MOST_HOURS,
            has_mail=settings.has_mail,
            has_address=settings.has_address,
            done=done,
            errors=errors or {},
            typed=typed or {},
        )
