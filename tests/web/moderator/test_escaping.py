"""Whatever is stored in whatever field, nothing of it runs on moderators' pages."""

from collections.abc import Sequence
from html.parser import HTMLParser

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.statuses import Status
from moderation.storage.models import Comment, Note, SignalEvidence, Thread
from tests.factories import make_comment, make_thread
from tests.web.visiting import Visitor, name_version

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</textarea></title></mark><svg onload=alert(1)>",
    "http://x.com/?'onmouseover='alert(1)'x='",
    "javascript:alert(1)",
    "{{ 7 * 7777 }}{% debug %}",
]
FIELDS = [
    "name",
    "email",
    "website",
    "body",
    "parent_body",
    "parent_name",
    "title",
    "thread_url",
    "thread_key",
    "reason",
    "failure",
    "user_agent",
    "network",
    "ip",
    "why",
    "site",
    "note",
]
TARGETS = ("/", "https://", "http://", "#")
OUR_TAGS = {
    *("html", "head", "meta", "title", "link", "body", "header", "main", "nav", "a"),
    *("img", "form", "input", "button", "span", "p", "h1", "h2", "ol", "ul", "li"),
    *("article", "div", "strong", "bdi", "time", "mark", "blockquote", "cite", "svg"),
    *("rect", "details", "summary", "section", "dl", "dt", "dd", "label", "textarea"),
    *("path", "kbd", "dialog", "template", "script", "b"),
}


class Page(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: set[str] = set()
        self.scripts: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.add(dict(attrs).get("src") or "inline")
        self.targets |= {
            value or "" for name, value in attrs if name in {"href", "src", "action"}
        }


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_that_is_stored_runs(
    alice: Visitor, bob: Visitor, session: Session, thread: Thread, field: str
) -> None:
    comments = [store(session, thread, field, attack) for attack in ATTACKS]
    pages = [alice.get("/moderate/"), preview(alice, comments)]
    for comment, attack in zip(comments, ATTACKS, strict=True):
        bob.decide("approve", comment, why=attack if field == "why" else "")
        pages.append(alice.get(f"/moderate/comments/{comment.id}"))
    pages.append(alice.decide("spam", *comments))

    for page in pages:
        seen = Page(page.text)
        assert seen.tags <= OUR_TAGS
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert "style" not in seen.attributes
        assert all(script.startswith("/static/") for script in seen.scripts)
        assert all(target.startswith(TARGETS) for target in seen.targets)
        assert "54439" not in page.text


def preview(visitor: Visitor, comments: Sequence[Comment]) -> TestResponse:
    return visitor.post(
        "/moderate/preview",
        action="spam",
        comment=[name_version(comment) for comment in comments],
    )


def store(session: Session, thread: Thread, field: str, attack: str) -> Comment:
    """Return a held comment with `attack` in one field, past every check."""
    if field in {"title", "thread_url", "thread_key"}:
        thread = make_thread(session, thread.site, key=f"post-{attack}")
    parent = make_comment(session, thread, status=Status.APPROVED)
    comment = make_comment(session, thread, parent=parent, score=0.5)
    reason = attack if field == "reason" else "A reason."
    fields = {
        "author": comment.name,
        "email": comment.email,
        "website": comment.website,
        "body": comment.body,
    }
    match field:
        case "ip" if session.get_bind().dialect.name != "sqlite":
            # PostgreSQL would take none of these: they are too long for an address.
            comment.ip = "<b onclick=alert(1)>{{ 7 * 7777 }}"
        case "name" | "email" | "website" | "body" | "user_agent" | "network" | "ip":
            setattr(comment, field, attack)
            fields["author" if field == "name" else field] = attack
        case "parent_body" | "parent_name":
            setattr(parent, field.removeprefix("parent_"), attack)
        case "title":
            thread.title = attack
        case "thread_url" | "thread_key":
            thread.title = ""
            setattr(thread, field.removeprefix("thread_"), attack)
        case "failure":
            comment.failures = [attack]
        case "note":
            comment.note = Note(body=attack)
        case "site":
            thread.site.name = attack
    comment.signals.append(
        SignalEvidence(
            position=0,
            name="attack",
            weight=1.0,
            reason=reason,
            spans=[[name, 1, len(value) - 1] for name, value in fields.items()],
        )
    )
    session.commit()
    return comment
