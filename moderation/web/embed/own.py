"""Owns the private page of a comment: where it stands, changing and withdrawing it.

Whoever has its address is its author: that is handed out with the answer to a post,
and to nobody else. So no cookie is needed, and no other site can forge a request.
"""

import re
from http import HTTPStatus

from flask import Response, jsonify, make_response, redirect, render_template, request
from wtforms import Form
from wtforms.widgets import TextArea

from moderation.domain.errors import InvalidInputError, ModerationError, NotFoundError
from moderation.services.drafts import Arrival
from moderation.services.own_changes import change_own, draft_change, withdraw_own
from moderation.services.own_comments import OwnComment, find_own
from moderation.web.context import get_settings, reading, unit_of_work
from moderation.web.embed.bodies import read_body
from moderation.web.embed.comment_tokens import OWN, read_comment, sign_comment
from moderation.web.embed.fields import (
    TextField,
    be_at_most,
    be_given,
    be_well_formed,
    end_lines,
)
from moderation.web.embed.forms import LONGEST_COMMENT
from moderation.web.embed.places import find_page, get_site
from moderation.web.embed.views import format_date
from moderation.web.errors import find_status
from moderation.web.languages import translate
from moderation.web.negotiation import wants_json

CHANGE, WITHDRAW = "change", "withdraw"
DONE = {CHANGE: "The comment was changed.", WITHDRAW: "The comment was withdrawn."}
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class ChangeForm(Form):
    """The text of a comment that its author changes."""

    comment = TextField(
        "Comment",
        filters=[end_lines],
        validators=[
            be_well_formed,
            be_given("Write a comment."),
            be_at_most(LONGEST_COMMENT),
        ],
        widget=TextArea(),
    )


def sign_own(site_key: str, comment_id: int) -> str:
    """Return the token that gives its author access to a comment."""
    return sign_comment(get_settings().signing_keys, OWN, site_key, comment_id)


def show_own(site_key: str, token: str) -> Response:
    """Show where a comment stands, or say so in JSON.

    :raises NotFoundError: if the token is not good, or the comment gone.
    """
    own = _find(site_key, _read_token(site_key, token))
    if wants_json(request):
        return jsonify(describe_own(own))
    form = ChangeForm(data={"comment": own.body})
    return _show(own, form, done=DONE.get(request.args.get("done", ""), ""))


def act_on_own(site_key: str, token: str) -> Response:
    """Change or withdraw a comment, and lead back to its page.

    :raises NotFoundError: as `show_own`.
    """
    comment_id = _read_token(site_key, token)
    fields = read_body(request)
    form = ChangeForm(fields)
    action = fields.get("action")
    if action not in DONE:
        raise InvalidInputError({"action": ["Choose to change or to withdraw."]})
    if action == CHANGE and not form.validate():
        messages = [translate(str(error)) for error in form.comment.errors]
        return _refuse(site_key, comment_id, form, InvalidInputError(
            {"comment": messages}
        ))  # fmt: skip
    try:
        _act(site_key, comment_id, str(action), str(form.comment.data or ""))
    except NotFoundError:
        raise
    except ModerationError as error:
        return _refuse(site_key, comment_id, form, error)
    if wants_json(request):
        return jsonify(describe_own(_find(site_key, comment_id)))
    target = f"{request.path}?{_keep_language()}done={action}"
    return make_response(redirect(target, HTTPStatus.SEE_OTHER))


def describe_own(own: OwnComment) -> dict[str, object]:
    """Return all that JSON says of a comment to its author; `help` only if any is."""
    return {
        **({"help": own.help_text} if own.help_text else {}),
        "id": own.id,
        "status": own.status,
        "reason": own.reason,
        "name": own.name,
        "website": own.website,
        "html": own.html,
        "date": format_date(own.date),
        "edit_seconds": own.edit_seconds,
    }


def _read_token(site_key: str, token: str) -> int:
    found = read_comment(get_settings().signing_keys, OWN, site_key, token)
    if found is None:
        raise NotFoundError(
            "This address is not good (any more). Check that it is whole."
        )
    return found


def _find(site_key: str, comment_id: int) -> OwnComment:
    with reading() as session:
        return find_own(session, site_key, comment_id)


def _act(site_key: str, comment_id: int, action: str, body: str) -> None:
    if action == WITHDRAW:
        with unit_of_work() as session:
            withdraw_own(session, site_key, comment_id)
        return
    with reading() as session:
        draft = draft_change(session, site_key, comment_id, body=body)
    arrival = Arrival(
        ip=request.remote_addr or "",
        user_agent=CONTROLS.sub(" ", request.user_agent.string),
    )
    with unit_of_work() as session:
        change_own(session, site_key, comment_id, draft, arrival)


def _refuse(
    site_key: str, comment_id: int, form: ChangeForm, error: ModerationError
) -> Response:
    """Show the page again with what was typed; a script gets the refusal itself."""
    if wants_json(request):
        raise error
    errors = error.errors if isinstance(error, InvalidInputError) else {}
    notice = " ".join(errors.get("comment", [])) or translate(str(error))
    answer = _show(_find(site_key, comment_id), form, notice=notice)
    answer.status_code = find_status(error)
    return answer


def _show(
    own: OwnComment, form: ChangeForm, *, done: str = "", notice: str = ""
) -> Response:
    site = get_site()
    page = render_template(
        "embed/own.html",
        site=site,
        own=own,
        form=form,
        done=done,
        notice=notice,
        back=find_page(site, own.page_url),
    )
    return make_response(page)


def _keep_language() -> str:
    asked = request.args.get("lang", "")
    return f"lang={asked}&" if asked.isascii() and asked.isalnum() else ""
