"""Owns locks on what is no row yet: one at a time makes what must be there once."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

KEY_BYTES = 8


def lock_name(session: Session, name: str) -> None:
    """Wait until nobody else has this name; it is given back with the unit of work.

    What those before have committed is seen from then on. On SQLite whoever writes is
    alone anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    digest = hashlib.blake2b(name.encode(), digest_size=KEY_BYTES).digest()
    key = int.from_bytes(digest, "big", signed=True)
    session.execute(select(func.pg_advisory_xact_lock(key)))
