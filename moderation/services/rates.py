"""Owns how fast comments come: from one network, on a site, and there usually.

All of it is counted in the comments themselves, so it is the same for every process,
and no further than is needed to tell a flood: posts in the midst of one cost no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.spam.flood import FEWEST_IN_FLOOD, TIMES_USUAL
from moderation.storage.lookups import find_connection, look_up
from moderation.storage.models import Comment
from moderation.storage.recalling import keep_while

RATE_WINDOW = timedelta(minutes=10)
# What a moderator is told of: "at least 50". No weight asks for more, and a flood is
# told by more only where more is usual.
MOST_TOLD = 50
MOST_COUNTED = 3_000
# What is usual is seen in the hour around the same time of day, on each day of a week.
# Of the seven the median counts: it is not moved by a flood of three days, nor by the
# holiday on which nobody wrote.
DAYS = 7
USUAL_WINDOW = timedelta(hours=1)


def _count_up(found: Select[int]) -> Select[int]:
    """Return the query that counts what is found, up to `most`."""
    return select(func.count()).select_from(found.limit(bindparam("most")).subquery())


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


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How many comments came in ten minutes; what is more than enough is not counted.

    `from_network` is None if there is no network, `usual` if `on_site` is no flood on
    any site.
    """

    on_site: int
    from_network: int | None
    usual: float | None


def measure_rates(
    session: Session, site_id: int, end: datetime, *, network: str
) -> Rates:
    """Return how many comments came in the ten minutes before `end`, and usually.

    Both are counted up to `MOST_TOLD`, but `on_site` as far as it takes to be called a
    flood. Without a `network` (see `domain.networks`) none is counted from there.
    """
    on_site, from_network = _count_both(session, site_id, end, network=network)
    usual = find_usual(session, site_id, end, recent=on_site)
    if usual is not None and TIMES_USUAL * usual >= MOST_TOLD:
        fewest = floor(TIMES_USUAL * usual) + 1
        on_site = count_recent(session, site_id, end, most=min(fewest, MOST_COUNTED))
    return Rates(on_site=on_site, from_network=from_network, usual=usual)


def count_recent(session: Session, site_id: int, end: datetime, *, most: int) -> int:
    """Return how many comments came on a site in the ten minutes before `end`.

    At most `most`.
    """
    given = _describe_window(site_id, end) | {"most": most}
    return int(look_up(session, _COUNT, given)[0][0])


def find_usual(
    session: Session, site_id: int, end: datetime, *, recent: int
) -> float | None:
    """Return how many comments usually come in ten minutes at this time of day.

    None, without a look at the database, while `recent` comments make no flood on any
    site. What changes of days that are past, as by an import, is seen by the next
    minute: as long the answer is kept.
    """
    if recent < FEWEST_IN_FLOOD:
        return None
    minute = end.replace(second=0, microsecond=0)
    return keep_while(
        find_connection(session),
        ("usual", site_id),
        minute,
        lambda: _count_usual(session, site_id, minute),
    )


def _count_both(
    session: Session, site_id: int, end: datetime, *, network: str
) -> tuple[int, int | None]:
    if not network:
        return count_recent(session, site_id, end, most=MOST_TOLD), None
    given = {"network": network, "most": MOST_TOLD}
    [[on_site, from_network]] = look_up(
        session, _COUNT_BOTH, _describe_window(site_id, end) | given
    )
    return int(on_site), int(from_network)


def _describe_window(site_id: int, end: datetime) -> dict[str, Any]:
    return {"site": site_id, "start": end - RATE_WINDOW, "end": end}


def _count_usual(session: Session, site_id: int, end: datetime) -> float:
    given: dict[str, object] = {"site": site_id, "most": MOST_COUNTED}
    for day in range(DAYS):
        start = end - timedelta(days=day + 1) - USUAL_WINDOW / 2
        given |= {f"start_{day}": start, f"end_{day}": start + USUAL_WINDOW}
    [counts] = look_up(session, _COUNT_DAYS, given)
    return median(map(int, counts)) * (RATE_WINDOW / USUAL_WINDOW)
