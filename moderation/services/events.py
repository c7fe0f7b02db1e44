"""Owns the record of what happened, for those who asked to be told of it.

An event is recorded only while an active endpoint wants it: it repeats the whole
comment, and where nobody listens posting costs no more than one look-up.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.domain.events import EventType, find_event_type
from moderation.domain.networks import find_plain
from moderation.storage.lookups import look_up
from moderation.storage.models import (
    Attempt,
    Comment,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointSite,
    EndpointState,
    Event,
)
from moderation.storage.sequences import take_numbers
from moderation.storage.session import announce_work

# What the worker is told.
DELIVERIES = "deliveries"
UID_PREFIX = "msg_"
UID_BYTES = 18
# Who wrote what is deleted, as far as anybody is told.
NOBODY = "Deleted"
_GONE = {"name": NOBODY, "website": "", "body": "", "html": "", "signals": []}

# Composed once: that takes longer than to run it.
_LIST_LISTENERS = (
    select(Endpoint.id, Endpoint.types, Endpoint.has_private)
    .where(
        Endpoint.state == EndpointState.ACTIVE,
        or_(
            Endpoint.is_everywhere,
            Endpoint.id.in_(
                select(EndpointSite.endpoint_id).where(
                    EndpointSite.site_id == bindparam("site")
                )
            ),
        ),
    )
    .order_by(Endpoint.id)
)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """An active endpoint, and what it wants to know: `types` () for everything."""

    id: int
    types: Sequence[str]
    has_private: bool

    def wants(self, kind: EventType) -> bool:
        """Return whether events of a type are sent there."""
        return not self.types or kind in self.types


def record_events(
    session: Session, comments: Sequence[Comment], *, kind: EventType | None = None
) -> None:
    """Record for each comment that it entered its status, or that `kind` happened.

    Numbers the events of a site in the order given, and queues a delivery to each
    endpoint that wants one. Call it last in a unit of work: numbers of a site are
    handed out to one at a time.
    """
    for site_id, found in groupby(
        sorted(comments, key=lambda comment: comment.site_id),
        key=lambda comment: comment.site_id,
    ):
        listeners = _list_listeners(session, site_id)
        wanted = [
            (comment, happened)
            for comment in found
            for happened in [kind or find_event_type(comment.status)]
            if any(listener.wants(happened) for listener in listeners)
        ]
        if wanted:
            _record_on_site(session, site_id, wanted, listeners)


def rewrite_events(session: Session, comments: Sequence[Comment]) -> None:
    """Make all that was or will be told of comments what they say now.

    What receivers answered is forgotten: they may have repeated it.
    """
    _load_evidence(session, comments)
    by_id = {comment.id: comment for comment in comments}
    events = session.scalars(select(Event).where(Event.comment_id.in_(by_id))).all()
    for event in events:
        if event.comment_id is not None:
            event.payload = dict(_describe(by_id[event.comment_id]))
            event.private = {}
    session.flush()
    deliveries = select(Delivery.id).where(
        Delivery.event_id.in_([event.id for event in events])
    )
    session.execute(
        update(Attempt)
        .where(Attempt.delivery_id.in_(deliveries))
        .values(answer="", error="")
        .execution_options(synchronize_session=False)
    )


def make_uid() -> str:
    """Return a new id that receivers know an event by."""
    return UID_PREFIX + secrets.token_urlsafe(UID_BYTES)


def _list_listeners(session: Session, site_id: int) -> Sequence[Listener]:
    rows = look_up(session, _LIST_LISTENERS, {"site": site_id})
    return [
        Listener(id=row.id, types=row.types, has_private=row.has_private)
        for row in rows
    ]


def _record_on_site(
    session: Session,
    site_id: int,
    wanted: Sequence[tuple[Comment, EventType]],
    listeners: Sequence[Listener],
) -> None:
    _load_evidence(session, [comment for comment, _ in wanted])
    numbers = take_numbers(session, site_id, len(wanted))
    is_private_wanted = any(listener.has_private for listener in listeners)
    events = [
        Event(
            uid=make_uid(),
            type=kind,
            site_id=site_id,
            sequence=number,
            comment_id=comment.id,
            payload=_describe_at(kind, comment),
            private=(
                _describe_author(comment)
                if is_private_wanted and kind is not EventType.DELETED
                else {}
            ),
        )
        for number, (comment, kind) in zip(numbers, wanted, strict=True)
    ]
    session.add_all(events)
    session.flush()
    session.add_all(_make_deliveries(events, listeners))
    session.flush()
    announce_work(session, DELIVERIES)


def _make_deliveries(
    events: Sequence[Event], listeners: Sequence[Listener]
) -> Iterator[Delivery]:
    for event in events:
        for listener in listeners:
            if listener.wants(EventType(event.type)):
                yield Delivery(
                    endpoint_id=listener.id,
                    event_id=event.id,
                    state=DeliveryState.WAITING,
                )


def _load_evidence(session: Session, comments: Sequence[Comment]) -> None:
    """Load what is told of the comments, in two queries for all of them."""
    session.scalars(
        select(Comment)
        .where(Comment.id.in_([comment.id for comment in comments]))
        .options(
            joinedload(Comment.site),
            joinedload(Comment.thread),
            selectinload(Comment.signals),
        )
    ).all()


def _describe_at(kind: EventType, comment: Comment) -> Mapping[str, Any]:
    """Return what is told of a comment; what is deleted is not repeated once more."""
    told = _describe(comment)
    return {**told, **_GONE} if kind is EventType.DELETED else told


def _describe(comment: Comment) -> Mapping[str, Any]:
    """Return what anybody who asked is told; no e-mail and no IP address."""
    return {
        "id": comment.id,
        "version": comment.version,
        "status": comment.status,
        "site": comment.site.key,
        "thread": comment.thread.key,
        "page": {"url": comment.thread.url, "title": comment.thread.title},
        "parent": comment.parent_id,
        "date": comment.created_at.isoformat(),
        "name": comment.name,
        "website": comment.website,
        "body": comment.body,
        "html": comment.html,
        "score": comment.score,
        "signals": [
            {"name": signal.name, "weight": signal.weight, "reason": signal.reason}
            for signal in comment.signals
        ],
    }


def _describe_author(comment: Comment) -> Mapping[str, Any]:
    return {
        "email": comment.email,
        "ip": find_plain(comment.ip),
        "user_agent": find_plain(comment.user_agent),
    }
