"""Looks for testimonies of wonders: spells, cures, lost money that came back."""

from moderation.spam.context import Context
from moderation.spam.patterns import make_word_pattern
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

TESTIMONY = make_word_pattern(
    """
    my, i, testimony, spell, herbal, cured, hacker, lottery, illuminati, dr, doctor,
    recovery, legit, loan
    """,
    r"""
    \b(?:
        my[ ]name[ ]is
      | i[ ]am[ ](?:mr|mrs|miss|from)
      | testimon(?:y|ies)
      | spell[ ]?-?(?:cast\w{0,4})?s?\b
      | herbal|cured?\b
      | hack(?:er|ers|ing)[ ](?:service|for[ ]hire)
      | lott(?:ery|o)
      | illuminati
      | dr\.?[ ]?[a-z]{3,60}+ | doctor[ ][a-z]{3,60}+
      | recover(?:y|ed)[ ](?:my|of|expert)
      | legit\b
      | loan[ ](?:offer|lender|company)
    )
    """,
)
FEWEST = 3


def find_testimony(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if three turns of such a story come together.

    Catches spell-casters, healers, lenders and recovery agents. Trips on somebody who
    names several doctors: one or two turns are no evidence, people write so about
    their own treatment. Weight: fitted, see docs/model-card.md.
    """
    found = TESTIMONY.find(submission.beginnings)
    if len(found) < FEWEST:
        return None
    return Signal(
        name="testimony_3",
        weight=POINTS["testimony_3"],
        reason="The text tells a story as healers, lenders and casters of spells do.",
        spans=mark("body", found),
    )
