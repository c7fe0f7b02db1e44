"""Does what people do, by the services themselves."""

from datetime import datetime

from sqlalchemy.orm import Session

from moderation.domain.statuses import Action
from moderation.services.access import Actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import (
    decide_comments,
    list_history,
    undo_decisions,
)
from moderation.services.submissions import submit_comment
from moderation.storage.models import Comment


def submit(session: Session, text: str, *, at: datetime | None = None) -> Comment:
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@example.org", body=text
    )
    return submit_comment(session, "blog", draft, Arrival(at=at))


def decide(session: Session, actor: Actor, comment: Comment, action: Action) -> None:
    decide_comments(session, actor, {comment.id: comment.version}, action)


def undo(session: Session, actor: Actor, comment: Comment) -> None:
    last = list_history(session, comment.id)[-1]
    undo_decisions(session, actor, [last.id])
