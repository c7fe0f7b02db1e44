"""Owns where templates are found, and how those of mails are filled in."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    select_autoescape,
)

from moderation.domain.inert import cut_text, make_inert
from moderation.domain.plurals import count_in_words
from moderation.domain.scores import find_percent

PACKAGE = Path(__file__).parents[1]
ENGLISH = "en"

Translate = Callable[..., str]


def find_templates() -> Path:
    """Return the folder of the templates: beside the package, or in it in a wheel."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def render_mail(
    name: str, values: Mapping[str, object], *, language: str = ENGLISH
) -> tuple[str, str]:
    """Return the text and the HTML of a mail: templates `name`.txt and `name`.html."""
    environment = _make_environment()
    direction = "rtl" if language == "ar" else "ltr"
    given = {**values, "t": make_translate(language), "language": language}
    text, html = (
        environment.get_template(f"{name}.{kind}").render(direction=direction, **given)
        for kind in ("txt", "html")
    )
    return text.strip() + "\n", html


def make_translate(language: str) -> Translate:
    """Return what puts a text of mails into a language, and values into it."""
    words = _load_words().get(language, {})

    def translate(text: str, **values: object) -> str:
        return words.get(text, text).format(**values)

    return translate


@cache
def _load_words() -> Mapping[str, Mapping[str, str]]:
    path = find_templates() / "emails" / "words.json"
    words: Mapping[str, Mapping[str, str]] = json.loads(path.read_text("utf-8"))
    return words


@cache
def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(find_templates() / "emails"),
        # By the name: what is text must not be escaped.
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "inert": make_inert,
        "cut": cut_text,
        "percent": find_percent,
        "in_words": count_in_words,
        "quoted": _quote,
    }
    return environment


def _quote(text: str) -> str:
    """Return lines that nobody takes for ours: each begins with a sign."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))
