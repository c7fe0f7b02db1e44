"""Owns what is made of an imported comment without a database: checked, rendered.

What a form refuses is repaired where that loses nothing people wrote, and noted. All
of this grows with the text; large imports do it in processes of their own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, NamedTuple

from email_validator import EmailNotValidError, validate_email

from moderation.domain.errors import InvalidURLError
from moderation.domain.networks import find_network
from moderation.domain.urls import find_host, parse_web_url
from moderation.formats.markdown import convert_html
from moderation.formats.records import ImportedComment
from moderation.services.drafts import compute_digest
from moderation.services.imports.rehearsal import Rehearsal, Tried
from moderation.services.imports.spool import unpack_comment
from moderation.services.rendering import render_markdown
from moderation.services.sums import pack_words
from moderation.spam.belonging import find_promoted
from moderation.spam.learning import (
    Label,
    find_domains,
    find_fingerprint,
    find_words,
)
from moderation.spam.pipeline import Judgement
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text

LONGEST_NAME = 245
LONGEST_EMAIL = 320
LONGEST_BODY = 65_525
LONGEST_USER_AGENT = 500
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


class Task(NamedTuple):
    """A comment to prepare, as the spool has it.

    `label` is what it is to teach, None if nothing; `is_judged`: the filter is to look
    at it, since a moderator will. `is_remembered`: later comments that say the same
    are to be found by it.
    """

    data: str
    label: Label | None = None
    is_judged: bool = False
    is_remembered: bool = True


class Prepared(NamedTuple):
    """A comment ready to be stored, and the notes on what was repaired.

    `bands` are those of its sketch, `domains` what it promotes, `author` the
    fingerprint. `words` (packed) and `linked` domains are what it teaches, both empty
    if it teaches nothing. `score` and `kept` are the file's. `judgement` is None
    unless the filter looked at it, and `tried` unless it was rehearsed.
    """

    created_at: datetime
    name: str
    email: str
    website: str
    ip: str
    network: str
    user_agent: str
    body: str
    html: str
    digest: bytes
    bands: Sequence[int]
    domains: Sequence[str]
    author: str
    words: bytes
    linked: Sequence[str]
    notes: Sequence[str]
    score: float | None
    kept: Mapping[str, Any] | None
    judgement: Judgement | None
    tried: Tried | None

    @property
    def is_too_long(self) -> bool:
        """Whether it can't be stored."""
        return len(self.body) > LONGEST_BODY


class Preparer:
    """Prepares the comments of one import, in the order in which they are stored."""

    def __init__(
        self, *, now: datetime, own_hosts: Sequence[str], labelled: int
    ) -> None:
        """`labelled` is of how many comments it learns as it goes on."""
        self._now = now
        self._own_hosts = own_hosts
        self._rehearsal = Rehearsal(labelled=labelled)

    def prepare_all(self, tasks: Sequence[Task]) -> list[Prepared]:
        """Prepare comments, in their order."""
        return [self._prepare(task) for task in tasks]

    def _prepare(self, task: Task) -> Prepared:
        """Check, render and read one comment."""
        comment = unpack_comment(task.data)
        notes = list(comment.notes)
        body = _read_body(comment)
        submission = self._make_submission(comment, body, notes)
        ip = _check_ip(comment.ip, notes)
        # What is too long is not stored: it need not be rendered.
        is_too_long = len(body) > LONGEST_BODY
        shown = "" if is_too_long else body
        judgement, tried = (
            (None, None) if is_too_long else self._judge(task, submission, body)
        )
        teaches = task.label is not None
        return Prepared(
            created_at=submission.posted_at or self._now,
            name=submission.author,
            email=submission.email,
            website=submission.website,
            ip=ip,
            network=_find_network(ip) if ip else "",
            user_agent=comment.user_agent[:LONGEST_USER_AGENT],
            body=body,
            html=render_markdown(shown),
            digest=_find_digest(submission.author, submission.email, shown),
            bands=sketch_text(shown).keys if task.is_remembered else (),
            domains=find_promoted(submission, self._own_hosts),
            author=find_fingerprint(submission),
            words=pack_words(find_words(submission)) if teaches else b"",
            linked=sorted(find_domains(submission)) if teaches else (),
            notes=[TOO_LONG] if is_too_long else notes,
            score=comment.score,
            kept=comment.kept,
            judgement=judgement,
            tried=tried,
        )

    def _make_submission(
        self, comment: ImportedComment, body: str, notes: list[str]
    ) -> Submission:
        """Return what the filter looks at, of fields that were checked."""
        submission = Submission(
            # Of what was typed as HTML the filter knows more signs than of Markdown.
            body=comment.body[:LONGEST_BODY] if comment.is_typed else body,
            author=_check_name(comment.name, notes),
            email=_check_email(comment.email, notes),
            website=_check_website(comment.website, notes),
            posted_at=comment.created_at or self._now,
            is_reply=bool(comment.parent),
        )
        if comment.created_at is None:
            notes.append(NO_TIME)
        return submission

    def _judge(
        self, task: Task, submission: Submission, body: str
    ) -> tuple[Judgement | None, Tried | None]:
        if task.label is not None:
            if self._rehearsal.is_next():
                return self._rehearsal.learn(submission, task.label)
        elif task.is_judged:
            return self._rehearsal.judge(replace(submission, body=body)), None
        return None, None


def prepare_here(
    preparer: Preparer, tasks: Iterable[Sequence[Task]]
) -> Iterator[list[Prepared]]:
    """Prepare batches in this process, one after the other."""
    for some in tasks:
        yield preparer.prepare_all(some)


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


@lru_cache(maxsize=10_000)
def _find_network(ip: str) -> str:
    return find_network(ip)


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
