"""Owns what moderators send: decisions and undoing, replies, notes.

Each is answered with the page it was sent from; a script that says it speaks JSON is
answered what became of it instead.
"""

from http import HTTPStatus

from flask import Response, json, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from moderation.services.access import Actor, load_actor
from moderation.services.campaign_decisions import MOST_DECIDED
from moderation.services.moves import Outcome
from moderation.services.notes import write_note
from moderation.services.previews import preview_selection
from moderation.services.queues import count_comments
from moderation.services.replies import reply_and_approve
from moderation.services.reviews import (
    decide_comments,
    undo_batch,
    undo_decisions,
)
from moderation.services.selections import decide_held, preview_held
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work
from moderation.web.errors import PROBLEM
from moderation.web.moderator.find_places import find_way_back
from moderation.web.moderator.inputs import (
    Decided,
    Place,
    is_for_held,
    read_batch,
    read_decided,
    read_decision,
    read_place,
    read_remark,
    read_reply,
    read_version,
    write_position,
)
from moderation.web.moderator.wording import describe_stale
from moderation.web.negotiation import wants_json

Answer = AnyResponse | tuple[str, int]


def preview() -> str:
    """Show what would be decided on together; nothing is changed."""
    decided = read_decided(request.form)
    if is_for_held(request.form):
        return _preview_held(decided)
    with reading() as session:
        actor = load_actor(session, current_user.id)
        selection = preview_selection(session, actor, decided.versions, decided.action)
        return render_template(
            "moderator/preview.html",
            actor=actor,
            now=now(),
            place=decided.place,
            after=write_position(decided.place.after),
            back=_find_way_back(decided.place, None),
            preview=selection,
            versions=decided.versions,
            counts=count_comments(session, actor),
        )


def _preview_held(decided: Decided) -> str:
    with reading() as session:
        actor = load_actor(session, current_user.id)
        return render_template(
            "moderator/preview_held.html",
            actor=actor,
            now=now(),
            place=decided.place,
            back=_find_way_back(decided.place, None),
            preview=preview_held(session, actor, decided.action),
            most=MOST_DECIDED,
            counts=count_comments(session, actor),
        )


def decide() -> Answer:
    """Do an action to the comments that were selected, or to all that was held."""
    decided = read_decided(request.form)
    seen = read_version(request.form) if is_for_held(request.form) else None
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        if seen is not None:
            outcome = decide_held(
                session, actor, decided.action, seen=seen, why=decided.why
            )
            return _answer_outcome(outcome, actor, decided.place)
        outcome = decide_comments(
            session, actor, decided.versions, decided.action, why=decided.why
        )
        return _answer_outcome(outcome, actor, decided.place)


def reply(comment_id: int) -> Answer:
    """Approve a comment and publish a reply to it."""
    place = read_place(request.form)
    seen = read_version(request.form)
    answer = read_reply(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        outcome = reply_and_approve(session, actor, comment_id, seen, answer)
        return _answer_outcome(outcome, actor, place)


def undo() -> Answer:
    """Take back one decision, or all of one action."""
    place = read_place(request.form)
    decision_id = read_decision(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        if decision_id is not None:
            outcome = undo_decisions(session, actor, [decision_id])
        else:
            batch = read_batch(request.form, "batch")
            outcome = undo_batch(session, actor, batch)
        return _answer_outcome(outcome, actor, place)


def note(comment_id: int) -> Answer:
    """Set what moderators note on a comment for each other."""
    place = read_place(request.form)
    remark = read_remark(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        written = write_note(session, actor, comment_id, remark)
        if wants_json(request):
            return _answer_json(
                {
                    "note": written.body if written else "",
                    "version": written.version if written else 0,
                }
            )
    return redirect(_find_way_back(place, None), HTTPStatus.SEE_OTHER)


def _answer_outcome(outcome: Outcome, actor: Actor, place: Place) -> Answer:
    """Go back to where the moderator was, or tell what somebody else did first."""
    if wants_json(request):
        return _answer_script(outcome, actor)
    if not outcome.stale:
        return redirect(_find_way_back(place, outcome), HTTPStatus.SEE_OTHER)
    page = render_template(
        "moderator/conflict.html",
        actor=actor,
        now=now(),
        place=place,
        outcome=outcome,
        back=_find_way_back(place, None),
    )
    return page, HTTPStatus.CONFLICT


def _answer_script(outcome: Outcome, actor: Actor) -> Response:
    """Tell a script what became of it; a conflict is a problem document (RFC 9457)."""
    done: dict[str, object] = {"batch": outcome.batch, "decided": list(outcome.decided)}
    if not outcome.stale:
        return _answer_json(done)
    problem = {
        **done,
        "title": "Already decided",
        "status": HTTPStatus.CONFLICT.value,
        "detail": describe_stale(outcome.stale, actor, now()),
    }
    return Response(json.dumps(problem), HTTPStatus.CONFLICT, mimetype=PROBLEM)


def _answer_json(body: dict[str, object]) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


def _find_way_back(place: Place, outcome: Outcome | None) -> str:
    done = outcome.batch if outcome else None
    if place.find:
        return find_way_back(place.find, done=done, comment_id=place.next_id)
    if place.comment_id is not None:
        return url_for(".show_comment", comment_id=place.comment_id, done=done)
    return url_for(
        ".show_queue",
        status=place.status,
        order=place.order,
        after=write_position(place.after),
        done=done,
        _anchor=f"comment-{place.next_id}" if place.next_id else None,
    )
