"""Owns what is made of an imported comment without a database: checked, rendered.

What a form refuses is repaired where that loses nothing people wrote, and noted. All
of this grows with the text; large imports do it in processes of their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address

from email_validator import EmailNotValidError, validate_email

from moderation.domain.errors import InvalidURLError
from moderation.domain.urls import find_host, parse_web_url
from moderation.formats.markdown import convert_html
from moderation.formats.records import ImportedComment
from moderation.services.drafts import compute_digest
from moderation.services.rendering import render_markdown
from moderation.services.sums import pack_words
from moderation.spam.belonging import find_promoted
from moderation.spam.learning import find_domains, find_fingerprint, find_words
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text

LONGEST_NAME = 245
LONGEST_EMAIL = 320
LONGEST_BODY = 65_525
NAMELESS = "Anonymous"
_SPACE = re.compile(r"[ \t\r\n]+")

# What is noted, as the report says it.
NO_NAME = "no name, so Anonymous"
LONG_NAME = "name longer than 245 characters, cut"
BAD_EMAIL = "no valid e-mail address, left empty"
BAD_WEBSITE = "website is no web address, left empty"
BAD_IP = "IP address unreadable, left empty"
NO_TIME = "no readable time, so the time of the import"
TOO_LONG = "longer than 65,525 characters, not imported"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A comment to prepare.

    `has_evidence`: it is to be learnt from; `is_remembered`: later comments that say
    the same are to be found by it.
    """

    comment: ImportedComment
    now: datetime
    own_hosts: Sequence[str] = ()
    has_evidence: bool = False
    is_remembered: bool = True


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A comment ready to be stored, and the notes on what was repaired.

    `bands` are those of its sketch, `domains` what it promotes, `author` the
    fingerprint. `words` (packed) and `linked` domains are what it teaches, `typed` is
    the text as its author typed it, which the filter reads: all empty if it teaches
    nothing.
    """

    comment: ImportedComment
    created_at: datetime
    name: str
    email: str
    website: str
    ip: str
    body: str
    html: str
    digest: bytes
    bands: Sequence[int]
    domains: Sequence[str]
    author: str
    words: bytes
    linked: Sequence[str]
    typed: str
    notes: Sequence[str]

    @property
    def is_too_long(self) -> bool:
        """Whether it can't be stored."""
        return len(self.body) > LONGEST_BODY

    def make_submission(self) -> Submission:
        """Return what the filter looks at."""
        return Submission(
            body=self.typed or self.body,
            author=self.name,
            email=self.email,
            website=self.website,
            posted_at=self.created_at,
            is_reply=bool(self.comment.parent),
        )


def prepare_all(tasks: Sequence[Task]) -> list[Prepared]:
    """Prepare comments, in their order."""
    return [prepare(task) for task in tasks]


def prepare(task: Task) -> Prepared:
    """Check and render one comment."""
    comment, notes = task.comment, list(task.comment.notes)
    body = _read_body(comment)
    name = _check_name(comment.name, notes)
    email = _check_email(comment.email, notes)
    website = _check_website(comment.website, notes)
    # What is too long is not stored: it need not be rendered.
    shown = body if len(body) <= LONGEST_BODY else ""
    if comment.created_at is None:
        notes.append(NO_TIME)
    # Of what was typed as HTML the filter knows more signs than of Markdown.
    typed = comment.body[:LONGEST_BODY] if comment.is_typed else body
    submission = Submission(body=typed, author=name, email=email, website=website)
    return Prepared(
        comment=replace(comment, body=""),
        created_at=comment.created_at or task.now,
        name=name,
        email=email,
        website=website,
        ip=_check_ip(comment.ip, notes),
        body=body,
        html=render_markdown(shown),
        digest=_find_digest(name, email, shown),
        bands=sketch_text(shown).keys if task.is_remembered else (),
        domains=find_promoted(submission, task.own_hosts),
        author=find_fingerprint(submission),
        words=pack_words(find_words(submission)) if task.has_evidence else b"",
        linked=sorted(find_domains(submission)) if task.has_evidence else (),
        typed=typed if task.has_evidence else "",
        notes=notes if len(body) <= LONGEST_BODY else [TOO_LONG],
    )


def _read_body(comment: ImportedComment) -> str:
    if comment.is_html:
        return convert_html(comment.body, is_typed=comment.is_typed)
    return comment.body.replace("\r\n", "\n").replace("\r", "\n")


def _find_digest(name: str, email: str, body: str) -> bytes:
    """Return the digest; authors without an address are told by their names."""
    digest = compute_digest(email, body)
    return digest if email else sha256(name.encode() + digest).digest()


def _check_name(text: str, notes: list[str]) -> str:
    name = _SPACE.sub(" ", text).strip()
    if not name:
        notes.append(NO_NAME)
        return NAMELESS
    if len(name) > LONGEST_NAME:
        notes.append(LONG_NAME)
    return name[:LONGEST_NAME]


def _check_email(text: str, notes: list[str]) -> str:
    try:
        if len(text) <= LONGEST_EMAIL:
            return _normalise_email(text.strip())
    except EmailNotValidError:
        pass
    notes.append(BAD_EMAIL)
    return ""


@lru_cache(maxsize=10_000)
def _normalise_email(text: str) -> str:
    return validate_email(text, check_deliverability=False).normalized


def _check_website(text: str, notes: list[str]) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        url = parse_web_url(text)
    except InvalidURLError:
        url = ""
    if "." in find_host(url):
        return url
    notes.append(BAD_WEBSITE)
    return ""


def _check_ip(text: str, notes: list[str]) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        return str(ip_address(text))
    except ValueError:
        notes.append(BAD_IP)
        return ""
