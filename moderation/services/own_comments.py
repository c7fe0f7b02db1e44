"""Owns what authors see of their own comments, and which they may still change.

Whoever calls has made sure that it is the author who asks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.services.care import find_help
from moderation.services.reviews import list_history
from moderation.storage.models import Comment, Decision, Site
from moderation.storage.models.base import now

EDIT_TIME = timedelta(minutes=15)
# What moderators read in the history of a comment.
WITHDRAWN = "Withdrawn by its author."
CHANGED = "Its author changed the text. Spam score {}% now."
# An edit may lead from each of these to a later one, never back: else a spammer could
# try texts until one is published.
ORDER = (Status.APPROVED, Status.HELD, Status.SPAM)


@dataclass(frozen=True, kw_only=True)
class OwnComment:
    """A comment as its author may see it.

    `status` is `held`, `approved`, `rejected` or `withdrawn`; what was filed as spam
    looks held. `reason` is what the moderator gave for a rejection, "" if nothing.
    `edit_seconds` is how long the text can still be changed, 0 if it can't.
    `help_text` is what the site shows to who may be in danger, "" for nothing.
    """

    id: int
    parent: int | None
    status: str
    reason: str
    name: str
    website: str
    body: str
    html: str
    date: datetime
    thread: str
    page_url: str
    edit_seconds: int
    help_text: str

    @property
    def may_withdraw(self) -> bool:
        """Whether it is still shown, or may be."""
        return self.status in {Status.HELD, Status.APPROVED}


def find_own(session: Session, site_key: str, comment_id: int) -> OwnComment:
    """Return a comment as its author may see it.

    :raises NotFoundError: if it is not there any more.
    """
    comment = load_own(session, site_key, comment_id)
    history = list_history(session, comment.id)
    last = history[-1] if history else None
    status, reason = str(comment.status), ""
    if comment.status is Status.SPAM:
        status = str(Status.HELD)
    if comment.status is Status.REJECTED and last is not None:
        is_own_doing = is_by_author(last)
        status = "withdrawn" if is_own_doing else status
        reason = "" if is_own_doing or last.undoes_id else last.why
    return OwnComment(
        id=comment.id,
        parent=comment.parent_id,
        status=status,
        reason=reason,
        name=comment.name,
        website=comment.website,
        body=comment.body,
        html=comment.html,
        date=comment.created_at,
        thread=comment.thread.key,
        page_url=comment.thread.url,
        edit_seconds=count_seconds(comment),
        help_text=find_help(session, comment),
    )


def is_by_author(decision: Decision) -> bool:
    """Return whether a decision followed from what the comment's author did."""
    is_change = decision.why.startswith(CHANGED.partition("{")[0])
    return decision.moderator_id is None and (is_change or decision.why == WITHDRAWN)


def load_own(
    session: Session, site_key: str, comment_id: int, *, is_locked: bool = False
) -> Comment:
    """Return a comment of a site. :raises NotFoundError: if it is not there now."""
    query = (
        select(Comment)
        .join(Site, Site.id == Comment.site_id)
        .where(Comment.id == comment_id, Site.key == site_key)
    )
    comment = session.scalar(query.with_for_update(of=Comment) if is_locked else query)
    if comment is None:
        raise NotFoundError("This comment is not here any more.")
    return comment


def count_seconds(comment: Comment) -> int:
    """Return how long the text of a comment can still be changed, 0 if it can't."""
    is_open = (
        comment.status in ORDER and comment.thread.is_open and comment.site.is_open
    )
    left = comment.created_at + EDIT_TIME - now()
    return max(0, int(left.total_seconds())) if is_open else 0
