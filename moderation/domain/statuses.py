"""Owns the life cycle of a comment: its statuses and the one table of moves."""

from enum import StrEnum


class Status(StrEnum):
    """Where a comment stands. Only `APPROVED` is ever shown to the public."""

    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"


class Action(StrEnum):
    """What a moderator can do to a comment."""

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    HOLD = "hold"


# From each status, what each action leads to. An action that is not listed is not
# offered: it would change nothing. Undo is not an action: it goes back along a
# decision that was made.
MOVES: dict[Status, dict[Action, Status]] = {
    Status.HELD: {
        Action.APPROVE: Status.APPROVED,
        Action.REJECT: Status.REJECTED,
        Action.SPAM: Status.SPAM,
    },
    Status.APPROVED: {
        Action.REJECT: Status.REJECTED,
        Action.SPAM: Status.SPAM,
        Action.HOLD: Status.HELD,
    },
    Status.REJECTED: {
        Action.APPROVE: Status.APPROVED,
        Action.SPAM: Status.SPAM,
        Action.HOLD: Status.HELD,
    },
    Status.SPAM: {
        Action.APPROVE: Status.APPROVED,
        Action.REJECT: Status.REJECTED,
        Action.HOLD: Status.HELD,
    },
}


def find_target(status: Status, action: Action) -> Status | None:
    """Return the status `action` leads to from `status`, None if it is not offered."""
    return MOVES[status].get(action)
