"""Owns the page of a site's threads, each of which can be closed and opened."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.domain.urls import find_host
from moderation.services.access import find_visible_site, load_actor
from moderation.services.site_setups import (
    find_thread_key,
    list_threads,
    set_thread_open,
)
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.inputs import read_id, read_switch
from moderation.web.moderator.settings.wording import EVENTS


def show_threads(site_key: str) -> str:
    """Show a page of a site's threads, the newest first."""
    before = read_id(request.args, "before")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        site = find_visible_site(session, actor, site_key)
        page = list_threads(session, actor, site_key, before=before)
        return render_template(
            "moderator/settings/threads.html",
            actor=actor,
            site=site,
            place="threads",
            page=page,
            before=before,
            is_owner=actor.is_owner(site.id),
            find_host=find_host,
            notice=EVENTS.get(read_single(request.args, "done"), ""),
        )


def change_thread(site_key: str, thread_id: int) -> Response:
    """Open or close a thread for comments."""
    is_open = read_switch(request.form, "is_open")
    before = read_id(request.form, "before")
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        key = find_thread_key(session, actor, site_key, thread_id)
        set_thread_open(session, actor, site_key, key, is_open=is_open)
    done = "thread-open" if is_open else "thread-closed"
    place = url_for(".show_threads", site_key=site_key, done=done, before=before)
    return redirect(place, HTTPStatus.SEE_OTHER)
