"""Looks for texts that tell the reader where to go and whom to call."""

from moderation.spam.context import Context
from moderation.spam.patterns import make_word_pattern
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

CALL = make_word_pattern(
    """
    click, follow, visit, buy, order, shop, book, call, apply, join, subscribe,
    register, hire, contact, mail, email, text, reach, message, download, try, act,
    sign, feel, here, look, surf, check, see, my, our, also, for, more, get, watch,
    hurry
    """,
    r"""
    \b(?:
        click[ ]{1,2}(?:here|on[ ](?:the|this|my)|(?:the|this)[ ]link|now|below)
      | (?:follow|visit)[ ]this[ ]link
      | visit[ ](?:my|our|us|here|now|website|th(?:is|e)[ ](?:site|web|page|link))
      | (?:buy|order|shop|book|call|apply|join|subscribe|register|hire|contact|e?mail
          |text|reach(?:[ ]out[ ]to)?|message|download|try|act|sign[ ]up)
        [ ](?:him|her|them|us|now|here|today|online|via|through|dr|doctor)
      | feel[ ]free[ ]to[ ](?:visit|surf|check|contact)
      | (?:here[ ]is|look[ ]at|surf[ ]to|visit|check[ ]out|see)[ ]my
        [ ](?:web|site|page|blog|homepage)
      | my[ ](?:web[ ]?-?(?:site|page|blog|log)|home[ ]?page|blog[ ]post|site|page)
      | our[ ](?:store|shop|web[ ]?-?site|services?)
      | also[ ]visit
      | (?:for[ ])?more[ ](?:info|details|information)(?:[ ]here)?
      | check[ ](?:out[ ])?(?:my|our)
      | get[ ](?:it[ ](?:here|now)|yours) | watch[ ]here | hurry[ ]up
    )\b
    """,
)
# The number of calls from which each weight counts, the highest first.
STEPS = ((3, "call_to_action_3"), (1, "call_to_action"))


def find_call_to_action(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text asks for a click, a call or an order.

    Catches advertisements of all kinds. Trips on honest pointers to one's own site
    ("I wrote it up on my site"). Weight: fitted, see docs/model-card.md.
    """
    found = CALL.find(submission.beginnings)
    for fewest, name in STEPS:
        if len(found) >= fewest:
            start, end = found[0]
            return Signal(
                name=name,
                weight=POINTS[name],
                reason=f"The text asks readers to act: “{submission.body[start:end]}”.",
                spans=mark("body", found),
            )
    return None
