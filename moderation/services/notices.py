"""Owns the mails that tell owners what became of an endpoint."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.services.mails import queue_mail
from moderation.storage.models import Endpoint, EndpointSite, Membership, Moderator

SUBJECT = "A webhook was switched off"
TEXT = """\
The webhook “{name}” was switched off:

    {url}

{reason}

Comments are kept and moderated as before, but what happens while the webhook is off,
it is not told. When the address works again, switch it on, and send again what has
failed since {since}:

    {base_url}/moderate/webhooks/{id}

or by command:

    moderation endpoint enable {id}
    moderation endpoint redeliver {id} --failed-since {since}
"""


def tell_owners(
    session: Session, endpoint: Endpoint, *, since: date, base_url: str
) -> None:
    """Queue a mail to each owner of an endpoint's sites: why it was disabled.

    `since` is the first day on which something failed.
    """
    text = TEXT.format(
        name=" ".join(endpoint.name.split()),
        url=endpoint.url,
        reason=endpoint.reason,
        id=endpoint.id,
        since=since.isoformat(),
        base_url=base_url,
    )
    for email in list_owners(session, endpoint):
        queue_mail(session, to=email, subject=SUBJECT, text=text)


def list_owners(session: Session, endpoint: Endpoint) -> Sequence[str]:
    """Return the addresses of those who own all sites, or one the endpoint is for."""
    is_of_site = select(EndpointSite.site_id).where(
        EndpointSite.endpoint_id == endpoint.id
    )
    return session.scalars(
        select(Moderator.email)
        .join(Moderator.memberships)
        .where(
            Moderator.active,
            Membership.role == Role.OWNER,
            or_(Membership.site_id.is_(None), Membership.site_id.in_(is_of_site)),
        )
        .distinct()
        .order_by(Moderator.email)
    ).all()
