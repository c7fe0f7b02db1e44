"""Owns the numbers that the events of a site are given: none twice, none left out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from moderation.storage.models import SiteSequence

_INSERTS: Mapping[str, Callable[[Any], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def take_numbers(session: Session, site_id: int, count: int) -> Sequence[int]:
    """Return the next `count` numbers of a site, from 1.

    Until the unit of work ends, nobody else gets numbers of this site.
    """
    insert = _INSERTS[session.get_bind().dialect.name](SiteSequence.__table__)
    last = session.execute(
        insert.values(site_id=site_id, last=count)
        .on_conflict_do_update(
            index_elements=["site_id"],
            set_={"last": SiteSequence.last + insert.excluded.last},
        )
        .returning(SiteSequence.last)
    ).scalar_one()
    return range(last - count + 1, last + 1)
