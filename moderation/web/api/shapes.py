"""Owns the shapes of comments, threads and sites, and how rows become them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moderation.domain.errors import InvalidInputError
from moderation.domain.networks import find_plain
from moderation.domain.policy import Policy
from moderation.domain.statuses import Action, Status
from moderation.services.access import Actor
from moderation.services.queues import Position
from moderation.spam.signal import Signal
from moderation.spam.verdict import Verdict
from moderation.storage.models import Comment, SignalEvidence, Site, Thread
from moderation.web.api.fields import Choice, Flag, Moment, Number, Text, Whole
from moderation.web.api.structures import Many, Maybe, Shape, given_shape

ACTIONS = {
    Status.APPROVED: Action.APPROVE,
    Status.REJECTED: Action.REJECT,
    Status.SPAM: Action.SPAM,
    Status.HELD: Action.HOLD,
}
MOST_AT_ONCE = 100
_POSITION = re.compile(r"([0-9T:.-]{19,26})Z_([0-9]{1,18})")

SITE_KEY = Text(about="The key of a site.", least=1, most=63, is_line=True)
CURSOR = Text(about="Where the page before said the next one begins.", most=100)
NEXT = Maybe(
    about="What to give as `after` for the next page; null on the last.", of=Text()
)
STATUS = Choice(about="Where a comment stands.", of=Status)
WHY = Text(about="Why, for the history.", most=1_000)

SPAN = given_shape(
    "Span",
    field=Text(about="Of which field."),
    start=Whole(about="In code points."),
    end=Whole(about="Behind the last."),
)
SIGNAL = given_shape(
    "Signal",
    name=Text(),
    weight=Number(about="In log-odds; above 0 speaks for spam."),
    reason=Text(about="In words."),
    spans=Many(of=SPAN, about="What of the comment it points at."),
)
NOTE = given_shape("Note", text=Text(), version=Whole(), changed_at=Moment())
COMMENT = given_shape(
    "Comment",
    id=Whole(),
    version=Whole(about="Grows with each change of the status."),
    status=STATUS,
    site=Text(about="The key of its site."),
    thread=Text(about="The key of its thread."),
    page=given_shape("Page", url=Text(), title=Text()),
    parent=Maybe(of=Whole(), about="The id of the comment it answers."),
    date=Moment(),
    name=Text(),
    email=Maybe(of=Text(), about="null without the scope `emails`."),
    ip=Maybe(of=Text(), about="null without the scope `emails`."),
    website=Text(),
    body=Text(about="As it was written."),
    html=Text(about="As it is shown: sanitised."),
    score=Number(about="Probability of spam, 0 to 1."),
    verdict=Maybe(of=Choice(of=Verdict), about="What the filter made of it."),
    signals=Many(of=SIGNAL),
    note=Maybe(of=NOTE, about="What moderators noted for each other."),
)
SITE = given_shape(
    "Site",
    key=Text(),
    name=Text(),
    is_open=Flag(about="Whether it takes comments."),
    policy=Choice(of=Policy),
    publish_below=Number(),
    spam_above=Number(),
    created_at=Moment(),
)
THREAD = given_shape(
    "Thread",
    id=Whole(),
    key=Text(),
    url=Text(),
    title=Text(),
    is_open=Flag(),
    approved=Whole(about="How many of its comments are shown."),
    created_at=Moment(),
)


def page_shape(title: str, /, **members: Many) -> Shape:
    """Return the shape of a page of something."""
    return given_shape(title, **members, next=NEXT)


def tell_comment(comment: Comment, actor: Actor, html: str) -> dict[str, Any]:
    """Return a comment as `actor` may see it."""
    has_contacts = actor.may_see_contacts(comment.site_id)
    note = comment.note
    return {
        "id": comment.id,
        "version": comment.version,
        "status": comment.status,
        "site": comment.site.key,
        "thread": comment.thread.key,
        "page": {"url": comment.thread.url, "title": comment.thread.title},
        "parent": comment.parent_id,
        "date": tell_moment(comment.created_at),
        "name": comment.name,
        "email": comment.email if has_contacts else None,
        "ip": find_plain(comment.ip) if has_contacts else None,
        "website": comment.website,
        "body": comment.body,
        "html": html,
        "score": comment.score,
        "verdict": comment.verdict,
        "signals": [tell_evidence(signal) for signal in comment.signals],
        "note": {
            "text": note.body,
            "version": note.version,
            "changed_at": tell_moment(note.changed_at),
        }
        if note
        else None,
    }


def tell_evidence(signal: SignalEvidence) -> dict[str, Any]:
    """Return a signal a comment was judged by."""
    spans = [{"field": f, "start": start, "end": end} for f, start, end in signal.spans]
    return {
        "name": signal.name,
        "weight": signal.weight,
        "reason": signal.reason,
        "spans": spans,
    }


def tell_signal(signal: Signal) -> dict[str, Any]:
    """Return a signal that was just found."""
    return {
        "name": signal.name,
        "weight": signal.weight,
        "reason": signal.reason,
        "spans": [
            {"field": span.field, "start": span.start, "end": span.end}
            for span in signal.spans
        ],
    }


def tell_site(site: Site) -> dict[str, Any]:
    """Return a site."""
    return {
        "key": site.key,
        "name": site.name,
        "is_open": site.is_open,
        "policy": site.policy,
        "publish_below": site.publish_below,
        "spam_above": site.spam_above,
        "created_at": tell_moment(site.created_at),
    }


def tell_thread(thread: Thread) -> dict[str, Any]:
    """Return a thread."""
    return {
        "id": thread.id,
        "key": thread.key,
        "url": thread.url,
        "title": thread.title,
        "is_open": thread.is_open,
        "approved": thread.approved_count,
        "created_at": tell_moment(thread.created_at),
    }


def make_limit(usual: int) -> Whole:
    """Return the parameter that says how long a page may be."""
    about = f"How many at most (default: {usual})."
    return Whole(about=about, least=1, most=MOST_AT_ONCE)


def tell_moment(moment: datetime) -> str:
    """Return an instant as RFC 3339 writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def make_tag(comment: Comment) -> str:
    """Return the ETag of a comment: it changes with the status, and with the note."""
    return f'"{comment.version}.{comment.note.version if comment.note else 0}"'


def write_cursor(position: Position | None) -> str | None:
    """Return a place in a list as clients hand it back."""
    if position is None:
        return None
    moment = position.moment.replace(tzinfo=None).isoformat()
    return f"{moment}Z_{position.comment_id}"


def read_cursor(text: str | None) -> Position | None:
    """Return the place a cursor names. :raises InvalidInputError: if it names none."""
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    try:
        moment = datetime.fromisoformat(f"{match[1]}+00:00") if match else None
    except ValueError:
        moment = None
    if match is None or moment is None:
        raise InvalidInputError(
            {"after": ["This is no place in the list. Begin at its start."]}
        )
    return Position(moment=moment, comment_id=int(match[2]))


def read_number_cursor(query: Mapping[str, Any]) -> int | None:
    """Return the id a cursor names. :raises InvalidInputError: if it names none."""
    text = query.get("after")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004
        raise InvalidInputError(
            {"after": ["This is no place in the list. Begin at its start."]}
        )
    return int(text)
