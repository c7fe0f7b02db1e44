"""Owns the demo's blog post: a page as a blog would have it, with the form in it."""

from flask import Blueprint, render_template, url_for

from moderation.services.samples import PATH, SITE_KEY, SITE_NAME, THREAD_KEY, TITLE
from moderation.web.context import get_settings
from moderation.web.headers import allow_frames

blueprint = Blueprint("demo", __name__)


@blueprint.get(PATH)
def show_post() -> str:
    """Show the post; the form is framed as README.md tells blogs to."""
    allow_frames()
    frame = url_for(
        "embed.show_page",
        site_key=SITE_KEY,
        thread=THREAD_KEY,
        url=get_settings().base_url + PATH,
        title=TITLE,
    )
    return render_template("demo/post.html", blog=SITE_NAME, title=TITLE, frame=frame)
