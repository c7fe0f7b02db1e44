"""Owns which blog an export comes from: known by its name, and by its comments."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.models import Comment, ImportRecord, ImportSource

LONGEST_NAME = 480
# Enough to tell one blog's comments from another's.
MOST_COMPARED = 100


def choose_source(
    session: Session, site_id: int, name: str, times: Mapping[str, datetime]
) -> str:
    """Return the name of the source that comments with these ids and times are of.

    Blogs may have the same name, as all do that were tried out on one's own machine,
    and number their comments alike. What was imported under an id at another time is
    of another blog: that one is told apart by a number.
    """
    base = name[:LONGEST_NAME]
    chosen, number = base, 1
    while _has_others(session, site_id, chosen, times):
        number += 1
        chosen = f"{base} #{number}"
    return chosen


def find_source(session: Session, site_id: int, name: str) -> int | None:
    """Return the id of a source, None if nothing was imported from it."""
    return session.scalar(
        select(ImportSource.id).where(
            ImportSource.site_id == site_id, ImportSource.name == name
        )
    )


def ensure_source(session: Session, site_id: int, name: str) -> int:
    """Return the id of a source, made if new."""
    found = find_source(session, site_id, name)
    if found is not None:
        return found
    source = ImportSource(site_id=site_id, name=name)
    session.add(source)
    session.flush()
    return source.id


def _has_others(
    session: Session, site_id: int, name: str, times: Mapping[str, datetime]
) -> bool:
    """Return whether a source has other comments under some of these ids."""
    rows = session.execute(
        select(ImportRecord.external_id, Comment.created_at)
        .join(Comment, Comment.id == ImportRecord.comment_id)
        .join(ImportSource, ImportSource.id == ImportRecord.source_id)
        .where(
            ImportSource.site_id == site_id,
            ImportSource.name == name,
            ImportRecord.external_id.in_(times),
        )
    )
    return any(times[id_] != at for id_, at in rows)
