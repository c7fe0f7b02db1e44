"""Owns what is sealed anew at a start: all that only an older key reads, or anybody.

So an old key is needed for no longer than until the next start.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.services.endpoint_keys import seal_headers
from moderation.services.sealing import Sealer
from moderation.storage.models import Adviser, Endpoint, EndpointSecret, Moderator
from moderation.storage.session import Database

# A row, and what is to be written in its columns.
Change = tuple[object, Mapping[str, Any]]


def seal_again(database: Database, sealer: Sealer) -> int:
    """Seal with the newest key what is not; return how many rows were written.

    Where all is in order nothing is written, so that a start needs no writer's lock.
    """
    with database.read() as session:
        if next(_list_changes(session, sealer), None) is None:
            return 0
    with database.write() as session:
        changes = list(_list_changes(session, sealer))
        for row, values in changes:
            for name, value in values.items():
                setattr(row, name, value)
        return len(changes)


def _list_changes(session: Session, sealer: Sealer) -> Iterator[Change]:
    yield from _seal_keys(session, sealer)
    yield from _seal_headers(session, sealer)
    yield from _seal_apps(session, sealer)
    yield from _seal_advisers(session, sealer)


def _seal_keys(session: Session, sealer: Sealer) -> Iterator[Change]:
    for secret in session.scalars(select(EndpointSecret)):
        if not secret.is_sealed:
            sealed = sealer.seal(secret.key.hex())
        else:
            sealed = sealer.renew(secret.key.decode("ascii"))
        if sealed.encode("ascii") != secret.key:
            yield secret, {"key": sealed.encode("ascii"), "is_sealed": True}


def _seal_headers(session: Session, sealer: Sealer) -> Iterator[Change]:
    for endpoint in session.scalars(select(Endpoint)):
        headers = endpoint.headers
        if not endpoint.has_sealed_headers:
            sealed = seal_headers(headers, sealer)
        else:
            sealed = {name: sealer.renew(value) for name, value in headers.items()}
        if sealed != headers or not endpoint.has_sealed_headers:
            yield endpoint, {"headers": sealed, "has_sealed_headers": True}


def _seal_apps(session: Session, sealer: Sealer) -> Iterator[Change]:
    """Yield the secrets of moderators' apps for one-time codes."""
    has_app = select(Moderator).where(Moderator.totp_secret.is_not(None))
    for moderator in session.scalars(has_app):
        old = moderator.totp_secret or ""
        new = sealer.renew(old)
        if new != old:
            yield moderator, {"totp_secret": new}


def _seal_advisers(session: Session, sealer: Sealer) -> Iterator[Change]:
    """Yield the secrets that questions to classifiers outside are signed with."""
    for adviser in session.scalars(select(Adviser)):
        old = {"secret": adviser.secret, "old_secret": adviser.old_secret}
        new = {name: value and sealer.renew(value) for name, value in old.items()}
        if new != old:
            yield adviser, new
