"""Owns the steps of a comment's history: decisions, and texts its author replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.domain.campaigns import describe_campaign
from moderation.services.own_comments import is_by_author
from moderation.storage.models import (
    Campaign,
    Decision,
    Delivery,
    DeliveryState,
    Revision,
)

EVENTS = {
    "comment.held": "held",
    "comment.approved": "approved",
    "comment.rejected": "rejected",
    "comment.spam": "spam",
    "comment.edited": "edited",
    "comment.deleted": "deleted",
}
STATES: Mapping[DeliveryState, str] = {
    DeliveryState.WAITING: "waits",
    DeliveryState.ARRIVED: "arrived",
    DeliveryState.FAILED: "failed",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: a decision, or else the text that was replaced.

    `is_by_author` says that the comment's author made it.
    """

    at: datetime
    decision: Decision | None
    revision: Revision | None
    is_by_author: bool = False


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One event on its way to one endpoint, in a few words."""

    endpoint: str
    event: str
    state: str
    tone: str
    attempts: str
    at: datetime


def make_steps(
    decisions: Sequence[Decision], revisions: Sequence[Revision]
) -> Sequence[Step]:
    """Return the steps in the order they happened; what a change led to comes last."""
    steps = [
        Step(
            at=decision.created_at,
            decision=decision,
            revision=None,
            is_by_author=is_by_author(decision),
        )
        for decision in decisions
    ]
    steps += [
        Step(
            at=revision.created_at,
            decision=None,
            revision=revision,
            is_by_author=True,
        )
        for revision in revisions
    ]
    return sorted(steps, key=lambda step: (step.at, step.decision is not None))


def make_sendings(deliveries: Sequence[Delivery]) -> Sequence[Sending]:
    """Return deliveries in a few words."""
    return [
        Sending(
            endpoint=delivery.endpoint.name,
            event=EVENTS.get(delivery.event.type, delivery.event.type),
            state=STATES[delivery.state],
            tone=delivery.state.value,
            attempts=_describe_attempts(delivery),
            at=delivery.ended_at or delivery.created_at,
        )
        for delivery in deliveries
    ]


def describe_campaigns(campaigns: Sequence[Campaign]) -> Sequence[tuple[int, str]]:
    """Return the id of each campaign, and what its comments share, in a few words."""
    return [
        (
            campaign.id,
            describe_campaign(campaign.kind, campaign.key, campaign.members)
            + (f", {campaign.held:,} of them held" if campaign.held else ""),
        )
        for campaign in campaigns
    ]


def _describe_attempts(delivery: Delivery) -> str:
    """Return how often it was tried, and what came of the last time."""
    attempts = delivery.attempts
    if not attempts:
        return "not tried yet"
    number = len(attempts)
    times = "once" if number == 1 else f"{number} times"
    last = attempts[-1]
    if last.status is not None:
        return f"tried {times}, answered {last.status}"
    return f"tried {times}, {last.error or 'no answer'}"
