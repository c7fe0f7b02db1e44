"""Owns what the public reads: the page of a thread, and how many comments it has."""

import time
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

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

Query = TypeVar("Query", bound=PlaceForm)


def show_page(site_key: str) -> Response:
    """Show the thread and the form: for a frame, or by itself."""
    del site_key
    asked = read_query(PlaceForm)
    place = read_place(str(asked.thread.data))
    wanted = request.args.get("reply", "")
    is_known = any(str(comment.id) == wanted for comment in place.comments)
    form = ReplyForm(
        data={**asked.data, "parent": wanted if is_known else ""},
        meta={"csrf_context": make_desk(Kind.PAGE)},
    )
    return show_thread(place, form)


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
        return revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    return revalidate(jsonify(counts=counts), tag)


def make_desk(kind: Kind, *, network: str = "", is_from_blog: bool = False) -> Desk:
    """Return the desk that hands out and takes back forms on the current site."""
    return Desk(
        keys=get_settings().signing_keys,
        site=get_site().key,
        kind=kind,
        now=read_clock(),
        network=network,
        is_from_blog=is_from_blog,
    )


def read_clock() -> int:
    """Return the present Unix time, in whole seconds."""
    return int(time.time())


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


def read_query(kind: type[Query]) -> Query:
    """Return the thread that the query names, and what of it is asked for.

    :raises InvalidInputError: if it names none.
    """
    form = kind(request.args)
    if not form.validate():
        raise InvalidInputError(form.find_errors())
    return form


def revalidate(response: Response, tag: str) -> Response:
    """Let clients keep an answer, but ask each time whether it still holds."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
