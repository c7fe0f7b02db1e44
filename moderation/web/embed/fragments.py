"""Owns the thread as a piece of HTML: put into a page as it is built or delivered.

It has no script, no form and no token, so that it can be kept with the page, and
search engines read the comments as part of it.
"""

from http import HTTPStatus

from flask import Response, render_template, request

from moderation.web.context import get_database
from moderation.web.embed.forms import PlaceForm
from moderation.web.embed.layout import arrange_comments
from moderation.web.embed.places import get_site, read_place
from moderation.web.embed.states import find_state, note_condition, pack_body
from moderation.web.embed.tokens import Kind, make_tag
from moderation.web.embed.views import make_desk, read_query, revalidate
from moderation.web.languages import speak_as_asked


def show_fragment(site_key: str) -> Response:
    """Answer with the approved comments of a thread as a list in HTML."""
    # A builder's own preferences are nobody's: only what is asked for counts.
    speak_as_asked()
    thread = str(read_query(PlaceForm).thread.data)
    note_condition(site_key, thread, find_state(get_database(), site_key, thread))
    place = read_place(thread)
    text = render_template(
        "embed/fragment.html", site=get_site(), shown=arrange_comments(place.comments)
    )
    tag = make_tag(make_desk(Kind.JSON).keys, "fragment", text)
    if request.if_none_match.contains_weak(tag):
        return revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    return revalidate(pack_body(text, mimetype="text/html"), tag)
