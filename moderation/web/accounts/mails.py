"""Owns the mails about accounts: what they say, and that they lead to BASE_URL alone.

Whatever stands in them is known to us: an address, a role, the name of a site.
"""

from flask import render_template, url_for
from sqlalchemy.orm import Session

from moderation.services.mails import queue_mail
from moderation.storage.models import AccountLink, Moderator
from moderation.web.context import get_settings


def make_address(endpoint: str, *, token: str | None = None) -> str:
    """Return the address of a page as it is from outside, whatever Host says."""
    return get_settings().base_url + url_for(endpoint, token=token)


def mail_reset(session: Session, email: str, token: str) -> None:
    """Send a link to set a new password with."""
    text = render_template(
        "emails/reset.txt", link=make_address("entrance.show_new_password", token=token)
    )
    queue_mail(session, to=email, subject="Set a new password", text=text)


def mail_invitation(session: Session, invitation: AccountLink, token: str) -> None:
    """Send an invitation."""
    site = invitation.site.name if invitation.site else None
    text = render_template(
        "emails/invitation.txt",
        link=make_address("entrance.show_invitation", token=token),
        invitation=invitation,
        site=site,
    )
    subject = f"Help moderate the comments of {' '.join((site or 'our blogs').split())}"
    queue_mail(session, to=invitation.email, subject=subject, text=text)


def mail_notice(session: Session, moderator: Moderator, what: str) -> None:
    """Tell a moderator of a change that somebody else may have made in their name."""
    if not get_settings().has_mail:
        return
    text = render_template(
        "emails/notice.txt", what=what, link=make_address("entrance.show_reset")
    )
    queue_mail(session, to=moderator.email, subject=what, text=text)
