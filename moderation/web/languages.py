"""Owns the languages that a blog's readers are spoken to in: which, and their texts.

A text is known by its English. Each language is one file in `words`: what the element
says by itself (`element`), and what only our pages and answers say (`page`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Request, g, has_request_context, request
from markupsafe import Markup

FOLDER = Path(__file__).parent / "words"
ENGLISH = "en"
# The audiences that read and write on blogs.
READERS = frozenset({"embed", "subscriptions", "wordpress"})
LANGUAGES = (ENGLISH, "de", "fr", "es", "ja", "ar")


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language: its tag (BCP 47), `ltr` or `rtl`, and its texts by the English."""

    tag: str
    direction: str
    element: MappingProxyType[str, str]
    page: MappingProxyType[str, str]

    def find(self, text: str) -> str:
        """Return a text in this language, as it is if nobody has put it into it."""
        return self.page.get(text) or self.element.get(text) or text


@cache
def load_language(tag: str) -> Language:
    """Return one of `LANGUAGES`."""
    document = json.loads((FOLDER / f"{tag}.json").read_text(encoding="utf-8"))
    return Language(
        tag=tag,
        direction=document["direction"],
        element=MappingProxyType(document["element"]),
        page=MappingProxyType(document["page"]),
    )


def choose_language(asking: Request) -> str:
    """Return the tag of the language for whoever asks.

    That is the page's own, if it names one we speak (`lang`), else what the browser
    prefers, else English.
    """
    asked = asking.args.get("lang", "").lower().replace("_", "-").split("-")[0]
    if asked in LANGUAGES:
        return asked
    wanted = (tag.lower().split("-")[0] for tag in asking.accept_languages.values())
    return next((tag for tag in wanted if tag in LANGUAGES), ENGLISH)


def get_language() -> Language:
    """Return the language of the current answer: that of whoever reads a blog.

    All others are spoken to in English.
    """
    if not has_request_context() or request.blueprint not in READERS:
        return load_language(ENGLISH)
    if "language" not in g:
        g.language = choose_language(request)
    return load_language(g.language)


def speak_as_asked() -> None:
    """Let the query alone decide on the language of the current answer."""
    asked = request.args.get("lang", "").lower().split("-")[0]
    g.language = asked if asked in LANGUAGES else ENGLISH


def translate(text: str, **values: object) -> str:
    """Return a text in the language of the current answer, its values put in."""
    found = get_language().find(text)
    return found.format(**values) if values else found


def translate_errors(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return messages by field, each in the language of the current answer."""
    return {
        name: [translate(message) for message in messages]
        for name, messages in errors.items()
    }


def address(text: str, name: str) -> Markup:
    """Return a text with a person's name in it, kept from turning the words around."""
    before, _, after = get_language().find(text).partition("{name}")
    return Markup("{}<bdi>{}</bdi>{}").format(before, name, after)


def show_date(date: datetime) -> str:
    """Return an instant as people read it: written out in English, else in digits."""
    if get_language().tag == ENGLISH:
        return f"{date:%-d %B %Y, %H:%M} UTC"
    return f"{date:%Y-%m-%d %H:%M} UTC"


def init_languages(app: Flask) -> None:
    """Give templates `t(text)`, and what language a page is in."""
    app.add_template_global(translate, "t")
    app.add_template_global(get_language, "get_language")
    app.add_template_global(address, "address")
    app.add_template_global(show_date, "show_date")
