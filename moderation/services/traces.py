"""Owns what tells of a person beside the comments: mails, answers, rules, remarks."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation.services.mails import COMMENTS_HEADER
from moderation.storage.models import (
    ApiTokenSite,
    Comment,
    Decision,
    KeptAnswer,
    Mail,
    Note,
    Rule,
    Site,
    SiteChange,
)
from moderation.storage.models.base import Base

# Who it was is not said; that it was somebody is.
BLANK = "(erased)"
ROWS_AT_ONCE = 200
# A shorter text stands by chance in what tells of somebody else.
FEWEST_CHARACTERS = 12


def erase_traces(
    session: Session,
    sites: Sequence[Site],
    address: str,
    texts: Sequence[str],
    *,
    comment_ids: Iterable[int] = (),
) -> Counter[int]:
    """Erase what tells of a person on sites; return by site how many things did.

    `texts` are what the person wrote, in the comments `comment_ids`. Mails are of no
    site: they are counted under 0.
    """
    found: Counter[int] = Counter()
    named = _compile_address(address)
    pattern = _compile(named, texts)
    found[0] += _delete_mails(session, pattern, set(map(str, comment_ids)))
    for site in sites:
        found[site.id] += _delete_rules(session, site, address, named)
        found[site.id] += _delete_answers(session, site, pattern)
        found[site.id] += _blank_remarks(session, site, address, named)
    return found


def _compile_address(address: str) -> re.Pattern[str]:
    """Return what finds an address, and none that is part of a longer one."""
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def _compile(named: re.Pattern[str], texts: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the person or the texts: as they are, in JSON, in HTML."""
    forms: set[str] = set()
    for text in texts:
        if len(text) >= FEWEST_CHARACTERS:
            forms |= {text, escape(text), json.dumps(text)[1:-1]}
            forms.add(json.dumps(text, ensure_ascii=False)[1:-1])
    patterns = [named.pattern, *map(re.escape, sorted(forms))]
    return re.compile("|".join(patterns), re.IGNORECASE)


def _delete_mails(
    session: Session, pattern: re.Pattern[str], comment_ids: set[str]
) -> int:
    """Delete mails to the person, or about what the person wrote."""
    rows = session.execute(
        select(
            Mail.id, Mail.recipient, Mail.subject, Mail.text, Mail.html, Mail.headers
        ).execution_options(yield_per=ROWS_AT_ONCE)
    )
    ids = [
        row.id
        for row in rows
        if any(
            pattern.search(text)
            for text in (row.recipient, row.subject, row.text, row.html)
        )
        or pattern.search(json.dumps(row.headers))
        or comment_ids.intersection(row.headers.get(COMMENTS_HEADER, "").split())
    ]
    for start in range(0, len(ids), ROWS_AT_ONCE):
        session.execute(
            delete(Mail).where(Mail.id.in_(ids[start : start + ROWS_AT_ONCE]))
        )
    return len(ids)


def _delete_rules(
    session: Session, site: Site, address: str, named: re.Pattern[str]
) -> int:
    """Delete the rules of a site that name the person: they would keep the address."""
    rows = session.scalars(
        select(Rule).where(
            Rule.site_id == site.id,
            func.lower(Rule.value).contains(address, autoescape=True),
        )
    )
    rules = [rule for rule in rows if named.search(rule.value)]
    for rule in rules:
        session.delete(rule)
    if rules:
        site.rules_count -= len(rules)
        session.flush()
    return len(rules)


def _delete_answers(session: Session, site: Site, pattern: re.Pattern[str]) -> int:
    """Delete answers kept for programs of a site that tell of the person."""
    rows = session.scalars(
        select(KeptAnswer)
        .join(ApiTokenSite, ApiTokenSite.token_id == KeptAnswer.token_id)
        .where(ApiTokenSite.site_id == site.id)
    ).all()
    found = [row for row in rows if pattern.search(row.body)]
    for row in found:
        session.delete(row)
    session.flush()
    return len(found)


def _blank_remarks(
    session: Session, site: Site, address: str, named: re.Pattern[str]
) -> int:
    """Blank the address in what moderators wrote of others, and in the site's log."""
    number = 0
    for model, column in (
        (Note, Note.body),
        (Decision, Decision.why),
        (SiteChange, SiteChange.text),
    ):
        rows = session.scalars(_find_remarks(model, column, site, address))
        for row in rows.all():
            text = getattr(row, column.key)
            blanked = named.sub(BLANK, text)
            setattr(row, column.key, blanked)
            number += blanked != text
    session.flush()
    return number


def _find_remarks(
    model: type[Base],
    column: InstrumentedAttribute[str],
    site: Site,
    address: str,
) -> Select[Any]:
    query = select(model).where(func.lower(column).contains(address, autoescape=True))
    if model is SiteChange:
        return query.where(SiteChange.site_id == site.id)
    on_site = select(Comment.id).where(Comment.site_id == site.id)
    comment_id = Note.comment_id if model is Note else Decision.comment_id
    return query.where(comment_id.in_(on_site))
