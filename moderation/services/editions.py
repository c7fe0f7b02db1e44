"""Owns the edition of a thread: what decides, in one query, what its readers get."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from moderation.domain.errors import NotFoundError
from moderation.storage.models import Site, SiteOrigin, Thread

NO_SITE = "There is no such site here. Check its key for slips."

# Composed once: it is asked at every reading, of kept answers as well.
_QUERY = (
    select(
        Site.id,
        Site.is_open,
        Thread.id,
        Thread.version,
        Thread.is_open,
        Site.consent_text,
        Site.privacy_url,
        Site.offers_replies,
        SiteOrigin.origin,
    )
    .outerjoin(
        Thread, (Thread.site_id == Site.id) & (Thread.key == bindparam("thread"))
    )
    .outerjoin(SiteOrigin, SiteOrigin.site_id == Site.id)
    .where(Site.key == bindparam("site"))
    .order_by(SiteOrigin.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """A thread as it stands: while two are alike, so is what its readers get.

    `thread_id` is 0 while nobody has written there. `consent` is what the form says on
    privacy: text, and address; `offers_replies` whether it offers mails about replies.
    """

    site_id: int
    thread_id: int
    version: int
    is_open: bool
    consent: tuple[str, str]
    offers_replies: bool
    origins: tuple[str, ...]


def find_edition(connection: Connection, site_key: str, thread_key: str) -> Edition:
    """Return the edition of a site's thread.

    :raises NotFoundError: if there is no such site.
    """
    rows = connection.execute(_QUERY, {"site": site_key, "thread": thread_key}).all()
    if not rows:
        raise NotFoundError(NO_SITE)
    site_id, is_site_open, thread_id, version, is_thread_open = rows[0][:5]
    text, url, offers_replies = rows[0][5:8]
    return Edition(
        site_id=site_id,
        thread_id=thread_id or 0,
        version=version or 0,
        is_open=is_site_open and is_thread_open is not False,
        consent=(text, url),
        offers_replies=offers_replies,
        # None stands where a site has none: the join is an outer one.
        origins=tuple(filter(None, (row[8] for row in rows))),
    )
