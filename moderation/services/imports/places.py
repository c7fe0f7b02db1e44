"""Owns which thread an imported page becomes: by its address, or by a list."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from moderation.domain.errors import InvalidInputError, InvalidURLError
from moderation.domain.urls import parse_web_url
from moderation.formats.records import BrokenFileError, ImportedThread
from moderation.formats.times import parse_instant

LONGEST_KEY = LONGEST_TITLE = 500


@dataclass(frozen=True, kw_only=True)
class Page:
    """The thread that a page becomes. `url` is "" if it has none."""

    key: str
    url: str
    title: str
    is_open: bool = True
    is_deleted: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PlaceRules:
    """How pages are found again.

    `keys` gives the thread's key for an address, or for what the file names a page by;
    `rewrites` are beginnings of addresses and what stands there now, the first that
    fits counts.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    rewrites: Sequence[tuple[str, str]] = ()


def read_keys(path: Path) -> Mapping[str, str]:
    """Return the list in a CSV file: address or name of the page, key of its thread.

    :raises BrokenFileError: at a line that has not these two.
    """
    keys = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for number, row in enumerate(csv.reader(file), start=1):
                if not row:
                    continue
                if len(row) != 2 or not all(row):  # noqa: PLR2004 a pair
                    raise BrokenFileError(
                        f"{path.name}, line {number}",
                        "give the old address, a comma, and the key of the thread",
                    )
                keys[row[0]] = row[1]
        except (UnicodeDecodeError, csv.Error) as error:
            raise BrokenFileError(
                path.name, f"this is no CSV in UTF-8 ({error})"
            ) from error
    return keys


def read_rewrite(text: str) -> tuple[str, str]:
    """Return the rule in "OLD=NEW". :raises InvalidInputError: if it is none.

    The first "=" before "http" or "/" parts them, as addresses have some of their own.
    """
    for mark in ("=https://", "=http://", "="):
        old, found, new = text.partition(mark)
        if found and old:
            return old, mark[1:] + new
    raise InvalidInputError({"rewrite": [f"{text!r} is not OLD=NEW"]})


def find_page(thread: ImportedThread, rules: PlaceRules, *, home: str = "") -> Page:
    """Return what a page becomes: the path of its address is the thread's key.

    That is what the embed script asks for where a page names none. `home` is the
    origin of the blog, for pages that come with a path alone.

    :raises BrokenFileError: if there is no key to be had, or too long a one.
    """
    url = _rewrite(thread.url or thread.key, rules)
    names = (thread.url, url, thread.key, thread.id)
    key = next((rules.keys[name] for name in names if name in rules.keys), "")
    if not key:
        key = _rewrite(thread.key, rules) if thread.key else ""
        key = find_path(url or key) or key or thread.id
    if not key.strip() or len(key) > LONGEST_KEY:
        raise BrokenFileError(
            f"page {thread.id[:80]!r}",
            f"its address makes no key of 1 to {LONGEST_KEY} characters; give it one "
            "with --map",
        )
    return Page(
        key=key,
        # Ours say it if they have one.
        url="" if thread.is_kept and not thread.url else _find_url(url, home),
        title=" ".join(thread.title.split())[:LONGEST_TITLE],
        is_open=thread.is_open,
        is_deleted=thread.is_deleted,
        created_at=parse_instant(thread.created_at),
    )


def find_path(url: str) -> str:
    """Return path and query of an address, "" if it is none.

    The query counts only at the root, where old blogs name pages by number (`/?p=1`).
    """
    if "://" not in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = parts.path or "/"
    return f"{path}?{parts.query}" if path == "/" and parts.query else path


def _rewrite(url: str, rules: PlaceRules) -> str:
    for old, new in rules.rewrites:
        if url.startswith(old):
            return new + url.removeprefix(old)
    return url


def _find_url(url: str, home: str) -> str:
    if url.startswith("/") and home:
        url = home + url
    if "://" not in url:
        return ""
    try:
        return parse_web_url(url)
    except InvalidURLError:
        return ""
