"""Owns what the public reads: the page, the comments as JSON, and their counts."""

import time
from datetime import datetime
from http import HTTPStatus

from flask import Response, jsonify, request

from moderation.domain.errors import InvalidInputError
from moderation.services.threads import PublicComment, count_approved
from moderation.web.context import get_settings, reading
from moderation.web.embed.desk import Desk
from moderation.web.embed.fields import FORBIDDEN
from moderation.web.embed.forms import LONGEST_THREAD, PlaceForm, ReplyForm
from moderation.web.embed.pages import show_thread
from moderation.web.embed.places import get_site, read_place
from moderation.web.embed.tokens import Kind, make_tag

# A client that is told "not modified" keeps the token it has: never older than this,
# so that at least 18 of its 24 hours are left.
TOKEN_EPOCH_SECONDS = 6 * 60 * 60
MOST_THREADS_COUNTED = 100


def show_page(site_key: str) -> Response:
    """Show the thread and the form: for a frame, or by itself."""
    del site_key
    asked = _read_query()
    place = read_place(str(asked.thread.data))
    wanted = request.args.get("reply", "")
    is_known = any(str(comment.id) == wanted for comment in place.comments)
    form = ReplyForm(
        data={**asked.data, "parent": wanted if is_known else ""},
        meta={"csrf_context": make_desk(Kind.PAGE)},
    )
    return show_thread(place, form)


def list_comments(site_key: str) -> Response:
    """Answer with the approved comments, and a token to post one with."""
    del site_key
    place = read_place(str(_read_query().thread.data))
    desk = make_desk(Kind.JSON)
    epoch = desk.now // TOKEN_EPOCH_SECONDS
    tag = make_tag(desk.keys, place.id, place.version, place.is_open, epoch)
    if request.if_none_match.contains_weak(tag):
        return _revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    answer = jsonify(
        thread=place.key,
        open=place.is_open,
        count=len(place.comments),
        comments=[describe_comment(comment) for comment in place.comments],
        token=desk.sign(place.key, former=None) if place.is_open else None,
    )
    return _revalidate(answer, tag)


def count_comments(site_key: str) -> Response:
    """Answer with the number of approved comments of each thread asked for."""
    del site_key
    keys = list(dict.fromkeys(request.args.getlist("thread")))
    if not 1 <= len(keys) <= MOST_THREADS_COUNTED:
        raise InvalidInputError(
            {"thread": [f"Name one to {MOST_THREADS_COUNTED} threads: ?thread=a."]}
        )
    if any(len(key) > LONGEST_THREAD or FORBIDDEN.search(key) for key in keys):
        raise InvalidInputError({"thread": ["One of these names no thread."]})
    with reading() as session:
        counts = count_approved(session, get_site(), keys)
    tag = make_tag(get_settings().signing_keys, sorted(counts.items()))
    if request.if_none_match.contains_weak(tag):
        return _revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    return _revalidate(jsonify(counts=counts), tag)


def make_desk(kind: Kind, *, network: str = "", is_from_blog: bool = False) -> Desk:
    """Return the desk that hands out and takes back forms on the current site."""
    return Desk(
        keys=get_settings().signing_keys,
        site=get_site().key,
        kind=kind,
        now=int(time.time()),
        network=network,
        is_from_blog=is_from_blog,
    )


def describe_comment(comment: PublicComment) -> dict[str, object]:
    """Return all that JSON says of an approved comment."""
    return {
        "id": comment.id,
        "parent": comment.parent,
        "name": comment.name,
        "website": comment.website,
        "html": comment.html,
        "date": format_date(comment.date),
    }


def format_date(date: datetime) -> str:
    """Return an instant as RFC 3339 has it."""
    return date.isoformat().replace("+00:00", "Z")


def _read_query() -> PlaceForm:
    """Return the thread that the query names.

    :raises InvalidInputError: if it names none.
    """
    form = PlaceForm(request.args)
    if not form.validate():
        raise InvalidInputError(form.find_errors())
    return form


def _revalidate(response: Response, tag: str) -> Response:
    """Let clients keep an answer, but ask each time whether it still holds."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
