"""Owns the page of a site's log: who did what, and when."""

from datetime import datetime

from flask import render_template, request, url_for
from flask_security import current_user

from moderation.domain.errors import InvalidInputError
from moderation.services.access import load_actor
from moderation.services.site_logs import Kind, list_people, read_log
from moderation.storage.models.base import now
from moderation.web.context import reading
from moderation.web.moderator.inputs import parse_moment, read_single
from moderation.web.moderator.wording import DONE

KINDS = {Kind.CHANGE: "Settings and rules", Kind.DECISION: "Decisions"}
LONGEST_NUMBER = 18


def show_log(site_key: str) -> str:
    """Show a page of what people did on a site."""
    kind, who, before = _read_kind(), _read_who(), _read_before()
    with reading() as session:
        actor = load_actor(session, current_user.id)
        log = read_log(
            session, actor, site_key, kind=kind, moderator_id=who, before=before
        )
        return render_template(
            "moderator/site_log.html",
            actor=actor,
            now=now(),
            site=log.site,
            place="log",
            log=log,
            people=list_people(session, log.site),
            kind=kind,
            who=who,
            KINDS=KINDS,
            DONE=DONE,
            is_first=before is None,
            next_url=log.next
            and url_for(
                ".show_log",
                site_key=site_key,
                kind=kind,
                who=who,
                before=log.next.replace(tzinfo=None).isoformat(),
            ),
        )


def _read_kind() -> Kind | None:
    text = read_single(request.args, "kind")
    try:
        return Kind(text) if text else None
    except ValueError as error:
        raise InvalidInputError({"kind": ["Choose change or decision."]}) from error


def _read_who() -> int | None:
    text = read_single(request.args, "who")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise InvalidInputError({"who": ["This is nobody."]})
    return int(text)


def _read_before() -> datetime | None:
    text = read_single(request.args, "before")
    moment = parse_moment(text) if text else None
    if text and moment is None:
        raise InvalidInputError({"before": ["This is no moment. Begin at the start."]})
    return moment
