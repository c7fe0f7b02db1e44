"""Looks for program code (a cue for honesty)."""

import re

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.reading import Markup
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

CODE = re.compile(
    r"""
      ```
    | `[^`\n]{1,80}+`
    | &lt;/?[a-z]{1,12}
    | [\w)\]]\(\)
    | \b\w{1,60}+\.\w{1,60}+\(
    | [{;]\r?$
    | (?:^|\s)(?:--[a-z]{2,60}+|\$[ ][a-z]{1,60}+[ ])
    | =>
    """,
    re.VERBOSE | re.MULTILINE,
)
# Without one of these nothing of the above can match.
SIGNS = ("`", "&lt;", "--", "$ ", "=>")
MARK_SIGNS = "({;"
MARKS = re.compile(r"[({;](?:(?<=[\w)\]]\()|(?<=[{;])(?:\r?\n|\r?\Z))")
CAMEL_CASE = re.compile(r"\b[a-z]{1,60}+[A-Z][a-z]{1,60}+\b")
INNER_CAPITAL = re.compile(r"[A-Z](?<=[a-z][A-Z])")
LINKED = frozenset({Markup.HTML, Markup.BBCODE})


def find_code(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal against spam if the text holds program code.

    Speaks for readers of technical blogs, unless their links are tags, as those of
    posting programs are. Easily added to spam, so the weight is capped. Weight: fitted,
    see docs/model-card.md.
    """
    if any(link.markup in LINKED for link in submission.links):
        return None
    match = _find_code(submission.prose)
    if match is None:
        return None
    return Signal(
        name="code",
        weight=POINTS["code"],
        reason="The text holds program code.",
        spans=mark("body", [match.span()]),
    )


def _find_code(prose: str) -> re.Match[str] | None:
    match = CODE.search(prose) if _may_hold_code(prose) else None
    if match is None and INNER_CAPITAL.search(prose):
        return CAMEL_CASE.search(prose)
    return match


def _may_hold_code(prose: str) -> bool:
    if any(sign in prose for sign in SIGNS):
        return True
    has_mark = any(sign in prose for sign in MARK_SIGNS)
    return has_mark and MARKS.search(prose) is not None
