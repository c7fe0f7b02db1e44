"""Owns who is told by mail of replies to a comment: asked, confirmed, ended.

An address is asked to confirm once its comment is published, never before, and by one
mail a day and site: nobody can have mail sent to somebody else as often as they like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import NotFoundError
from moderation.domain.statuses import Status
from moderation.services.access import Actor, lock_own_site
from moderation.services.changes import record_change
from moderation.services.comment_notices import note_approvals, tell_of_replies
from moderation.storage.models import Comment, Site, Subscription
from moderation.storage.models.base import now

# How long an address may take to confirm, and how long it is told then.
PATIENCE = timedelta(days=7)
LIFETIME = timedelta(days=365)
# How long an address is not asked again that ended what it never confirmed.
SILENCE = timedelta(days=30)
LONGEST_LANGUAGE = 8
GONE = (
    "This was confirmed or ended before, or its comment is not here any more. There "
    "is nothing left to do."
)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What an address has asked for on a site.

    `comments` are those whose replies it would be told of, `is_confirmed` whether it
    is told already.
    """

    comments: Sequence[Comment]
    is_confirmed: bool


def set_offer(
    session: Session, actor: Actor, site_key: str, *, is_offered: bool
) -> Site:
    """Set whether the form of a site offers to tell of replies; return the site.

    Who is told already goes on being told only while it does.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    """
    site = lock_own_site(session, actor, site_key)
    if site.offers_replies is not is_offered:
        site.offers_replies = is_offered
        word = "offered" if is_offered else "not offered any more"
        record_change(session, site, actor, f"Mails about replies: {word}.")
    session.flush()
    return site


def subscribe(session: Session, comment: Comment, *, language: str = "en") -> None:
    """Note that the author of a comment just stored wants to be told of replies.

    Unless the address said lately that it had never asked for that: somebody else
    gives it then.
    """
    email = comment.email.lower()
    if _has_refused(session, comment.site_id, email):
        return
    session.add(
        Subscription(
            site_id=comment.site_id,
            comment_id=comment.id,
            email=email,
            language=language[:LONGEST_LANGUAGE],
        )
    )
    session.flush()
    note_approvals(session, [comment])


def find_wishes(session: Session, site_key: str, comment_id: int) -> Wishes:
    """Return what the author of a comment has asked for.

    :raises NotFoundError: if nothing is left of it.
    """
    own = _find(session, site_key, comment_id)
    rows = session.scalars(
        _select_open(own).options(
            joinedload(Subscription.comment).joinedload(Comment.thread)
        )
    ).all()
    if own.confirmed_at is not None:
        return Wishes(comments=[own.comment], is_confirmed=True)
    return Wishes(comments=[row.comment for row in rows], is_confirmed=False)


def confirm(session: Session, site_key: str, comment_id: int) -> None:
    """Tell an address of replies from now on: to all it has published and asked for.

    Replies that were published while it was asked are told of first. A second time
    does nothing.

    :raises NotFoundError: if nothing is left of it.
    """
    own = _find(session, site_key, comment_id)
    rows = session.scalars(_select_open(own)).all()
    for row in rows:
        row.confirmed_at = now()
    session.flush()
    tell_of_replies(session, [row.comment_id for row in rows])


def unsubscribe(session: Session, site_key: str, comment_id: int) -> int:
    """End all that the author of a comment is told of a site; return how much.

    A second time does nothing.
    """
    own = session.scalar(
        select(Subscription)
        .join(Site, Site.id == Subscription.site_id)
        .where(Subscription.comment_id == comment_id, Site.key == site_key)
    )
    if own is None:
        return 0
    ended = session.scalars(
        update(Subscription)
        .where(
            Subscription.site_id == own.site_id,
            Subscription.email == own.email,
            Subscription.ended_at.is_(None),
        )
        .values(ended_at=now())
        .returning(Subscription.id)
    ).all()
    return len(ended)


def end_all(session: Session, site_ids: Sequence[int], email: str) -> int:
    """Forget all that an address is or would be told of sites; return how much."""
    ended = session.scalars(
        delete(Subscription)
        .where(Subscription.site_id.in_(site_ids), Subscription.email == email.lower())
        .returning(Subscription.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)


def list_of_person(
    session: Session, site_ids: Sequence[int], email: str
) -> Sequence[Subscription]:
    """Return what an address is or would be told of sites, their comments loaded."""
    return session.scalars(
        select(Subscription)
        .where(Subscription.site_id.in_(site_ids), Subscription.email == email.lower())
        .options(joinedload(Subscription.comment).joinedload(Comment.site))
        .order_by(Subscription.id)
    ).all()


def forget_subscriptions(session: Session, *, at: datetime) -> int:
    """Delete what was never confirmed, or has lasted long enough; return how much."""
    is_ignored = (
        Subscription.confirmed_at.is_(None)
        & Subscription.ended_at.is_(None)
        & (Subscription.asked_at < at - PATIENCE)
    )
    is_over = Subscription.ended_at < at - SILENCE
    gone = session.scalars(
        delete(Subscription)
        .where(or_(is_ignored, is_over, Subscription.created_at < at - LIFETIME))
        .returning(Subscription.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)


def count_subscribers(session: Session, site_id: int) -> int:
    """Return how many addresses are told of replies on a site."""
    query = select(func.count(func.distinct(Subscription.email))).where(
        Subscription.site_id == site_id,
        Subscription.confirmed_at.is_not(None),
        Subscription.ended_at.is_(None),
    )
    return session.scalar(query) or 0


def _has_refused(session: Session, site_id: int, email: str) -> bool:
    """Return whether an address ended lately what it had never confirmed."""
    found = select(Subscription.id).where(
        Subscription.site_id == site_id,
        Subscription.email == email,
        Subscription.confirmed_at.is_(None),
        Subscription.ended_at > now() - SILENCE,
    )
    return session.scalar(found.limit(1)) is not None


def _find(session: Session, site_key: str, comment_id: int) -> Subscription:
    found = session.scalar(
        select(Subscription)
        .join(Site, Site.id == Subscription.site_id)
        .where(
            Subscription.comment_id == comment_id,
            Subscription.ended_at.is_(None),
            Site.key == site_key,
        )
        .options(joinedload(Subscription.comment).joinedload(Comment.thread))
    )
    if found is None:
        raise NotFoundError(GONE)
    return found


def _select_open(own: Subscription) -> Select[Subscription]:
    """Return the query for what an address has asked for and not confirmed yet.

    What is not published is left out: it is asked about when it is.
    """
    return (
        select(Subscription)
        .join(Subscription.comment)
        .where(
            Subscription.site_id == own.site_id,
            Subscription.email == own.email,
            Subscription.confirmed_at.is_(None),
            Subscription.ended_at.is_(None),
            Comment.status == Status.APPROVED,
        )
        .order_by(Subscription.id)
    )
