"""The moderators' pages: the queue, a comment's history, decisions and undo."""

from flask import Blueprint, Flask, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.web.moderator import campaigns, settings, views
from moderation.web.moderator.times import describe_age, describe_moment
from moderation.web.moderator.wording import (
    EMPTY,
    LABELS,
    TABS,
    count_comments_in_words,
    describe_change,
    describe_decider,
)

PREFIX = "/moderate"
GREATEST_ID = 2**63 - 1


def init_moderator(app: Flask) -> None:
    """Register the moderators' pages on `app`."""
    app.register_blueprint(create_blueprint())
    app.add_url_rule("/", "home", redirect_home)


def create_blueprint() -> Blueprint:
    """Return the pages, for those who are logged in."""
    pages = Blueprint("moderator", __name__, url_prefix=PREFIX)
    pages.before_request(require_login)
    pages.context_processor(give_words)
    comment_rule = f"/comments/<int(max={GREATEST_ID}):comment_id>"
    pages.get("/")(views.show_queue)
    pages.get(comment_rule)(views.show_comment)
    pages.post("/decisions")(views.decide)
    pages.post("/undo")(views.undo)
    campaigns.add_pages(pages, greatest_id=GREATEST_ID)
    settings.add_pages(pages, greatest_id=GREATEST_ID)
    return pages


def require_login() -> Response | None:
    """Send whoever is not logged in to the login page, and back here afterwards."""
    if current_user.is_authenticated:
        return None
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
        "LABELS": LABELS,
        "TABS": TABS,
        "count_in_words": count_comments_in_words,
        "describe_age": describe_age,
        "describe_change": describe_change,
        "describe_decider": describe_decider,
        "describe_moment": describe_moment,
    }
