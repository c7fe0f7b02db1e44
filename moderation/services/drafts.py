"""Owns the draft: a comment with all that can be made of it without a database."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from moderation.services.rendering import render_markdown
from moderation.spam.submission import Submission
from moderation.spam.twins import Sketch, sketch_text


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A comment whose fields were validated, and what was made of it alone.

    `website` is "" or canonical, `parent` the id of the comment it answers, `html`
    the body rendered, `sketch` what near-duplicates are found by. `digest` (32 bytes)
    is alike when an author sends the same text twice.
    """

    thread: str
    url: str
    title: str
    name: str
    email: str
    website: str
    body: str
    parent: int | None
    html: str
    sketch: Sketch
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How a comment came; None stands for what can't be known.

    `form_seconds` lie between showing and sending the form; `is_honeypot_filled` is
    None if the form that was served had no such field; `author_comment` is the id of an
    earlier comment that the browser proved to have sent; `at` None is now.
    """

    ip: str = ""
    user_agent: str = ""
    form_seconds: float | None = None
    is_honeypot_filled: bool | None = None
    author_comment: int | None = None
    at: datetime | None = None


def prepare_draft(
    *,
    thread: str,
    name: str,
    email: str,
    body: str,
    url: str = "",
    title: str = "",
    website: str = "",
    parent: int | None = None,
) -> Draft:
    """Return the draft of validated fields.

    This is the work that grows with the text; done before the unit of work begins,
    it keeps no other writer waiting.
    """
    return Draft(
        thread=thread,
        url=url,
        title=title,
        name=name,
        email=email,
        website=website,
        body=body,
        parent=parent,
        html=render_markdown(body),
        sketch=sketch_text(body),
        digest=compute_digest(email, body),
    )


def make_submission(draft: Draft, arrival: Arrival, at: datetime) -> Submission:
    """Return what the filter looks at."""
    return Submission(
        body=draft.body,
        author=draft.name,
        email=draft.email,
        website=draft.website,
        ip=arrival.ip,
        user_agent=arrival.user_agent,
        posted_at=at,
        thread=draft.thread,
        is_reply=draft.parent is not None,
    )


def compute_digest(email: str, body: str) -> bytes:
    """Return what is alike when an author sends the same text twice (32 bytes)."""
    text = " ".join(body.split())
    return hashlib.sha256(f"{email.lower()}\n{text}".encode()).digest()
