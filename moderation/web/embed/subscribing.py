"""Owns the pages by which authors confirm, and end, mails about replies.

The mail's link is the secret: no cookie is needed, and no other site can forge a
request. Scanners of mail open links by themselves: looking changes nothing.
"""

from http import HTTPStatus

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from moderation.domain.errors import NotFoundError
from moderation.services.mail_links import CONFIRM, UNSUBSCRIBE, read_subscriber
from moderation.services.sites import find_site
from moderation.services.subscriptions import confirm, find_wishes, unsubscribe
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.embed.origins import list_origins
from moderation.web.embed.places import find_page, get_site


def create_subscriptions() -> Blueprint:
    """Return the pages. Nobody shows them in a frame: a button might lie below."""
    pages = Blueprint("subscriptions", __name__, url_prefix="/embed/<site_key>")
    pages.before_request(load_site)
    pages.after_request(hide_address)
    pages.get("/confirm/<token>")(show_confirm)
    pages.post("/confirm/<token>")(take_confirm)
    pages.get("/unsubscribe/<token>")(show_unsubscribe)
    pages.post("/unsubscribe/<token>")(take_unsubscribe)
    return pages


def load_site() -> None:
    """Find the site that the address names.

    :raises NotFoundError: if there is no such site.
    """
    with reading() as session:
        g.site = find_site(session, (request.view_args or {})["site_key"])
        list_origins(g.site)


def hide_address(response: Response) -> Response:
    """Tell nobody the address of these pages: it is the secret."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Accept-Language")
    return response


def show_confirm(site_key: str, token: str) -> str:
    """Ask whether it was the owner of the mailbox who asked."""
    comment_id = read_subscriber(get_settings().signing_keys, CONFIRM, token)
    site = get_site()
    with reading() as session:
        wishes = find_wishes(session, site_key, comment_id)
        pages = {
            comment.thread.title or comment.thread.key: find_page(
                site, comment.thread.url
            )
            for comment in wishes.comments
        }
    return render_template(
        "embed/confirm.html", site=site, is_confirmed=wishes.is_confirmed, pages=pages
    )


def take_confirm(site_key: str, token: str) -> Response:
    """Tell of replies from now on."""
    comment_id = read_subscriber(get_settings().signing_keys, CONFIRM, token)
    with unit_of_work() as session:
        confirm(session, site_key, comment_id)
    lang = request.args.get("lang")
    place = url_for(".show_confirm", site_key=site_key, token=token, lang=lang)
    return redirect(place, HTTPStatus.SEE_OTHER)


def show_unsubscribe(site_key: str, token: str) -> str:
    """Ask whether to send no mails any more."""
    return _render_unsubscribe(site_key, token)


def take_unsubscribe(site_key: str, token: str) -> str:
    """Send none any more. Mail programs ask for that by themselves (RFC 8058)."""
    comment_id = read_subscriber(get_settings().signing_keys, UNSUBSCRIBE, token)
    with unit_of_work() as session:
        unsubscribe(session, site_key, comment_id)
    return _render_unsubscribe(site_key, token)


def _render_unsubscribe(site_key: str, token: str) -> str:
    comment_id = read_subscriber(get_settings().signing_keys, UNSUBSCRIBE, token)
    is_ended = False
    with reading() as session:
        try:
            find_wishes(session, site_key, comment_id)
        except NotFoundError:
            is_ended = True
    return render_template("embed/unsubscribe.html", site=get_site(), is_ended=is_ended)
