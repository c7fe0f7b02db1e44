"""Owns the count of moderators' work: how soon comments are decided on, and by whom.

The numbers of a day change in the transaction of the decision, and by adding: they are
at all times what a recount of comments and decisions would give.
"""

from collections import Counter
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.waits import Wait, find_wait
from moderation.spam.verdict import Verdict
from moderation.storage.models import Comment, Decision, ModeratorDay, WaitDay
from moderation.storage.tallies import add_numbers


class Work:
    """What moves change of the numbers, less than 0 takes off."""

    def __init__(self) -> None:
        self.waits: Counter[tuple[int, date, Wait]] = Counter()
        self.undone: list[int] = []
        self.decisions: Counter[tuple[int, date, int, str]] = Counter()

    def add_wait(self, comment: Comment, number: int) -> None:
        """Count a comment under how long it waited, if the filter held it."""
        if comment.verdict is Verdict.HOLD and comment.reviewed_at is not None:
            wait = find_wait(comment.reviewed_at - comment.created_at)
            self.waits[comment.site_id, _find_day(comment.reviewed_at), wait] += number

    def note(self, site_id: int, decision: Decision) -> None:
        """Note a decision just made: that it counts, or what it takes back."""
        if decision.undoes_id is None:
            self.add_decision(site_id, decision, 1)
        else:
            self.undone.append(decision.undoes_id)

    def add_decision(self, site_id: int, decision: Decision, number: int) -> None:
        """Count a decision under its moderator, if that is known (any more)."""
        moderator_id, day = decision.moderator_id, _find_day(decision.created_at)
        if moderator_id is not None:
            key = (site_id, day, moderator_id, decision.to_status)
            self.decisions[key] += number


def resolve_undone(session: Session, work: Work) -> None:
    """Take off the decisions that were noted as undone.

    What is taken off or put back is the decision at the beginning: undoing an undoing
    makes it stand again. One query for each step on the way there.
    """
    number, ids = -1, work.undone
    work.undone = []
    while ids:
        rows = session.execute(
            select(Decision, Comment.site_id)
            .join(Decision.comment)
            .where(Decision.id.in_(ids))
        ).all()
        for decision, site_id in rows:
            if decision.undoes_id is None:
                work.add_decision(site_id, decision, number)
        ids = [row[0].undoes_id for row in rows if row[0].undoes_id is not None]
        number = -number


def count_work(session: Session, work: Work) -> None:
    """Add to the numbers of the days what was noted, in the order of their keys."""
    add_numbers(
        session,
        WaitDay,
        [
            {"site_id": site_id, "day": day, "wait": wait, "number": number}
            for (site_id, day, wait), number in sorted(work.waits.items())
            if number
        ],
    )
    add_numbers(
        session,
        ModeratorDay,
        [
            {
                "site_id": site_id,
                "day": day,
                "moderator_id": moderator_id,
                "status": status,
                "number": number,
            }
            for (site_id, day, moderator_id, status), number in sorted(
                work.decisions.items()
            )
            if number
        ],
    )


def _find_day(at: datetime) -> date:
    return at.astimezone(UTC).date()
