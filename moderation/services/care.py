"""Owns what a site does for authors who may be in danger. It is off by default."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import ChangedMeanwhileError, InvalidInputError
from moderation.domain.statuses import Status
from moderation.services.access import Actor, find_visible_site, lock_own_site
from moderation.services.changes import record_change
from moderation.spam.care import CARE, SHIPPED_PHRASES
from moderation.spam.rule_words import split_words
from moderation.storage.models import Comment, SignalEvidence, Site

MOST_PHRASES = 200
LONGEST_PHRASE = 100
LONGEST_HELP = 1_000


@dataclass(frozen=True, kw_only=True)
class Care:
    """What is set: the switch, the phrases in order, and the text for the author.

    `help_text` is "" if nothing is to be shown.
    """

    is_on: bool
    phrases: tuple[str, ...]
    help_text: str


def read_care(site: Site) -> Care:
    """Return what is set of a site."""
    return Care(
        is_on=site.is_care_on,
        phrases=SHIPPED_PHRASES
        if site.care_phrases is None
        else tuple(filter(None, site.care_phrases.split("\n"))),
        help_text=site.care_help,
    )


def load_phrases(site: Site) -> tuple[str, ...]:
    """Return the phrases a site looks for, () while the switch is off."""
    care = read_care(site)
    return care.phrases if care.is_on else ()


def find_help(session: Session, comment: Comment) -> str:
    """Return what to show to a comment's author while it waits, "" for nothing."""
    site = session.get_one(Site, comment.site_id)
    if not (site.is_care_on and site.care_help and comment.status is Status.HELD):
        return ""
    marked = session.scalar(
        select(SignalEvidence.comment_id)
        .where(SignalEvidence.comment_id == comment.id, SignalEvidence.name == CARE)
        .limit(1)
    )
    return site.care_help if marked is not None else ""


def find_site_care(session: Session, actor: Actor, site_key: str) -> Care:
    """Return what is set of a site.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    return read_care(find_visible_site(session, actor, site_key))


def parse_phrases(text: str) -> tuple[str, ...]:
    """Return the phrases somebody typed, one a line; empty lines and doubles go.

    :raises InvalidInputError: if there are too many, or one is too long or no words.
    """
    phrases = tuple(dict.fromkeys(_list_lines(text)))
    if len(phrases) > MOST_PHRASES:
        raise InvalidInputError({"phrases": [f"Use at most {MOST_PHRASES} phrases."]})
    for phrase in phrases:
        if len(phrase) > LONGEST_PHRASE:
            raise InvalidInputError(
                {"phrases": [f"Use up to {LONGEST_PHRASE} characters on a line."]}
            )
        if not split_words(phrase):
            raise InvalidInputError({"phrases": [f"“{phrase}” has no words in it."]})
    return phrases


def set_care(
    session: Session,
    actor: Actor,
    site_key: str,
    wanted: Care,
    *,
    seen: Care | None = None,
) -> Site:
    """Set what a site does, from the next comment on, and return the site.

    `seen` is what the actor saw before, None to set it whatever it is.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if it is to be on without phrases, or the text too long.
    :raises ChangedMeanwhileError: if it is not what was seen any more.
    """
    site = lock_own_site(session, actor, site_key)
    current = read_care(site)
    if seen is not None and seen != current:
        raise ChangedMeanwhileError(
            "Somebody changed this since you opened the page. Nothing was saved; look "
            "at it again and decide."
        )
    _check(wanted)
    if wanted == current:
        return site
    site.is_care_on = wanted.is_on
    is_shipped = wanted.phrases == SHIPPED_PHRASES
    site.care_phrases = None if is_shipped else "\n".join(wanted.phrases)
    site.care_help = wanted.help_text
    record_change(session, site, actor, f"Care: {_describe(current, wanted)}.")
    return site


def _list_lines(text: str) -> Iterable[str]:
    return filter(None, (" ".join(line.split()) for line in text.splitlines()))


def _check(wanted: Care) -> None:
    if wanted.is_on and not wanted.phrases:
        raise InvalidInputError(
            {"phrases": ["Give a phrase at least, or switch it off."]}
        )
    if len(wanted.help_text) > LONGEST_HELP:
        raise InvalidInputError(
            {"help_text": [f"Use up to {LONGEST_HELP:,} characters."]}
        )


def _describe(old: Care, new: Care) -> str:
    parts = []
    if old.is_on is not new.is_on:
        parts.append("switched on" if new.is_on else "switched off")
    if old.phrases != new.phrases:
        parts.append(f"changed the phrases to {len(new.phrases)}")
    if old.help_text != new.help_text:
        parts.append("changed the help text" if new.help_text else "no help text")
    return ", ".join(parts)
