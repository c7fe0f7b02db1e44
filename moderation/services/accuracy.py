"""Owns how the filter did on a site: its verdicts, and what moderators said of them.

The numbers of a day change in the transaction of the arrival or the decision, and by
adding: they are at all times what a recount of the comments would give.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.outcomes import Said
from moderation.domain.statuses import Status
from moderation.services.access import Actor, find_visible_site
from moderation.spam.learning import Label
from moderation.spam.verdict import Verdict
from moderation.storage.models import Comment, SiteDay
from moderation.storage.models.base import now
from moderation.storage.tallies import add_numbers

MOST_WEEKS = 53
WEEKS_SHOWN = 13
WEEK = timedelta(weeks=1)
Cell = tuple[Verdict, Said]
# By site, day of arrival, verdict and what was said: how many comments came to it.
Heard = Counter[tuple[int, date, Verdict, Said]]


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How many comments had a verdict, of which moderators said this, in some time."""

    counts: Mapping[Cell, int]

    def count(self, verdict: Verdict, *said: Said) -> int:
        """Return how many had the verdict, of which this was said if any is given."""
        return sum(self.counts.get((verdict, one), 0) for one in said or Said)

    @property
    def arrived(self) -> int:
        """All comments the filter gave a verdict on."""
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """Those that moderators said something of."""
        return sum(
            n for (_, said), n in self.counts.items() if said is not Said.NOTHING
        )

    @property
    def published(self) -> int:
        """Those the filter published."""
        return self.count(Verdict.PUBLISH)

    @property
    def held(self) -> int:
        """Those the filter held."""
        return self.count(Verdict.HOLD)

    @property
    def filed(self) -> int:
        """Those the filter filed as spam."""
        return self.count(Verdict.SPAM)

    @property
    def leaked(self) -> int:
        """Published by the filter, spam to a moderator."""
        return self.count(Verdict.PUBLISH, Said.SPAM)

    @property
    def wrongly_held(self) -> int:
        """Held by the filter, approved by a moderator."""
        return self.count(Verdict.HOLD, Said.APPROVED)

    @property
    def rightly_held(self) -> int:
        """Held by the filter, and not wanted by a moderator either."""
        return self.count(Verdict.HOLD, Said.SPAM, Said.REJECTED)

    @property
    def lost(self) -> int:
        """Filed as spam by the filter, approved by a moderator."""
        return self.count(Verdict.SPAM, Said.APPROVED)


@dataclass(frozen=True, kw_only=True)
class Week:
    """How the filter did with the comments of one week, which begins on a Monday."""

    monday: date
    accuracy: Accuracy


def count_arrival(session: Session, comment: Comment) -> None:
    """Count a comment that has just been given its verdict."""
    heard: Heard = Counter()
    _count(heard, comment, 1)
    count_said(session, heard)


def change_verdict(session: Session, comment: Comment, verdict: Verdict) -> None:
    """Give a comment the filter's last word, where it had another one before."""
    heard: Heard = Counter()
    _count(heard, comment, -1)
    comment.verdict = verdict
    _count(heard, comment, 1)
    count_said(session, heard)


def note_said(comment: Comment, label: Label | None, heard: Heard) -> None:
    """Keep what a moderator says by a move just made, and note it in `heard`.

    `label` is what the comment teaches from then on: with the status it tells a
    decision from one that was taken back.
    """
    _count(heard, comment, -1)
    comment.said = find_said(comment.status, label)
    comment.reviewed_at = None if comment.said is Said.NOTHING else now()
    _count(heard, comment, 1)


def count_said(session: Session, heard: Heard) -> None:
    """Add to the numbers of the days what was heard.

    The caller does so after all that arrivals change as well, but for what was learnt:
    two that wait for each other would be locked up.
    """
    rows = [
        {"site_id": site_id, "day": day, "verdict": verdict, "said": said, "number": n}
        for (site_id, day, verdict, said), n in sorted(heard.items())
        if n
    ]
    add_numbers(session, SiteDay, rows)


def find_said(status: Status, label: Label | None) -> Said:
    """Return what a moderator said of a comment with this status and label."""
    match label:
        case Label.SPAM:
            return Said.SPAM
        case Label.HAM:
            return Said.APPROVED
    # The filter rejects nothing: that is always a moderator's word.
    return Said.REJECTED if status is Status.REJECTED else Said.NOTHING


def list_weeks(
    session: Session, actor: Actor, site_key: str, *, weeks: int = WEEKS_SHOWN
) -> Sequence[Week]:
    """Return the last weeks of a site, this one last, with those without comments.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    today = now().astimezone(UTC).date()
    first = find_monday(today) - WEEK * (min(weeks, MOST_WEEKS) - 1)
    rows = session.scalars(
        select(SiteDay).where(SiteDay.site_id == site.id, SiteDay.day >= first)
    ).all()
    return [
        Week(
            monday=monday,
            accuracy=sum_rows(row for row in rows if find_monday(row.day) == monday),
        )
        for monday in _list_mondays(first, today)
    ]


def sum_rows(rows: Iterable[SiteDay]) -> Accuracy:
    """Return the numbers of some days together."""
    counts: Counter[Cell] = Counter()
    for row in rows:
        counts[row.verdict, row.said] += row.number
    return Accuracy(counts=counts)


def sum_weeks(weeks: Iterable[Week]) -> Accuracy:
    """Return the numbers of some weeks together."""
    counts: Counter[Cell] = Counter()
    for week in weeks:
        counts.update(week.accuracy.counts)
    return Accuracy(counts=counts)


def find_monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _list_mondays(first: date, today: date) -> Iterable[date]:
    monday = first
    while monday <= today:
        yield monday
        monday += WEEK


def _count(heard: Heard, comment: Comment, number: int) -> None:
    """Note a comment where it counts now; nowhere, if the filter did not judge it."""
    if comment.verdict is not None:
        day = comment.created_at.astimezone(UTC).date()
        heard[comment.site_id, day, comment.verdict, comment.said] += number
