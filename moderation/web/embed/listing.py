"""Owns the comments as JSON: a whole thread, or a page of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request
from wtforms import Form
from wtforms.validators import ValidationError

from moderation.services.threads import PublicComment
from moderation.web.context import get_database, get_settings
from moderation.web.embed.fields import TextField, be_id, be_well_formed
from moderation.web.embed.forms import PlaceForm
from moderation.web.embed.layout import arrange_comments
from moderation.web.embed.places import Place, read_place
from moderation.web.embed.states import find_state, note_condition, pack_json
from moderation.web.embed.tokens import Kind, make_tag
from moderation.web.embed.views import (
    describe_comment,
    make_desk,
    read_query,
    revalidate,
)

MOST_AT_ONCE = 1_000


def be_limit(_: Form, field: TextField) -> None:
    """Refuse what is no number of comments to be given at once.

    :raises ValidationError: if so.
    """
    text = field.data or ""
    if text and not (text.isascii() and text.isdigit() and len(text) < 5):  # noqa: PLR2004
        raise ValidationError("Give a number of comments.")
    if text and not 1 <= int(text) <= MOST_AT_ONCE:
        raise ValidationError(f"Ask for 1 to {MOST_AT_ONCE} comments at once.")


class ListForm(PlaceForm):
    """What of a thread is asked for: all of it, or `limit` comments behind `after`."""

    limit = TextField(validators=[be_well_formed, be_limit])
    after = TextField(validators=[be_well_formed, be_id])


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some comments of a thread; `next` is behind which to go on, None at its end."""

    comments: Sequence[PublicComment]
    next: int | None


def list_comments(site_key: str) -> Response:
    """Answer with the approved comments, and a token to post one with.

    Without `limit` they are all given, oldest first. With it they come by pages, in
    the order they are read in: replies below what they answer.
    """
    asked = read_query(ListForm)
    thread, limit = str(asked.thread.data), str(asked.limit.data or "")
    after = str(asked.after.data or "0")
    # Before the comments: what changes in between is then read again, not missed.
    state = find_state(get_database(), site_key, thread)
    note_condition(site_key, thread, state)
    place = read_place(thread)
    document = _describe_place(place, limit=limit, after=after)
    said = state.edition.consent
    if any(said):
        document["consent"] = {"text": said[0], "url": said[1]}
    if state.edition.offers_replies and get_settings().can_notify:
        document["replies"] = True
    desk = make_desk(Kind.JSON)
    # Of what is said, not of the thread's version: a backup that is restored, or a new
    # release of ours, may say something else by the same number.
    tag = make_tag(desk.keys, state.epoch, document)
    if request.if_none_match.contains_weak(tag):
        return revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    if place.is_open:
        document["token"] = desk.sign(place.key, former=None)
    return revalidate(pack_json(document), tag)


def _describe_place(place: Place, *, limit: str, after: str) -> dict[str, object]:
    """Return what JSON says of a thread, or of a page of it, without a token."""
    document: dict[str, object] = {
        "thread": place.key,
        "open": place.is_open,
        "count": len(place.comments),
        "comments": [],
        "token": None,
    }
    comments = place.comments
    if limit:
        page = cut_page(comments, after=int(after), limit=int(limit))
        comments, document["next"] = page.comments, page.next
    document["comments"] = [describe_comment(comment) for comment in comments]
    return document


def cut_page(comments: Sequence[PublicComment], *, after: int, limit: int) -> Page:
    """Return `limit` comments in reading order from behind the one with the id `after`.

    0 is before the first. Should that one be gone meanwhile, it goes on with the next
    conversation: its replies have become conversations of their own.
    """
    order = arrange_comments(comments)
    places = {item.comment.id: place for place, item in enumerate(order)}
    start = places[after] + 1 if after in places else 0
    if after and after not in places:
        start = next(
            (
                place
                for place, item in enumerate(order)
                if item.depth == 0 and item.comment.id > after
            ),
            len(order),
        )
    found = [item.comment for item in order[start : start + limit]]
    return Page(
        comments=found, next=found[-1].id if start + limit < len(order) else None
    )
