"""Owns the count of what programs asked in Akismet's way, by site and month."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import CallKind, CallMonth
from moderation.storage.tallies import add_numbers


class Call(NamedTuple):
    """What is counted together: calls of a kind for a site in a month."""

    site_id: int
    month: date
    kind: CallKind


def make_call(site_id: int, kind: CallKind, *, at: datetime) -> Call:
    """Return what a call made at an instant counts as."""
    return Call(site_id=site_id, month=find_month(at), kind=kind)


def add_calls(session: Session, calls: Mapping[Call, int]) -> None:
    """Add a number of calls to those that were counted before."""
    rows = [{**call._asdict(), "number": calls[call]} for call in sorted(calls)]
    add_numbers(session, CallMonth, rows)


def read_calls(session: Session, site_id: int, month: date) -> Mapping[CallKind, int]:
    """Return how many calls of each kind a site had in a month."""
    rows = session.execute(
        select(CallMonth.kind, CallMonth.number).where(
            CallMonth.site_id == site_id, CallMonth.month == month
        )
    )
    return {**dict.fromkeys(CallKind, 0), **{row.kind: row.number for row in rows}}


def find_month(at: datetime) -> date:
    """Return the first day of an instant's month (UTC)."""
    return at.astimezone(UTC).date().replace(day=1)
