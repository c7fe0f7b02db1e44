"""Owns the events that others are told of."""

from enum import StrEnum

from moderation.domain.statuses import Status


class EventType(StrEnum):
    """What happened. A comment's events are named by the status it enters."""

    HELD = "comment.held"
    APPROVED = "comment.approved"
    REJECTED = "comment.rejected"
    SPAM = "comment.spam"
    EDITED = "comment.edited"
    DELETED = "comment.deleted"
    PING = "webhook.ping"


# What an endpoint can ask for: a ping comes because somebody pressed for it.
WANTABLE = tuple(found for found in EventType if found is not EventType.PING)

_BY_STATUS = {
    Status.HELD: EventType.HELD,
    Status.APPROVED: EventType.APPROVED,
    Status.REJECTED: EventType.REJECTED,
    Status.SPAM: EventType.SPAM,
}


def find_event_type(status: Status) -> EventType:
    """Return the event of a comment that enters `status`."""
    return _BY_STATUS[status]
