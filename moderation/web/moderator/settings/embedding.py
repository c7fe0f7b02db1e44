"""Owns the page from which a blog's owner copies what shows the comments."""

from flask import render_template, request, url_for
from flask_security import current_user

from moderation.services.access import find_visible_site, load_actor
from moderation.services.snippets import make_snippets
from moderation.web.context import get_settings, reading
from moderation.web.headers import allow_frames
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.wording import EVENTS

# A thread that no page has: the preview has a form, and no comments of readers.
PREVIEW_THREAD = "preview"


def show_embed(site_key: str) -> str:
    """Show the ways to embed a site, and how it will look."""
    allow_frames()
    with reading() as session:
        actor = load_actor(session, current_user.id)
        site = find_visible_site(session, actor, site_key)
        origins = [row.origin for row in site.origins]
        return render_template(
            "moderator/settings/embed.html",
            actor=actor,
            site=site,
            place="embed",
            origins=origins,
            snippets=make_snippets(
                get_settings().base_url, site.key, origin=origins[0] if origins else ""
            ),
            preview=url_for(
                "embed.show_page", site_key=site.key, thread=PREVIEW_THREAD
            ),
            notice=EVENTS.get(read_single(request.args, "done"), ""),
        )
