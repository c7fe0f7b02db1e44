"""Owns the pages on which moderators read the queue and decide."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.domain.statuses import MOVES, Action, Status
from moderation.services.access import Actor, load_actor
from moderation.services.moves import Outcome
from moderation.services.queues import count_comments, find_comment, list_comments
from moderation.services.reviews import (
    count_batch,
    decide_comments,
    find_undoable,
    list_history,
    undo_batch,
    undo_decisions,
)
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.cards import make_card
from moderation.web.moderator.inputs import (
    Place,
    read_batch,
    read_decided,
    read_decision,
    read_place,
    read_single,
    write_position,
)
from moderation.web.moderator.wording import make_notice


def show_queue() -> str:
    """Show a page of the comments with one status."""
    place = read_place(request.args)
    done = read_batch(request.args, "done")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        page = list_comments(session, actor, status=place.status, after=place.after)
        cards = [make_card(comment, actor) for comment in page.comments]
        return render_template(
            "moderator/queue.html",
            actor=actor,
            now=now(),
            place=place,
            after=write_position(place.after),
            next_after=write_position(page.next),
            cards=cards,
            counts=count_comments(session, actor),
            is_all_selected=read_single(request.args, "select") == "all",
            bulk_actions=_list_bulk_actions(actor, place.status),
            notice=make_notice(count_batch(session, actor, done)),
        )


def show_comment(comment_id: int) -> str:
    """Show one comment whole, with its history."""
    done = read_batch(request.args, "done")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        comment = find_comment(session, actor, comment_id)
        history = list_history(session, comment_id)
        card = make_card(comment, actor, is_whole=True)
        return render_template(
            "moderator/comment.html",
            actor=actor,
            now=now(),
            place=Place(status=comment.status, comment_id=comment_id),
            card=card,
            history=history,
            undone_ids={decision.undoes_id for decision in history},
            undoable=find_undoable(comment, history) if card.actions else None,
            counts=count_comments(session, actor),
            notice=make_notice(count_batch(session, actor, done)),
        )


def decide() -> Response | tuple[str, int]:
    """Do an action to the comments that were selected."""
    decided = read_decided(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        outcome = decide_comments(
            session, actor, decided.versions, decided.action, why=decided.why
        )
        return _answer_outcome(outcome, actor, decided.place)


def undo() -> Response | tuple[str, int]:
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


def _answer_outcome(
    outcome: Outcome, actor: Actor, place: Place
) -> Response | tuple[str, int]:
    """Go back to where the moderator was, or tell what somebody else did first."""
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


def _find_way_back(place: Place, outcome: Outcome | None) -> str:
    done = outcome.batch if outcome else None
    if place.comment_id is not None:
        return url_for(".show_comment", comment_id=place.comment_id, done=done)
    return url_for(
        ".show_queue",
        status=place.status,
        after=write_position(place.after),
        done=done,
        _anchor=f"comment-{place.next_id}" if place.next_id else None,
    )


def _list_bulk_actions(actor: Actor, status: Status) -> list[Action]:
    may_decide = any(role.may_decide for role in actor.roles.values())
    return list(MOVES[status]) if may_decide else []
