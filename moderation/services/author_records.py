"""Owns what is known of one author: numbers, times, networks, and what was decided.

Each is read from the index of authors and bounded: an address that wrote a hundred
thousand times costs no more than any other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload

from moderation.domain.errors import NotFoundError
from moderation.domain.networks import find_plain
from moderation.domain.statuses import Status
from moderation.services.access import Actor
from moderation.services.queues import MOST_COUNTED, MOST_MERGED_SITES, list_sites
from moderation.storage.models import Comment, Decision

MOST_READ = 200
NETWORKS_SHOWN = 5
DECISIONS_SHOWN = 10
NO_AUTHOR = "There is no comment by this author that is yours to see."


@dataclass(frozen=True, kw_only=True)
class AuthorRecord:
    """What the actor's sites know of an author.

    `numbers` are counted no further than `MOST_COUNTED` each. `names` and `networks`
    are those of the last `MOST_READ` comments, the most frequent first; `decisions`
    what moderators last decided on these. `last` is the author's last comment's id.
    """

    names: Sequence[str]
    numbers: Mapping[Status, int]
    first_at: datetime
    last_at: datetime
    networks: Mapping[str, int]
    decisions: Sequence[Decision]
    last_id: int


def read_author(session: Session, actor: Actor, email: str) -> AuthorRecord:
    """Return the record of the author with an e-mail address.

    :raises NotFoundError: if none of the actor's sites has a comment by them.
    """
    sites = list_sites(session, actor)[:MOST_MERGED_SITES]
    last = _list_ends(session, sites, email, is_last=True, length=MOST_READ)
    if not last:
        raise NotFoundError(NO_AUTHOR)
    (first,) = _list_ends(session, sites, email, is_last=False, length=1)
    networks = Counter(row.network for row in last if find_plain(row.network))
    return AuthorRecord(
        names=[name for name, _ in Counter(row.name for row in last).most_common()],
        numbers=_count(session, sites, email),
        first_at=first.created_at,
        last_at=last[0].created_at,
        networks=dict(networks.most_common(NETWORKS_SHOWN)),
        decisions=_list_decisions(session, [row.id for row in last]),
        last_id=last[0].id,
    )


def _list_ends(
    session: Session, sites: Sequence[int], email: str, *, is_last: bool, length: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the last comments, or the first, from the ends of the index."""
    if not sites:
        return ()
    matches = [_match(site, email, status) for site in sites for status in Status]
    parts = [
        select(_cut(select(Comment.id).where(match), length, is_last=is_last))
        for match in matches
    ]
    ids = union_all(*parts)
    query = select(Comment.id, Comment.created_at, Comment.name, Comment.network).where(
        Comment.id.in_(ids)
    )
    keys = (Comment.created_at, Comment.id)
    ordered = query.order_by(*(key.desc() if is_last else key for key in keys))
    return session.execute(ordered.limit(length)).all()


def _cut(query: Select[Any], length: int, *, is_last: bool) -> Any:  # noqa: ANN401 a column
    keys = (Comment.created_at, Comment.id)
    ordered = query.order_by(*(key.desc() if is_last else key for key in keys))
    return ordered.limit(length).subquery().c.id


def _match(site_id: int, email: str, status: Status) -> Any:  # noqa: ANN401 a condition
    return (
        (Comment.site_id == site_id)
        & (Comment.email == email)
        & (Comment.status == status)
    )


def _count(session: Session, sites: Sequence[int], email: str) -> Mapping[Status, int]:
    numbers = [
        select(func.count())
        .select_from(
            select(literal(1).label("one"))
            .select_from(Comment)
            .where(
                Comment.site_id.in_(sites),
                Comment.email == email,
                Comment.status == status,
            )
            .limit(MOST_COUNTED)
            .subquery()
        )
        .scalar_subquery()
        .label(status)
        for status in Status
    ]
    return dict(zip(Status, session.execute(select(*numbers)).one(), strict=True))


def _list_decisions(session: Session, comment_ids: Sequence[int]) -> Sequence[Decision]:
    return session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_(comment_ids), Decision.from_status.is_not(None))
        .options(joinedload(Decision.moderator))
        .order_by(Decision.id.desc())
        .limit(DECISIONS_SHOWN)
    ).all()
