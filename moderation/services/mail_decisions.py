"""Owns deciding by a mailed link: once, on the comment as its mail told of it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from moderation.services.access import BY_MAIL, Actor, load_actor, require_decider
from moderation.services.mail_links import Errand
from moderation.services.own_comments import is_by_author
from moderation.services.queues import find_comment
from moderation.services.reviews import decide_comments, list_history
from moderation.storage.models import Comment, Decision


class Outlook(StrEnum):
    """Whether what a mail told of can be decided: it waits, was decided, or edited."""

    OPEN = "open"
    DECIDED = "decided"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Mailed:
    """What a mailed link leads to, as it stands now.

    `decision` is the last one since the mail was sent, None if there is none.
    """

    errand: Errand
    actor: Actor
    comment: Comment
    outlook: Outlook
    decision: Decision | None


def find_mailed(session: Session, errand: Errand) -> Mailed:
    """Return what a link leads to. Nothing is changed by that.

    :raises NotFoundError: if comment or moderator are not there any more.
    :raises NotAllowedError: if the moderator may not decide there (any more).
    """
    actor = load_actor(session, errand.moderator_id)
    comment = find_comment(session, actor, errand.comment_id)
    require_decider(actor, comment.site_id)
    history = list_history(session, comment.id)
    last = history[-1] if history else None
    is_decided = (
        last is not None and last.version > errand.version and not is_by_author(last)
    )
    outlook = Outlook.DECIDED if is_decided else Outlook.CHANGED
    if comment.version == errand.version:
        outlook = Outlook.OPEN
    return Mailed(
        errand=errand,
        actor=actor,
        comment=comment,
        outlook=outlook,
        decision=last if is_decided else None,
    )


def decide_by_mail(session: Session, errand: Errand) -> bool:
    """Do what a link is for; return whether it was done: of two at once, one is.

    The record names the moderator, and that it was done by mail.

    :raises NotFoundError, NotAllowedError: as `find_mailed`.
    """
    actor = replace(load_actor(session, errand.moderator_id), agent=BY_MAIL)
    versions = {errand.comment_id: errand.version}
    outcome = decide_comments(session, actor, versions, errand.action)
    return bool(outcome.decided)
