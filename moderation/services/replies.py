"""Owns moderators' replies: published under the comment they answer, at once."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import DuplicateCommentError, InvalidInputError
from moderation.domain.statuses import Action, Status
from moderation.services.access import Actor
from moderation.services.drafts import Draft, prepare_draft
from moderation.services.moves import (
    Move,
    Outcome,
    list_last_decisions,
    make_moves,
)
from moderation.services.reviews import lock_comments, plan_move
from moderation.storage.models import Comment, Decision, Moderator

WRITTEN = "Written by a moderator."


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer to a comment, signed with a name that the moderator chose."""

    name: str
    body: str


def reply_and_approve(
    session: Session, actor: Actor, comment_id: int, seen: int, reply: Reply
) -> Outcome:
    """Approve a comment and publish a reply to it, both or neither.

    `seen` is the version of the comment that the actor saw. If it has another by now,
    nothing is done and that is reported. The reply passes no filter and teaches it
    nothing; undoing takes both back, and the reply waits in the queue again. One
    comment that is public already is only answered.

    :raises NotFoundError: if the comment is not the actor's to see.
    :raises NotAllowedError: if the actor may not decide on it.
    :raises DuplicateCommentError: if the actor has published this very reply there.
    """
    (comment,) = lock_comments(session, actor, [comment_id])
    if comment.version != seen:
        stale = list_last_decisions(session, [comment_id])
        return Outcome(batch="", decided=[], stale=stale)
    draft = prepare_draft(
        thread=comment.thread.key,
        name=reply.name,
        email=actor.email,
        body=reply.body,
        parent=comment_id,
    )
    answer = _add_reply(session, comment, draft, actor)
    moves = [Move(comment=answer, seen=1, target=Status.APPROVED, label=None)]
    if comment.status is not Status.APPROVED or comment.audit is not None:
        moves.insert(0, plan_move(comment, Action.APPROVE, seen=seen))
    return make_moves(session, actor, [moves])


def find_signature(session: Session, actor: Actor) -> str:
    """Return the name the actor last signed a reply with, "" if there is none."""
    found = select(Moderator.name).where(Moderator.id == actor.moderator_id)
    return session.scalar(found) or ""


def _add_reply(
    session: Session, parent: Comment, draft: Draft, actor: Actor
) -> Comment:
    _refuse_duplicate(session, parent, draft)
    answer = Comment(
        site_id=parent.site_id,
        thread_id=parent.thread_id,
        parent_id=parent.id,
        status=Status.HELD,
        name=draft.name,
        email=draft.email,
        body=draft.body,
        html=draft.html,
        digest=draft.digest,
        score=0.0,
    )
    session.add(answer)
    session.flush()
    session.add(
        Decision(
            comment_id=answer.id,
            moderator_id=actor.moderator_id,
            to_status=Status.HELD,
            version=answer.version,
            why=WRITTEN,
        )
    )
    moderator = session.get_one(Moderator, actor.moderator_id)
    moderator.name = draft.name
    session.flush()
    return answer


def _refuse_duplicate(session: Session, parent: Comment, draft: Draft) -> None:
    if not draft.name or not draft.body:
        raise InvalidInputError({"reply": ["Write a reply, and a name to sign with."]})
    found = session.scalar(
        select(Comment.id).where(
            Comment.thread_id == parent.thread_id, Comment.digest == draft.digest
        )
    )
    if found is not None:
        raise DuplicateCommentError(
            "You have written this very reply in this thread already."
        )
