"""What the tests of the public form send, and how they look at what comes back."""

import json
import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.storage.models import Comment
from tests.factories import ORIGIN

OWN = "http://localhost"
HIDDEN = "null"
URL = "/embed/blog/comments"
PAGE = "/embed/blog?thread=post-1"
JSON = "/embed/blog/comments?thread=post-1"
EMAIL = "bob.secret@example.org"


def make_fields(**changes: object) -> dict[str, Any]:
    """Return the fields of a comment that is taken, but for the token."""
    fields: dict[str, Any] = {
        "thread": "post-1",
        "name": "Bob",
        "email": EMAIL,
        "comment": "I wonder whether this would help me as well.",
    }
    return {**fields, **changes}


def fetch_token(client: FlaskClient, url: str = JSON) -> str:
    """Return the token of the JSON, or of the page's form."""
    answer = client.get(url)
    if answer.is_json:
        return str(read_json(answer)["token"])
    return find_value(answer.text, "token")


def read_json(answer: TestResponse) -> dict[str, Any]:
    """Return the object that an answer holds."""
    document: dict[str, Any] = json.loads(answer.text)
    return document


def find_value(page: str, name: str) -> str:
    """Return what a page's form holds in a field of one line."""
    return dict(read_page(page).inputs)[name]


def post_json(
    client: FlaskClient,
    fields: object,
    *,
    origin: str | None = ORIGIN,
    url: str = URL,
) -> TestResponse:
    """Post as a script on the blog's page does."""
    headers = {"Origin": origin} if origin is not None else {}
    return client.post(url, json=fields, headers=headers)


def post_form(
    client: FlaskClient,
    fields: dict[str, Any],
    *,
    origin: str | None = OWN,
    address: str = "192.0.2.1",
) -> TestResponse:
    """Post as a browser sends a form from one of our own pages."""
    headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    if origin is not None:
        headers["Origin"] = origin
    return client.post(
        URL, data=fields, headers=headers, environ_base={"REMOTE_ADDR": address}
    )


def find_comments(session: Session) -> list[Comment]:
    """Return all comments stored, oldest first; leave the database to the app."""
    comments = list(session.scalars(select(Comment).order_by(Comment.id)))
    session.commit()
    return comments


class Page(HTMLParser):
    """All elements of a page with their attributes, and the form's values."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inputs: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "input":
            self.inputs.append((attributes["name"], attributes.get("value", "")))


def read_page(text: str) -> Page:
    """Return a page as a browser would take it apart."""
    page = Page()
    page.feed(text)
    return page


def is_own_script(tag: str, attributes: dict[str, str]) -> bool:
    """Return whether this is the script that tells a frame's height."""
    source = attributes.get("src", "")
    return tag == "script" and source.startswith("/static/embed-page.js?v=")


def find_dangers(text: str) -> list[str]:
    """Return what could run or load something in a page; [] for a harmless one."""
    return [
        f"{tag} {name}={value}"
        for tag, attributes in read_page(text).elements
        for name, value in [("", ""), *attributes.items()]
        if not is_own_script(tag, attributes)
        if tag in {"script", "iframe", "img", "svg", "object", "embed", "base"}
        or name.startswith("on")
        or name in {"style", "srcdoc", "formaction"}
        or (
            name in {"href", "src", "action"}
            and not re.match(r"https?://|/|#|mailto:", value)
        )
    ]
