"""Owns the addresses of Find: what is looked for, and from where on."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from moderation.services.wishes import WISHES

# Beside the wish: a known author by seal, and where the page begins.
AUTHOR, AFTER = "author", "after"
NAMES = (*WISHES, AUTHOR)


def write_query(typed: Mapping[str, str], *, after: str | None = None) -> str:
    """Return the query of a page of Find, to be put behind its address."""
    fields = {name: typed[name] for name in NAMES if typed.get(name)}
    return urlencode({**fields, AFTER: after} if after else fields)


def find_way_back(query: str, *, done: str | None, comment_id: int | None) -> str:
    """Return the address of the page of Find with a query; nothing else is taken.

    `done` is the batch to tell of there, `comment_id` the comment to look at next.
    """
    known: dict[str, Any] = {
        name: value for name, value in parse_qsl(query) if name in {*NAMES, AFTER}
    }
    anchor = f"comment-{comment_id}" if comment_id else None
    return url_for("moderator.show_findings", **known, done=done, _anchor=anchor)
