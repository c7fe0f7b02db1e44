"""Owns WordPress's own form as it is: a static export changes its `action` alone.

Its fields are `author`, `email`, `url`, `comment`, `comment_post_ID`, `comment_parent`
and `redirect_to` (wp-comments-post.php of WordPress 6). Which site they are for is
known by where the form lies, or by `?site=KEY`.
"""

from flask import Response, request
from werkzeug.datastructures import MultiDict

from moderation.domain.errors import NotFoundError
from moderation.domain.urls import find_origin
from moderation.services.sites import find_site, find_sites_at
from moderation.web.context import reading
from moderation.web.embed.places import get_site, serve_site
from moderation.web.embed.posting import post_comment, translate_fields_by

NAMES = {
    "author": "name",
    "email": "email",
    "url": "website",
    "comment": "comment",
    "comment_parent": "parent",
    "comment_post_ID": "thread",
    "redirect_to": "url",
    "token": "token",
}
NO_PARENT = "0"


def find_blog() -> None:
    """Find the site that a WordPress form belongs to.

    :raises NotFoundError: if there is none, or more than one.
    """
    translate_fields_by(translate_fields)
    key = request.args.get("site")
    with reading() as session:
        if key is not None:
            serve_site(find_site(session, key))
            return
        source = request.headers.get("Origin", "null")
        if source == "null":
            source = find_origin(request.headers.get("Referer", ""))
        sites = find_sites_at(session, source) if source else ()
    if len(sites) != 1:
        raise NotFoundError(
            "No site has this page’s origin, or several have: name the site, as in "
            "?site=KEY."
        )
    serve_site(sites[0])


def post_wordpress() -> Response:
    """Take a comment from a WordPress form: as `post_comment` does.

    :raises ModerationError: likewise.
    """
    return post_comment(get_site().key)


def translate_fields(sent: MultiDict[str, object]) -> MultiDict[str, object]:
    """Return the fields of a WordPress form under our own names.

    The query may name the thread and the page's address, should the form not know.
    """
    fields: MultiDict[str, object] = MultiDict()
    for theirs, ours in NAMES.items():
        for value in sent.getlist(theirs):
            fields.add(ours, value)
    if fields.getlist("parent") == [NO_PARENT]:
        fields.poplist("parent")
    for name in ("thread", "url"):
        if name in request.args:
            fields.setlist(name, list(request.args.getlist(name)))
    if "url" not in fields:
        fields.add("url", request.headers.get("Referer", ""))
    return fields
