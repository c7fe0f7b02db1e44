"""The blog's readers: the public form and the comments of one page."""

from flask import Blueprint, Flask, Response, g, request
from flask_limiter import Limiter, RateLimitExceeded

from moderation.config import Settings
from moderation.storage.failures import UNAVAILABLE
from moderation.storage.session import Database
from moderation.web.embed.answers import ShortWay
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
from moderation.web.embed.states import make_finder
from moderation.web.embed.views import count_comments, show_page

SECRET = {"embed.show_own", "embed.act_on_own"}


def init_embed(
    app: Flask, settings: Settings, database: Database, limiter: Limiter
) -> Blueprint:
    """Register and return what the public sees; posts keep to `settings.post_limit`.

    No view reads or sets a cookie: inside another site's page none would arrive. So
    CSRFProtect, which needs one, must leave these views to their own token.
    """
    embed = Blueprint("embed", __name__, url_prefix="/embed/<site_key>")
    embed.add_url_rule("", view_func=show_page)
    embed.add_url_rule("/comments", view_func=list_comments)
    embed.add_url_rule("/counts", view_func=count_comments)
    embed.add_url_rule(
        "/comments",
        view_func=limiter.limit(settings.post_limit)(post_comment),
        methods=["POST"],
    )
    embed.before_request(load_site)
    embed.after_request(answer_scripts)
    embed.register_error_handler(RateLimitExceeded, show_flooded)
    for kind in UNAVAILABLE:
        embed.register_error_handler(kind, show_unsaved)
    embed.add_url_rule("/own/<token>", view_func=show_own)
    embed.add_url_rule(
        "/own/<token>",
        view_func=limiter.limit(settings.post_limit)(act_on_own),
        methods=["POST"],
    )
    embed.add_url_rule(
        "/preview",
        view_func=limiter.limit(PREVIEW_LIMIT)(preview_comment),
        methods=["POST"],
    )
    app.register_blueprint(embed)
    _serve_scripts(app)
    # Flask's own way to put something before an app.
    app.wsgi_app = ShortWay(app.wsgi_app, make_finder(database))  # type: ignore[method-assign]
    return embed


def _serve_scripts(app: Flask) -> None:
    """Serve what blogs load, the same for all of them."""
    app.add_url_rule("/embed.js", view_func=serve_element_script)
    app.add_url_rule("/embed.<version>.js", view_func=serve_pinned_script)
    app.add_url_rule("/embed-frame.js", view_func=serve_frame_script)
    app.add_url_rule("/embed/words.<tag>.json", view_func=serve_words)


def answer_scripts(response: Response) -> Response:
    """Let scripts of the site's own pages read every answer but our page, if known."""
    origins = g.get("origins")
    if origins is not None and request.endpoint != "embed.show_page":
        allow_reading(response, origins, request)
    if request.endpoint in SECRET:
        # The address is the key: it must not be told to where a link leads.
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
