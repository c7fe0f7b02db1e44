"""Owns objects of rows that were read or stored past the session."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from moderation.storage.models.base import Base

M = TypeVar("M", bound=Base)


def restore(model: type[M], row: Mapping[str, Any]) -> M:
    """Return an object of a stored row, all its columns given, that no session has."""
    found: M = model.__mapper__.class_manager.new_instance()
    found.__dict__.update(row)
    make_transient_to_detached(found)
    return found


def adopt(session: Session, model: type[M], row: Mapping[str, Any]) -> M:
    """Return the object of a stored row, all its columns given, as if it were read.

    What the session has of it already stays as it is.
    """
    known: M | None = session.identity_map.get(identity_key(model, row["id"]))
    if known is not None:
        return known
    found = restore(model, row)
    session.add(found)
    return found
