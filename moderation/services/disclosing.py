"""Owns what somebody who asks is told of what is kept about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.services.access import Actor
from moderation.services.erasing import check_address, find_person
from moderation.services.own_sites import list_own_sites
from moderation.services.subscriptions import list_of_person
from moderation.storage.models import (
    Comment,
    Decision,
    Event,
    Note,
    Revision,
    Rule,
    SignalEvidence,
    Site,
)
from moderation.storage.models.base import now


def describe_person(
    session: Session, actor: Actor, email: str, *, site_key: str | None = None
) -> Mapping[str, Any]:
    """Return as JSON all that a site (None: each the actor owns) keeps of a person.

    :raises NotFoundError, NotAllowedError, InvalidInputError: as `erasing.find_person`.
    """
    sites = list_own_sites(session, actor, site_key)
    comments = find_person(session, actor, email, site_key=site_key)
    return {
        "email": check_address(email),
        "at": now().isoformat(),
        "sites": [site.key for site in sites],
        "comments": [_describe_comment(session, comment) for comment in comments],
        "rules": _list_rules(session, sites, email),
        "subscriptions": _list_subscriptions(session, sites, email),
    }


def _describe_comment(session: Session, comment: Comment) -> Mapping[str, Any]:
    note = session.get(Note, comment.id)
    return {
        "id": comment.id,
        "site": comment.site.key,
        "thread": comment.thread.key,
        "page": comment.thread.url,
        "parent": comment.parent_id,
        "status": comment.status,
        "date": comment.created_at.isoformat(),
        "name": comment.name,
        "email": comment.email,
        "website": comment.website,
        "text": comment.body,
        "ip": comment.ip,
        "network": comment.network,
        "user_agent": comment.user_agent,
        "score": comment.score,
        "signals": _list_signals(session, comment.id),
        "decisions": _list_decisions(session, comment.id),
        "earlier_texts": _list_texts(session, comment.id),
        "note": note.body if note else "",
        "events": _count_events(session, comment.id),
    }


def _list_signals(session: Session, comment_id: int) -> Sequence[Mapping[str, Any]]:
    rows = session.scalars(
        select(SignalEvidence)
        .where(SignalEvidence.comment_id == comment_id)
        .order_by(SignalEvidence.position)
    )
    return [
        {"name": row.name, "weight": row.weight, "reason": row.reason} for row in rows
    ]


def _list_decisions(session: Session, comment_id: int) -> Sequence[Mapping[str, Any]]:
    rows = session.scalars(
        select(Decision).where(Decision.comment_id == comment_id).order_by(Decision.id)
    )
    # Who decided is nothing about the person.
    return [
        {"date": row.created_at.isoformat(), "to": row.to_status, "why": row.why}
        for row in rows
    ]


def _list_texts(session: Session, comment_id: int) -> Sequence[Mapping[str, Any]]:
    rows = session.scalars(
        select(Revision).where(Revision.comment_id == comment_id).order_by(Revision.id)
    )
    return [{"until": row.created_at.isoformat(), "text": row.body} for row in rows]


def _count_events(session: Session, comment_id: int) -> int:
    query = select(func.count()).where(Event.comment_id == comment_id)
    return session.scalar(query.select_from(Event)) or 0


def _list_subscriptions(
    session: Session, sites: Sequence[Site], email: str
) -> Sequence[Mapping[str, Any]]:
    """Return the comments of which the person is, or would be, told of replies."""
    rows = list_of_person(session, [site.id for site in sites], check_address(email))
    return [
        {
            "site": row.comment.site.key,
            "comment": row.comment_id,
            "language": row.language,
            "date": row.created_at.isoformat(),
            "asked": row.asked_at and row.asked_at.isoformat(),
            "confirmed": row.confirmed_at and row.confirmed_at.isoformat(),
            "ended": row.ended_at and row.ended_at.isoformat(),
        }
        for row in rows
    ]


def _list_rules(
    session: Session, sites: Sequence[Site], email: str
) -> Sequence[Mapping[str, Any]]:
    rows = session.execute(
        select(Rule.action, Rule.value, Site.key)
        .join(Site, Site.id == Rule.site_id)
        .where(
            Rule.site_id.in_([site.id for site in sites]),
            func.lower(Rule.value) == check_address(email),
        )
        .order_by(Rule.id)
    )
    return [{"site": row.key, "action": row.action, "value": row.value} for row in rows]
