"""Owns what a site says at its form about what it keeps: words, and a page."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, InvalidURLError
from moderation.domain.urls import parse_web_url
from moderation.services.access import Actor, lock_own_site
from moderation.services.changes import record_change
from moderation.storage.models import Site

LONGEST_TEXT = 1_000
LONGEST_URL = 2_000


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What stands above the button of the form, and the page linked there."""

    text: str = ""
    url: str = ""


def read_consent(site: Site) -> Consent:
    """Return what is set of a site; both are "" unless somebody set them."""
    return Consent(text=site.consent_text, url=site.privacy_url)


def set_consent(session: Session, actor: Actor, site_key: str, wanted: Consent) -> Site:
    """Set what a site's form says, and return the site.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if the text is too long, or the address is none.
    """
    site = lock_own_site(session, actor, site_key)
    text, url = _check_text(wanted.text), _check_url(wanted.url)
    if Consent(text=text, url=url) != read_consent(site):
        site.consent_text, site.privacy_url = text, url
        record_change(session, site, actor, "Changed what the form says on privacy.")
    session.flush()
    return site


def _check_text(text: str) -> str:
    shown = " ".join(text.split())
    if len(shown) > LONGEST_TEXT or not shown.isprintable():
        raise InvalidInputError(
            {"consent": [f"Use up to {LONGEST_TEXT:,} characters that can be seen."]}
        )
    return shown


def _check_url(url: str) -> str:
    if not url.strip():
        return ""
    try:
        found = parse_web_url(url.strip())
    except InvalidURLError as error:
        raise InvalidInputError({"privacy_url": [str(error)]}) from error
    if len(found) > LONGEST_URL:
        raise InvalidInputError({"privacy_url": ["This address is too long."]})
    return found
