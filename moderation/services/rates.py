"""Owns how fast comments come: from one network, on a site, and there usually.

All of it is counted in the comments themselves, so it is the same for every process,
and no further than a bound, so it costs the same in the midst of a flood.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.spam.flood import FEWEST_IN_FLOOD
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment

RATE_WINDOW = timedelta(minutes=10)
MOST_COUNTED = 3_000
# What is usual is seen in the hour around the same time of day, on each day of a week.
# Of the seven the median counts: it is not moved by a flood of three days, nor by the
# holiday on which nobody wrote.
DAYS = 7
USUAL_WINDOW = timedelta(hours=1)


def _count_up(found: Select[int]) -> Select[int]:
    """Return the query that counts what is found, up to `MOST_COUNTED`."""
    return select(func.count()).select_from(found.limit(MOST_COUNTED).subquery())


# All statuses, named so that the index on status and time serves; written out, since
# Core would put a list in anew each time.
_STATUSES: Sequence[ColumnElement[str]] = [
    literal_column(f"'{status}'") for status in Status
]
# Composed once: that takes longer than to run them.
_BETWEEN = select(Comment.id).where(
    Comment.site_id == bindparam("site"),
    Comment.status.in_(_STATUSES),
    Comment.created_at > bindparam("start"),
    Comment.created_at <= bindparam("end"),
)
_COUNT = _count_up(_BETWEEN)
# The same on each of seven days, in one statement.
_COUNT_DAYS = select(
    *(
        _count_up(
            select(Comment.id).where(
                Comment.site_id == bindparam("site"),
                Comment.status.in_(_STATUSES),
                Comment.created_at > bindparam(f"start_{day}"),
                Comment.created_at <= bindparam(f"end_{day}"),
            )
        ).scalar_subquery()
        for day in range(DAYS)
    )
)
_COUNT_BOTH = select(
    _COUNT.scalar_subquery(),
    _count_up(
        _BETWEEN.where(Comment.network == bindparam("network"))
    ).scalar_subquery(),
)


def count_recent(session: Session, site_id: int, end: datetime) -> int:
    """Return how many comments came on a site in the ten minutes before `end`.

    At most `MOST_COUNTED`.
    """
    between = {"site": site_id, "start": end - RATE_WINDOW, "end": end}
    return int(look_up(session, _COUNT, between)[0][0])


def count_recent_both(
    session: Session, site_id: int, end: datetime, *, network: str
) -> tuple[int, int | None]:
    """Return `count_recent`, and how many of those came from a network.

    None if there is no network (see `domain.networks`).
    """
    if not network:
        return count_recent(session, site_id, end), None
    between = {"site": site_id, "start": end - RATE_WINDOW, "end": end}
    [[on_site, from_network]] = look_up(
        session, _COUNT_BOTH, {**between, "network": network}
    )
    return int(on_site), int(from_network)


def find_usual(
    session: Session, site_id: int, end: datetime, *, recent: int
) -> float | None:
    """Return how many comments usually come in ten minutes at this time of day.

    None, without a look at the database, while `recent` comments make no flood on any
    site.
    """
    if recent < FEWEST_IN_FLOOD:
        return None
    given: dict[str, object] = {"site": site_id}
    for day in range(DAYS):
        start = end - timedelta(days=day + 1) - USUAL_WINDOW / 2
        given |= {f"start_{day}": start, f"end_{day}": start + USUAL_WINDOW}
    [counts] = look_up(session, _COUNT_DAYS, given)
    return median(map(int, counts)) * (RATE_WINDOW / USUAL_WINDOW)
