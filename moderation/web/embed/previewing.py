"""Owns the preview: what a text will look like, rendered as it will be stored."""

from flask import Response, jsonify, request

from moderation.domain.errors import InvalidInputError
from moderation.services.rendering import render_markdown
from moderation.web.context import get_settings
from moderation.web.embed.bodies import read_body
from moderation.web.embed.origins import find_sender
from moderation.web.embed.own import ChangeForm
from moderation.web.embed.places import get_site
from moderation.web.languages import translate

# Each costs the rendering of up to 64 kB; people look now and then.
PREVIEW_LIMIT = "30 per minute"


def preview_comment(site_key: str) -> Response:
    """Answer with the HTML of a text; nothing is stored.

    :raises NotAllowedError: if a page asks that is not the site's.
    :raises InvalidInputError: if the text could not be posted.
    """
    del site_key
    find_sender(request, get_site(), base_url=get_settings().base_url)
    form = ChangeForm(read_body(request))
    if not form.validate():
        messages = [translate(str(error)) for error in form.comment.errors]
        raise InvalidInputError({"comment": messages})
    return jsonify(html=render_markdown(str(form.comment.data)))
