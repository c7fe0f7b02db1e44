"""Owns the language of the search box: words, "phrases", beginn*, -unwanted, is:spam.

Nothing that is typed is an error: what means nothing special is looked for as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What can stand before a colon, and the filter it sets; `name` is a field of text.
KEYS = {
    "from": "from",
    "site": "site",
    "status": "status",
    "is": "status",
    "reason": "reason",
    "network": "network",
    "name": "name",
}
NAME = "name"
LONGEST_QUESTION = 500
MOST_PARTS = 20

_PART = re.compile(
    r"""(?P<minus>-?)(?:(?P<key>[a-zA-Z]{2,10}):)?
        (?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))(?P<star>\*?)""",
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Words to look for, as typed. `field` is `name`, or "" for any."""

    text: str
    field: str = ""
    is_prefix: bool = False
    is_unwanted: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was typed: parts of text, and filters by name."""

    parts: Sequence[Part]
    filters: Mapping[str, str]


def read_question(text: str) -> Question:
    """Return what a text asks for. A filter named twice is what it is last."""
    parts: list[Part] = []
    filters: dict[str, str] = {}
    for match in _PART.finditer(text[:LONGEST_QUESTION]):
        key = KEYS.get((match["key"] or "").lower(), "")
        value = match["phrase"] if match["phrase"] is not None else match["word"]
        if key and key != NAME and not match["minus"] and value.strip():
            filters[key] = value.strip()
            continue
        if match["key"] and not key:
            # An address, or a word with a colon.
            value = f"{match['key']}:{value}"
        is_prefix = bool(match["star"]) or value.endswith("*")
        parts.append(
            Part(
                text=value.rstrip("*"),
                field=NAME if key == NAME else "",
                is_prefix=is_prefix,
                is_unwanted=bool(match["minus"]),
            )
        )
    return Question(parts=parts[:MOST_PARTS], filters=filters)
