"""Owns where a search for comments begins: in the index that leaves the least."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.access import Actor
from moderation.services.queues import MOST_MERGED_SITES
from moderation.services.wishes import Wish
from moderation.storage.models import CampaignMember, Comment, SignalEvidence
from moderation.storage.search import Place, find_key, select_matches

Condition = ColumnElement[bool]
_BY_TIME = (Comment.created_at, Comment.id)


@dataclass(frozen=True, kw_only=True)
class Course:
    """Where a search begins, and what is left to be held against each comment.

    `parts` each come from an index that has the order of `key`.
    """

    parts: Sequence[Select[Any]]
    key: Sequence[Any]
    rest: Sequence[Condition]


def plan_course(
    session: Session, actor: Actor, wish: Wish, sites: Sequence[int]
) -> Course:
    """Return the course that begins with the filter that leaves the least."""
    if wish.terms:
        return _plan_words(session, actor, wish, sites)
    if wish.campaign_id is not None:
        part = (
            select(Comment.id)
            .join(CampaignMember, CampaignMember.comment_id == Comment.id)
            .where(CampaignMember.campaign_id == wish.campaign_id)
        )
        return Course(
            parts=[part],
            key=[CampaignMember.comment_id],
            rest=[Comment.site_id.in_(sites), *_list_rest(wish, {"campaign"})],
        )
    return _plan_columns(wish, sites)


def _plan_words(
    session: Session, actor: Actor, wish: Wish, sites: Sequence[int]
) -> Course:
    """Return the course by words; who may see e-mail addresses, finds by them, too."""
    terms = wish.terms
    if all(actor.may_see_contacts(site) for site in sites):
        terms = [
            replace(term, fields=(*term.fields, "email"))
            if len(term.fields) > 1
            else term
            for term in terms
        ]
    is_narrow = len(sites) <= MOST_MERGED_SITES
    place = Place(
        site_ids=sites if is_narrow else None,
        thread_id=wish.thread_id,
        network=wish.network,
    )
    rest = _list_rest(wish, {"thread", "network"})
    if not is_narrow:
        rest.append(Comment.site_id.in_(sites))
    return Course(
        parts=[select_matches(session, terms, place)],
        key=[find_key(session)],
        rest=rest,
    )


def _plan_columns(wish: Wish, sites: Sequence[int]) -> Course:
    """Return the course by the columns of one index, a part for each of its ranges."""
    statuses = [wish.status] if wish.status else list(Status)
    if len(sites) > MOST_MERGED_SITES:
        limits: list[Condition] = [Comment.site_id.in_(sites)]
    else:
        limits = [Comment.site_id == site for site in sites]
    by_status: list[Condition] = [Comment.status == status for status in statuses]
    email = wish.author or wish.email
    ranges: list[tuple[Condition, ...]]
    if email:
        used = {"email", "status"}
        mine = Comment.email == email
        ranges = [(limit, mine, status) for limit in limits for status in by_status]
    elif wish.thread_id is not None:
        used = {"thread", "status"}
        mine = Comment.thread_id == wish.thread_id
        visible = Comment.site_id.in_(sites)
        ranges = [(mine, status, visible) for status in by_status]
    elif wish.network:
        used = {"network"}
        ranges = [(limit, Comment.network == wish.network) for limit in limits]
    else:
        used = {"status"}
        ranges = [(limit, status) for limit in limits for status in by_status]
    days = _list_days(wish)
    return Course(
        parts=[select(Comment.id).where(*range_, *days) for range_ in ranges],
        key=_BY_TIME,
        rest=_list_rest(wish, {*used, "days"}),
    )


def _list_rest(wish: Wish, used: set[str]) -> list[Condition]:
    """Return the conditions of a wish that are not `used` by where it begins."""
    rest: dict[str, list[Condition]] = {"days": _list_days(wish)}
    if wish.status:
        rest["status"] = [Comment.status == wish.status]
    if wish.author or wish.email:
        rest["email"] = [Comment.email == (wish.author or wish.email)]
    if wish.thread_id is not None:
        rest["thread"] = [Comment.thread_id == wish.thread_id]
    if wish.network:
        rest["network"] = [Comment.network == wish.network]
    if wish.campaign_id is not None:
        rest["campaign"] = [
            select(CampaignMember.comment_id)
            .where(
                CampaignMember.campaign_id == wish.campaign_id,
                CampaignMember.comment_id == Comment.id,
            )
            .exists()
        ]
    if wish.reason:
        rest["reason"] = [
            select(SignalEvidence.comment_id)
            .where(
                SignalEvidence.comment_id == Comment.id,
                SignalEvidence.name == wish.reason,
            )
            .exists()
        ]
    if wish.least is not None:
        rest["least"] = [Comment.score >= wish.least / 100]
    if wish.most is not None:
        rest["most"] = [Comment.score <= wish.most / 100]
    return [one for name, many in rest.items() if name not in used for one in many]


def _list_days(wish: Wish) -> list[Condition]:
    days: list[Condition] = []
    if wish.since:
        start = datetime.combine(wish.since, time(), UTC)
        days.append(Comment.created_at >= start)
    if wish.until:
        end = datetime.combine(wish.until + timedelta(days=1), time(), UTC)
        days.append(Comment.created_at < end)
    return days
