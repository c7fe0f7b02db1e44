"""The blog's readers: the public form and the comments of one page."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Flask, Response, g, request
from flask.typing import RouteCallable
from flask_limiter import Limiter, RateLimitExceeded

from moderation.config import Settings
from moderation.storage.failures import UNAVAILABLE
from moderation.storage.session import Database
from moderation.web.embed.answers import AT_ONCE, ShortWay
from moderation.web.embed.feeds import show_atom, show_json_feed
from moderation.web.embed.fragments import show_fragment
from moderation.web.embed.listing import list_comments
from moderation.web.embed.origins import allow_reading
from moderation.web.embed.own import act_on_own, show_own
from moderation.web.embed.places import load_site
from moderation.web.embed.posting import post_comment, show_flooded, show_unsaved
from moderation.web.embed.previewing import PREVIEW_LIMIT, preview_comment
from moderation.web.embed.scripts import (
    serve_element_script,
    serve_frame_script,
    serve_pinned_script,
    serve_words,
)
from moderation.web.embed.states import States
from moderation.web.embed.subscribing import create_subscriptions
from moderation.web.embed.views import count_comments, show_page
from moderation.web.embed.wordpress import find_blog, post_wordpress

READING: dict[str, RouteCallable] = {
    "": show_page,
    "/comments": list_comments,
    "/counts": count_comments,
    "/thread.html": show_fragment,
    "/feed.atom": show_atom,
    "/feed.json": show_json_feed,
    "/own/<token>": show_own,
}
# What blogs load, the same for all of them.
SHARED: dict[str, RouteCallable] = {
    "/embed.js": serve_element_script,
    "/embed.<version>.js": serve_pinned_script,
    "/embed-frame.js": serve_frame_script,
    "/embed/words.<tag>.json": serve_words,
}
SECRET = {"embed.show_own", "embed.act_on_own"}


def init_embed(
    app: Flask, settings: Settings, database: Database, limiter: Limiter
) -> Sequence[Blueprint]:
    """Register and return what readers use; posts keep to `settings.post_limit`.

    No view reads or sets a cookie: inside another site's page none would arrive. So
    CSRFProtect, which needs one, must leave these views to their own token.
    """
    embed = Blueprint("embed", __name__, url_prefix="/embed/<site_key>")
    embed.before_request(load_site)
    for rule, view in READING.items():
        embed.add_url_rule(rule, view_func=view)
    _add_posting(embed, settings, limiter)
    wordpress = Blueprint("wordpress", __name__)
    wordpress.before_request(find_blog)
    _add_post(
        wordpress,
        "/wp-comments-post.php",
        limiter.limit(settings.post_limit)(post_wordpress),
    )
    for audience in (embed, wordpress):
        audience.after_request(answer_scripts)
        audience.register_error_handler(RateLimitExceeded, show_flooded)
        for kind in UNAVAILABLE:
            audience.register_error_handler(kind, show_unsaved)
        app.register_blueprint(audience)
    for rule, view in SHARED.items():
        app.add_url_rule(rule, view_func=view)
    # Flask's own way to put something before an app.
    short_way = ShortWay(app.wsgi_app, States(database))
    app.wsgi_app = short_way  # type: ignore[method-assign]
    app.extensions[AT_ONCE] = short_way
    subscriptions = create_subscriptions()
    app.register_blueprint(subscriptions)
    return embed, wordpress, subscriptions


def _add_posting(embed: Blueprint, settings: Settings, limiter: Limiter) -> None:
    limit = limiter.limit(settings.post_limit)
    _add_post(embed, "/comments", limit(post_comment))
    _add_post(embed, "/own/<token>", limit(act_on_own))
    _add_post(embed, "/preview", limiter.limit(PREVIEW_LIMIT)(preview_comment))


def _add_post(audience: Blueprint, rule: str, view: RouteCallable) -> None:
    audience.add_url_rule(rule, view_func=view, methods=["POST"])


def answer_scripts(response: Response) -> Response:
    """Let scripts of the site's own pages read every answer but our page, if known."""
    origins = g.get("origins")
    if origins is not None and request.endpoint != "embed.show_page":
        allow_reading(response, origins, request)
    elif origins is None and response.status_code == HTTPStatus.NOT_FOUND:
        # No site's, so no origin can be asked for. It says nothing that is not told to
        # any program, is the same whoever asks, and browsers show no script an answer
        # to a request with credentials by a star. Without it the element could not say
        # what is wrong with its key.
        response.headers["Access-Control-Allow-Origin"] = "*"
    if "language" in g:
        response.vary.add("Accept-Language")
    if request.endpoint in SECRET:
        # The address is the key: nobody to whom links lead is told of it.
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
