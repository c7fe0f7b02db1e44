"""Owns the setting up of sites by their owners: name, origins, threads, open or not.

Every change is recorded with who made it, by page or by command.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    InvalidOriginError,
    NotFoundError,
)
from moderation.domain.policy import Policy
from moderation.domain.urls import parse_origin
from moderation.services.access import (
    Actor,
    find_visible_site,
    lock_own_site,
    require_owner,
)
from moderation.services.changes import record_change
from moderation.services.sites import add_site, set_site
from moderation.services.threads import ensure_thread, find_thread
from moderation.storage.models import Site, Thread

THREADS_SHOWN = 50
LONGEST_THREAD = 500
LAST_ORIGIN = (
    "This is the last one: without it no page could show the comments. Add the new "
    "one first."
)


@dataclass(frozen=True, kw_only=True)
class Basics:
    """What is set of a site beside its filter."""

    name: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class ThreadPage:
    """Threads, and the id behind which the next page begins (None: there is none)."""

    threads: Sequence[Thread]
    next: int | None


def read_basics(site: Site) -> Basics:
    """Return what is set of a site."""
    return Basics(name=site.name, is_open=site.is_open)


def set_up_site(
    session: Session,
    actor: Actor,
    *,
    key: str,
    name: str,
    origins: Sequence[str],
    policy: Policy = Policy.HOLD_FIRST,
) -> Site:
    """Return a new site.

    :raises NotAllowedError: if the actor does not own the whole installation.
    :raises InvalidInputError: as `sites.add_site`, and without an origin.
    """
    require_owner(actor, None)
    if not origins:
        raise InvalidInputError({"origin": ["Say where its pages are."]})
    site = add_site(session, key=key, name=name, origins=origins, policy=policy)
    record_change(session, site, actor, "Added the site.")
    return site


def set_basics(
    session: Session,
    actor: Actor,
    site_key: str,
    wanted: Basics,
    *,
    seen: Basics | None = None,
) -> Site:
    """Set the name of a site and whether it takes comments, and return it.

    `seen` is what the actor saw before, None to set it whatever it is.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if there is no such name.
    :raises ChangedMeanwhileError: if it is not what was seen any more.
    """
    site = lock_own_site(session, actor, site_key)
    old = read_basics(site)
    if seen is not None and seen != old:
        raise ChangedMeanwhileError(
            "Somebody changed this since you opened the page. Nothing was saved; look "
            "at it again and decide."
        )
    set_site(session, site_key, name=wanted.name, is_open=wanted.is_open)
    if site.name != old.name:
        record_change(
            session,
            site,
            actor,
            f"Renamed the site from “{old.name}” to “{site.name}”.",
        )
    if site.is_open is not old.is_open:
        done = "Opened" if site.is_open else "Closed"
        record_change(session, site, actor, f"{done} the site for comments.")
    return site


def set_origins(
    session: Session, actor: Actor, site_key: str, origins: Sequence[str]
) -> Site:
    """Make these the origins of a site, and return it.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if one is none, or there are too many, or none at all.
    """
    site = lock_own_site(session, actor, site_key)
    old = [row.origin for row in site.origins]
    if not origins:
        raise InvalidInputError({"origin": [LAST_ORIGIN]})
    wanted = list(dict.fromkeys(_parse(origin) for origin in origins))
    if wanted == old:
        return site
    set_site(session, site_key, origins=wanted)
    for verb, changed in (
        ("Added", [o for o in wanted if o not in old]),
        ("Removed", [o for o in old if o not in wanted]),
    ):
        if changed:
            words = "origin" if len(changed) == 1 else "origins"
            text = f"{verb} the {words} {', '.join(changed)}."
            record_change(session, site, actor, text)
    return site


def add_origin(session: Session, actor: Actor, site_key: str, origin: str) -> Site:
    """Let pages of one more origin show a site's comments, and return the site.

    :raises NotFoundError: as `set_origins`; likewise NotAllowedError.
    :raises InvalidInputError: if it is no origin, or there already.
    """
    site = lock_own_site(session, actor, site_key)
    old = [row.origin for row in site.origins]
    if _parse(origin) in old:
        raise InvalidInputError({"origin": ["This origin is there already."]})
    return set_origins(session, actor, site_key, [*old, origin])


def remove_origin(session: Session, actor: Actor, site_key: str, origin: str) -> Site:
    """Let pages of an origin show a site's comments no longer, and return the site.

    :raises NotFoundError: as `set_origins`; likewise NotAllowedError.
    :raises InvalidInputError: if it is not there, or the last one.
    """
    site = lock_own_site(session, actor, site_key)
    old = [row.origin for row in site.origins]
    gone = _parse(origin)
    if gone not in old:
        raise InvalidInputError({"origin": ["This origin is not there (any more)."]})
    return set_origins(session, actor, site_key, [one for one in old if one != gone])


def list_threads(
    session: Session,
    actor: Actor,
    site_key: str,
    *,
    before: int | None = None,
    length: int = THREADS_SHOWN,
) -> ThreadPage:
    """Return a page of a site's threads, the newest first.

    `before` is the id of the last thread of the page before.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    query = (
        select(Thread)
        .where(Thread.site_id == site.id)
        .order_by(Thread.id.desc())
        .limit(length + 1)
    )
    if before is not None:
        query = query.where(Thread.id < before)
    found = session.scalars(query).all()
    shown = found[:length]
    return ThreadPage(threads=shown, next=shown[-1].id if len(found) > length else None)


def find_thread_key(
    session: Session, actor: Actor, site_key: str, thread_id: int
) -> str:
    """Return the key of a site's thread.

    :raises NotFoundError: if there is none, or the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    thread = session.get(Thread, thread_id)
    if thread is None or thread.site_id != site.id:
        raise NotFoundError("There is no such thread on this site.")
    return thread.key


def set_thread_open(
    session: Session, actor: Actor, site_key: str, thread_key: str, *, is_open: bool
) -> Thread:
    """Open or close a thread for comments, and return it.

    A thread that nobody has written in yet is made: its page can be closed beforehand.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if there can be no such thread.
    """
    site = lock_own_site(session, actor, site_key)
    if not 0 < len(thread_key) <= LONGEST_THREAD or not thread_key.isprintable():
        raise InvalidInputError(
            {"thread": [f"Give its key: up to {LONGEST_THREAD} characters."]}
        )
    thread = find_thread(session, site, thread_key) or ensure_thread(
        session, site, key=thread_key, url="", title=""
    )
    if thread.is_open is not is_open:
        thread.is_open = is_open
        session.flush()
        done = "Opened" if is_open else "Closed"
        record_change(session, site, actor, f"{done} the thread {thread_key}.")
    return thread


def _parse(origin: str) -> str:
    try:
        return parse_origin(origin)
    except InvalidOriginError as error:
        raise InvalidInputError({"origin": [str(error)]}) from error
