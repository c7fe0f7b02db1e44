"""The moderators' pages: the queue, a comment's history, decisions and undo."""

from http import HTTPStatus

from flask import Blueprint, Flask, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.web.context import get_settings
from moderation.web.errors import answer_problem
from moderation.web.moderator import (
    campaigns,
    decisions,
    find,
    proposing,
    settings,
    site_log,
    views,
)
from moderation.web.moderator.author_seals import seal_author
from moderation.web.moderator.avatars import Avatar, draw_avatar
from moderation.web.moderator.mailed import create_mailed
from moderation.web.moderator.marking import join_pieces
from moderation.web.moderator.times import describe_age, describe_moment
from moderation.web.moderator.wording import (
    EMPTY,
    KEYS,
    LABELS,
    ODD,
    ORDERS,
    TABS,
    count_comments_in_words,
    describe_change,
    describe_count,
    describe_decider,
    describe_history,
)
from moderation.web.negotiation import wants_json

PREFIX = "/moderate"
GREATEST_ID = 2**63 - 1
LOGGED_OUT = "Your login has ended. Nothing was changed; log in and do it again."


def init_moderator(app: Flask) -> Blueprint:
    """Register the moderators' pages on `app`; return those that mails lead to.

    They read no cookie: CSRFProtect, which needs one, must leave them alone.
    """
    app.register_blueprint(create_blueprint())
    app.add_url_rule("/", "home", redirect_home)
    mailed = create_mailed()
    mailed.context_processor(give_words)
    app.register_blueprint(mailed)
    return mailed


def create_blueprint() -> Blueprint:
    """Return the pages, for those who are logged in."""
    pages = Blueprint("moderator", __name__, url_prefix=PREFIX)
    pages.before_request(require_login)
    pages.context_processor(give_words)
    comment_rule = f"/comments/<int(max={GREATEST_ID}):comment_id>"
    pages.get("/")(views.show_queue)
    pages.get(comment_rule)(views.show_comment)
    pages.get("/news")(views.show_news)
    pages.get("/find")(find.show_findings)
    pages.get("/authors/<seal>")(find.show_author)
    pages.get("/sites/<site_key>/log")(site_log.show_log)
    pages.get(f"{comment_rule}/rule")(proposing.show_proposals)
    pages.post(f"{comment_rule}/rule")(proposing.accept)
    pages.post("/preview")(decisions.preview)
    pages.post("/decisions")(decisions.decide)
    pages.post("/undo")(decisions.undo)
    pages.post(f"{comment_rule}/reply")(decisions.reply)
    pages.post(f"{comment_rule}/note")(decisions.note)
    campaigns.add_pages(pages, greatest_id=GREATEST_ID)
    settings.add_pages(pages, greatest_id=GREATEST_ID)
    return pages


def require_login() -> Response | None:
    """Send whoever is not logged in to the login page, and back here afterwards.

    A script is told instead: it would take the login page for its answer.
    """
    if current_user.is_authenticated:
        return None
    if wants_json(request) or "HX-Request" in request.headers:
        return answer_problem(HTTPStatus.UNAUTHORIZED, LOGGED_OUT)
    is_page = request.method in {"GET", "HEAD"}
    wanted = request.full_path.rstrip("?") if is_page else f"{PREFIX}/"
    return redirect(url_for("security.login", next=wanted))


def redirect_home() -> Response:
    """Send whoever asks for the bare address to the queue."""
    return redirect(url_for("moderator.show_queue"))


def give_words() -> dict[str, object]:
    """Return what the templates of these pages say things with."""
    return {
        "EMPTY": EMPTY,
        "KEYS": KEYS,
        "LABELS": LABELS,
        "ODD": ODD,
        "ORDERS": ORDERS,
        "TABS": TABS,
        "count_in_words": count_comments_in_words,
        "describe_age": describe_age,
        "describe_change": describe_change,
        "describe_count": describe_count,
        "describe_decider": describe_decider,
        "describe_history": describe_history,
        "describe_moment": describe_moment,
        "join_pieces": join_pieces,
        "draw_avatar": draw_own_avatar,
        "seal_author": seal_own_author,
    }


def draw_own_avatar(address: str) -> Avatar:
    """Return the picture of an address, as only this installation draws it."""
    return draw_avatar(address, get_settings().secret_key)


def seal_own_author(address: str) -> str:
    """Return what stands for an address in the addresses of this installation."""
    return seal_author(address, get_settings().signing_keys)
