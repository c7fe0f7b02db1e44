"""Owns the words for what was done, and for who did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.domain.statuses import Action, Status
from moderation.services.access import BY_MAIL, BY_OPINION, Actor
from moderation.services.histories import History
from moderation.services.queues import MOST_COUNTED, Order
from moderation.services.reviews import Done
from moderation.storage.models import Decision
from moderation.web.moderator.times import describe_age

LABELS = {
    Action.APPROVE: "Approve",
    Action.REJECT: "Reject",
    Action.SPAM: "Spam",
    Action.HOLD: "Put back",
}
# The keys that do what buttons do; static/queue.js listens to them.
KEYS = {Action.APPROVE: "a", Action.REJECT: "r", Action.SPAM: "s"}
TABS = {
    Status.HELD: "Held",
    Status.APPROVED: "Approved",
    Status.REJECTED: "Rejected",
    Status.SPAM: "Spam",
}
DONE = {
    Status.HELD: "Put back",
    Status.APPROVED: "Approved",
    Status.REJECTED: "Rejected",
    Status.SPAM: "Marked as spam",
}
ARRIVED = {
    Status.HELD: "Held for a moderator",
    Status.APPROVED: "Published",
    Status.REJECTED: "Rejected",
    Status.SPAM: "Filed as spam",
}

ORDERS = {
    Order.TURN: "Quick ones first",
    Order.OLDEST: "Oldest first",
    Order.NEWEST: "Newest first",
}

# What a selection holds that looks as if the action were wrong for it.
ODD = {
    Action.APPROVE: "like spam",
    Action.REJECT: "honest",
    Action.SPAM: "honest",
    Action.HOLD: "odd",
}

# Why a comment of the audit sample is listed among the held ones.
AUDITS = {
    Status.APPROVED: "The filter published this by itself. Was it right?",
    Status.SPAM: "The filter filed this as spam by itself. Was it right?",
}


@dataclass(frozen=True, kw_only=True)
class Emptiness:
    """What a tab without comments says."""

    heading: str
    text: str


EMPTY = {
    Status.HELD: Emptiness(
        heading="Nothing waits for you.",
        text="New comments that need a decision will show up here.",
    ),
    Status.APPROVED: Emptiness(
        heading="No approved comments yet.",
        text="What you approve is public, and listed here.",
    ),
    Status.REJECTED: Emptiness(
        heading="Nothing was rejected.",
        text="What you turn down without calling it spam is kept here.",
    ),
    Status.SPAM: Emptiness(
        heading="No spam.",
        text="What you mark as spam is kept here, in case it was not.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What an action did, told once; `batch` takes it back."""

    text: str
    batch: str


def make_notice(done: Done | None) -> Notice | None:
    """Return the notice of what an action did, None if it did nothing."""
    if done is None:
        return None
    parts = [
        f"{DONE[status]} {count_comments_in_words(number)}"
        for status, number in done.numbers.items()
    ]
    text = ", ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])])
    prefix = "Undone: " if done.is_undoing else ""
    if prefix:
        text = text[0].lower() + text[1:]
    return Notice(text=f"{prefix}{text}.", batch=done.batch)


def count_comments_in_words(number: int) -> str:
    """Return "1 comment", "2 comments"."""
    return f"{number:,} comment" + ("" if number == 1 else "s")


def describe_change(decision: Decision) -> str:
    """Return what a decision did."""
    if decision.from_status is None:
        return ARRIVED[decision.to_status]
    return DONE[decision.to_status]


def describe_decider(decision: Decision, actor: Actor) -> str:
    """Return who or what decided, as told to `actor`."""
    way = " by mail" if decision.agent == BY_MAIL else ""
    if decision.moderator_id == actor.moderator_id:
        return f"you{way}"
    if decision.moderator is not None:
        return f"{decision.moderator.email}{way}"
    if decision.agent == BY_OPINION:
        return "the outside opinion"
    if decision.agent:
        return f"the program “{decision.agent}”"
    if decision.from_status is None:
        return "the filter"
    return "a moderator who has left"


def describe_stale(decisions: Sequence[Decision], actor: Actor, at: datetime) -> str:
    """Return who has decided meanwhile on what was left as it is."""
    first = decisions[0]
    change, decider = describe_change(first).lower(), describe_decider(first, actor)
    text = f"Already {change} by {decider}, {describe_age(first.created_at, at)}."
    others = len(decisions) - 1
    if others:
        text += f" {count_comments_in_words(others)} more had changed as well."
    return text


def describe_count(number: int) -> str:
    """Return the number on a tab; one that was not counted to its end says so."""
    return f"{MOST_COUNTED - 1}+" if number >= MOST_COUNTED else str(number)


def describe_history(history: History) -> str:
    """Return what became of an author's other comments, "" if there are none."""
    parts = (
        ("approved", history.approved),
        ("rejected", history.rejected),
        ("spam", history.spam),
    )
    return ", ".join(
        f"{word} {'99+' if number > 99 else number}"  # noqa: PLR2004
        for word, number in parts
        if number
    )
