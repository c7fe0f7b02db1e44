"""Owns the page with the thread and the form, in each of the states it is shown in."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from moderation.domain.errors import NotFoundError
from moderation.services.own_comments import find_own
from moderation.services.threads import PublicComment
from moderation.web.context import get_settings, reading
from moderation.web.embed.comment_tokens import OWN, read_comment
from moderation.web.embed.forms import PlaceForm, ReplyForm
from moderation.web.embed.layout import arrange_comments
from moderation.web.embed.places import Place, get_site, offers_replies

REPLY_ANCHOR = "leave-a-reply"


def show_thread(
    place: Place,
    form: ReplyForm,
    *,
    status: int = HTTPStatus.OK,
    notice: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    """Return the page of a thread, with the form as far as it was filled in.

    `notice` says what went wrong as a whole, `errors` what is wrong with each field.
    """
    return _answer(
        "embed/thread.html",
        place,
        form,
        status=status,
        notice=notice,
        errors=errors or {},
        shown=arrange_comments(place.comments),
        posted=request.args.get("posted", ""),
        own_link=_link_own(request.args.get("own", "")),
        help_text=_find_help(request.args.get("own", "")),
    )


def show_preview(place: Place, form: ReplyForm, *, html: str) -> Response:
    """Return the page that shows a comment as it will look, to be posted from there."""
    return _answer(
        "embed/preview.html",
        place,
        form,
        status=HTTPStatus.OK,
        notice="",
        errors={},
        html=html,
    )


def link_page(
    site_key: str, form: PlaceForm, *, anchor: str | None = None, **more: str
) -> str:
    """Return the address of our page of the form's thread.

    A path without host: nothing a client sends decides where it leads.
    """
    named: dict[str, Any] = {
        "url": form.url.data,
        "title": form.title.data,
        "lang": request.args.get("lang"),
        **more,
    }
    return url_for(
        "embed.show_page",
        _anchor=anchor,
        site_key=site_key,
        thread=form.thread.data,
        **{name: value for name, value in named.items() if value},
    )


def _answer(
    template: str, place: Place, form: ReplyForm, *, status: int, **context: object
) -> Response:
    site = get_site()
    page = render_template(
        template,
        site=site,
        place=place,
        form=form,
        answered=_find_answered(place, form),
        page_link=link_page(site.key, form),
        has_mails=offers_replies(),
        **context,
    )
    answer = make_response(page)
    answer.status_code = status
    return answer


def _link_own(token: str) -> str:
    """Return the address of the page of a comment just sent, "" without its token."""
    site_key = get_site().key
    return url_for("embed.show_own", site_key=site_key, token=token) if token else ""


def _find_help(token: str) -> str:
    """Return what to show to the author of a comment just sent, "" for nothing."""
    site, keys = get_site(), get_settings().signing_keys
    if not (token and site.is_care_on):
        return ""
    comment_id = read_comment(keys, OWN, site.key, token)
    if comment_id is None:
        return ""
    with reading() as session, suppress(NotFoundError):
        return find_own(session, site.key, comment_id).help_text
    return ""


def _find_answered(place: Place, form: ReplyForm) -> PublicComment | None:
    """Return the comment that the form answers, None if it is none of this thread."""
    return next((c for c in place.comments if str(c.id) == str(form.parent.data)), None)
