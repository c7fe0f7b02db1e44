"""Owns the pages on which moderators read: the queue, a comment, what is new."""

from flask import Response, make_response, render_template, request
from flask_security import current_user

from moderation.domain.statuses import MOVES, Action, Status
from moderation.services.access import Actor, load_actor
from moderation.services.campaigns import find_campaigns
from moderation.services.comment_records import read_record
from moderation.services.histories import read_histories
from moderation.services.queues import (
    count_comments,
    count_news,
    find_comment,
    find_newest,
    list_comments,
)
from moderation.services.replies import find_signature
from moderation.services.reviews import count_batch, find_undoable, list_history
from moderation.storage.models.base import now
from moderation.web.context import reading
from moderation.web.moderator.cards import make_card
from moderation.web.moderator.inputs import (
    Place,
    read_batch,
    read_place,
    read_since,
    read_single,
    write_position,
)
from moderation.web.moderator.steps import (
    describe_campaigns,
    make_sendings,
    make_steps,
)
from moderation.web.moderator.wording import make_notice


def show_queue() -> str:
    """Show a page of the comments with one status."""
    place = read_place(request.args)
    done = read_batch(request.args, "done")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        newest = find_newest(session)
        page = list_comments(
            session, actor, status=place.status, order=place.order, after=place.after
        )
        histories = read_histories(session, page.comments)
        campaigns = find_campaigns(session, list(histories))
        cards = [
            make_card(
                comment,
                actor,
                signals=page.signals[comment.id],
                history=histories[comment.id],
                campaigns=campaigns.get(comment.id, ()),
            )
            for comment in page.comments
        ]
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
            newest=newest,
            signature=find_signature(session, actor),
            notice=make_notice(count_batch(session, actor, done)),
        )


def show_news() -> Response:
    """Show how many comments came since a page was made: a piece of that page.

    Asked for every few seconds, it is answered "as before" (304) mostly.
    """
    since = read_since(request.args)
    with reading() as session:
        actor = load_actor(session, current_user.id)
        number = count_news(session, actor, since=since)
    page = render_template("moderator/news.html", since=since, number=number)
    response = make_response(page)
    response.set_etag(str(number))
    response.make_conditional(request)
    return response


def show_comment(comment_id: int) -> str:
    """Show one comment whole, with its history."""
    done = read_batch(request.args, "done")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        comment = find_comment(session, actor, comment_id)
        history = list_history(session, comment_id)
        record = read_record(session, actor, comment)
        campaigns = find_campaigns(session, [comment_id]).get(comment_id, ())
        histories = read_histories(session, [comment])
        card = make_card(
            comment,
            actor,
            history=histories[comment_id],
            campaigns=campaigns,
            is_whole=True,
        )
        return render_template(
            "moderator/comment.html",
            actor=actor,
            now=now(),
            place=Place(status=comment.status, comment_id=comment_id),
            card=card,
            steps=make_steps(history, record.revisions),
            sendings=None
            if record.deliveries is None
            else make_sendings(record.deliveries),
            campaigns=describe_campaigns(campaigns),
            undone_ids={decision.undoes_id for decision in history},
            undoable=find_undoable(comment, history) if card.actions else None,
            counts=count_comments(session, actor),
            signature=find_signature(session, actor),
            notice=make_notice(count_batch(session, actor, done)),
        )


def _list_bulk_actions(actor: Actor, status: Status) -> list[Action]:
    may_decide = any(role.may_decide for role in actor.roles.values())
    return list(MOVES[status]) if may_decide else []
