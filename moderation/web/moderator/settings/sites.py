"""Owns the page that leads to each site's controls."""

from flask import render_template
from flask_security import current_user

from moderation.services.access import list_visible_sites, load_actor
from moderation.web.context import reading
from moderation.web.moderator.settings.wording import POLICIES


def list_sites() -> str:
    """Show the sites of a moderator, and the ways to their controls."""
    with reading() as session:
        actor = load_actor(session, current_user.id)
        return render_template(
            "moderator/settings/sites.html",
            actor=actor,
            sites=list_visible_sites(session, actor),
            may_add=actor.is_owner(None),
            POLICIES=POLICIES,
        )
