"""Owns the post of a comment: from a script, our own page, or a blog's plain form."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from flask import Response, g, jsonify, make_response, redirect, request, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from moderation.domain.errors import (
    InvalidInputError,
    ModerationError,
    NotAllowedError,
)
from moderation.domain.networks import find_network
from moderation.domain.statuses import Status
from moderation.services.drafts import Arrival, Draft, prepare_draft
from moderation.services.own_comments import find_own
from moderation.services.submissions import submit_comment
from moderation.services.subscriptions import subscribe
from moderation.storage.failures import UNAVAILABLE
from moderation.storage.models import Comment
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.embed.author_tokens import sign_author
from moderation.web.embed.bodies import read_body
from moderation.web.embed.desk import STALE
from moderation.web.embed.forms import ReplyForm
from moderation.web.embed.origins import Origin, find_sender
from moderation.web.embed.own import sign_own
from moderation.web.embed.pages import link_page, show_preview, show_thread
from moderation.web.embed.places import (
    NOWHERE,
    Place,
    find_page,
    get_site,
    offers_replies,
    read_place,
)
from moderation.web.embed.tokens import Kind, hash_network
from moderation.web.embed.views import format_date, make_desk
from moderation.web.errors import (
    ADVICE,
    answer_database_error,
    answer_flooding,
    find_status,
)
from moderation.web.languages import get_language, translate_errors
from moderation.web.negotiation import wants_json

Fields = MultiDict[str, object]
Translation = Callable[[Fields], Fields]

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
PENDING_ANCHOR = "comment-pending"
FLOODING = "Too many comments in a short time. Wait a little, then post it again."
MEND = "The comment was not sent yet. Please mend what is marked below."


class StaleTokenError(ModerationError):
    """A script's post without a good token. It is answered with 400."""


def post_comment(site_key: str) -> Response:
    """Take a comment: 201 for a script, 303 for a form, or why not.

    :raises ModerationError: if a script's comment is refused.
    """
    sender = find_sender(request, get_site(), base_url=get_settings().base_url)
    form = _read_form(sender)
    form.validate()
    if wants_json(request):
        return _answer_script(site_key, form, sender)
    if errors := form.find_errors():
        return _show_errors(form, errors)
    if not _is_sender_trusted(form, sender):
        return show_preview(_find_place(form), form, html=_make_draft(form).html)
    try:
        comment, page = _submit(site_key, form)
    except InvalidInputError as error:
        return _show_errors(form, translate_errors(error.errors))
    except ModerationError as error:
        return _show_again(form, status=find_status(error), notice=str(error))
    is_from_blog = _is_from_blog(form, sender)
    return _lead_back(site_key, form, comment, page=page if is_from_blog else "")


def show_flooded(error: RateLimitExceeded) -> Response:
    """Answer a visitor who sends too much, without losing what was written."""
    return _keep_written(answer_flooding(error), notice=FLOODING)


def show_unsaved(error: Exception) -> Response:
    """Answer when the database fails, without losing what a visitor wrote."""
    answer = answer_database_error(error)
    return _keep_written(answer, notice=ADVICE[answer.status_code])


def _keep_written(answer: Response, *, notice: str) -> Response:
    """Return the form as it was sent in place of `answer`, or that if there is none."""
    if request.method != "POST" or wants_json(request) or "site" not in g:
        return answer
    try:
        sender = find_sender(request, get_site(), base_url=get_settings().base_url)
        form = _read_form(sender)
        form.validate()
        again = _show_again(form, status=answer.status_code, notice=notice)
    except (ModerationError, HTTPException, *UNAVAILABLE):
        return answer
    if "Retry-After" in answer.headers:
        again.headers["Retry-After"] = answer.headers["Retry-After"]
    return again


def _answer_script(site_key: str, form: ReplyForm, sender: Origin) -> Response:
    if sender is Origin.HIDDEN:
        raise NotAllowedError(
            "The browser hides which page this comes from (Origin: null). Send it "
            "from a page of the site, outside any sandbox."
        )
    if form.token.errors:
        raise StaleTokenError(STALE)
    if errors := form.find_errors():
        raise InvalidInputError(errors)
    comment, _ = _submit(site_key, form)
    answer = jsonify(
        id=comment.id,
        status=_name_status(comment),
        parent=comment.parent_id,
        name=comment.name,
        website=comment.website,
        html=comment.html,
        date=format_date(comment.created_at),
        author_token=sign_author(get_settings().signing_keys, site_key, comment.id),
        status_url=url_for(
            "embed.show_own", site_key=site_key, token=sign_own(site_key, comment.id)
        ),
        **_find_help(site_key, comment),
    )
    answer.status_code = HTTPStatus.CREATED
    answer.headers["Location"] = link_page(
        site_key, form, anchor=f"comment-{comment.id}"
    )
    return answer


def _find_help(site_key: str, comment: Comment) -> Mapping[str, str]:
    """Return what to show to who may be in danger, under its name; mostly nothing."""
    if not get_site().is_care_on:
        return {}
    with reading() as session:
        help_text = find_own(session, site_key, comment.id).help_text
    return {"help": help_text} if help_text else {}


def translate_fields_by(translation: Translation) -> None:
    """Let `translation` put the fields of the current post under our names."""
    g.translation = translation


def get_translation() -> Translation:
    """Return what puts the fields of the current post under our names."""
    translation: Translation = g.get("translation", MultiDict)
    return translation


def _read_form(sender: Origin) -> ReplyForm:
    """Return what was sent as a form; shown again, it is one to be looked at first."""
    desk = make_desk(
        Kind.PREVIEW,
        network=find_network(request.remote_addr or ""),
        is_from_blog=sender is not Origin.OWN,
    )
    fields = get_translation()(read_body(request))
    return ReplyForm(fields, meta={"csrf_context": desk})


def _is_sender_trusted(form: ReplyForm, sender: Origin) -> bool:
    """Return whether the visitor meant to send this, as far as can be told.

    Some browsers and frames never tell where a form lies. From those, the form of a
    preview page is taken if it comes from the network that page was shown in: no
    other site can get hold of such a token.
    """
    claims = form.token.claims
    if claims is None:
        return False
    if sender in {Origin.OWN, Origin.REGISTERED}:
        return True
    hashes = hash_network(
        get_settings().signing_keys, find_network(request.remote_addr or "")
    )
    return claims.kind is Kind.PREVIEW and claims.network in hashes


def _is_from_blog(form: ReplyForm, sender: Origin) -> bool:
    """Return whether the form lay on the blog's page, not on ours (in a frame there).

    The token knows, where we made the form; the origin does not tell the two apart
    when blog and service share it.
    """
    claims = form.token.claims
    if claims is None or claims.kind is Kind.JSON:
        return sender is Origin.REGISTERED
    return claims.is_from_blog


def _make_draft(form: ReplyForm) -> Draft:
    return prepare_draft(
        thread=str(form.thread.data),
        url=form.find_url(),
        title=str(form.title.data or ""),
        name=str(form.name.data),
        email=str(form.email.data),
        website=str(form.website.data or ""),
        body=str(form.comment.data),
        parent=form.parent.find_id(),
    )


def _submit(site_key: str, form: ReplyForm) -> tuple[Comment, str]:
    """Return the comment as stored, and the address of the blog's page, if known."""
    draft = _make_draft(form)
    arrival = Arrival(
        ip=request.remote_addr or "",
        user_agent=CONTROLS.sub(" ", request.user_agent.string),
        form_seconds=form.count_seconds(int(time.time())),
        is_honeypot_filled=form.is_honeypot_filled(),
        author_comment=form.find_author_comment(),
    )
    with unit_of_work() as session:
        comment = submit_comment(session, site_key, draft, arrival)
        if form.subscribe.data and offers_replies():
            subscribe(session, comment, language=get_language().tag)
        return comment, find_page(get_site(), comment.thread.url)


def _find_place(form: ReplyForm) -> Place:
    """Return the form's thread; an empty one if the form names none."""
    if form.thread.errors:
        return NOWHERE
    return read_place(str(form.thread.data))


def _show_errors(form: ReplyForm, errors: Mapping[str, Sequence[str]]) -> Response:
    """Show the form again with the messages at its fields.

    Fields that people can't see are emptied: else they could never mend them.
    """
    for field in (form.parent, form.url, form.title):
        if field.name in errors:
            field.data = ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _show_again(form, status=status, notice=MEND, errors=errors)


def _show_again(
    form: ReplyForm,
    *,
    status: int,
    notice: str,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    place = _find_place(form)
    return show_thread(place, form, status=status, notice=notice, errors=errors)


def _lead_back(
    site_key: str, form: ReplyForm, comment: Comment, *, page: str
) -> Response:
    """Lead a browser back: to the blog's own `page`, if given, else to ours."""
    status = _name_status(comment)
    anchor = f"comment-{comment.id}" if status == "approved" else PENDING_ANCHOR
    if page:
        target = f"{page}#{anchor}"
    else:
        own = sign_own(site_key, comment.id)
        target = link_page(site_key, form, anchor=anchor, own=own, posted=status)
    return make_response(redirect(target, HTTPStatus.SEE_OTHER))


def _name_status(comment: Comment) -> str:
    """Return the status as its author may know it: spam looks like held."""
    return "approved" if comment.status is Status.APPROVED else "held"
