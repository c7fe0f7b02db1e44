"""Looks for sums of money and the talk of those who want it."""

from moderation.spam.context import Context
from moderation.spam.patterns import Ranges, make_pattern, make_word_pattern
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

SUM = make_pattern(
    "$, €, £, ₹, usd, eur, dollar, pound, bucks, btc, bitcoin",
    r"""
    [$€£₹]\s?[0-9][0-9,.]{1,12}+
  | (?<![0-9.,])[0-9][0-9.,]{0,12}+\s?
    (?:[€£₹]|(?:usd|eur|dollars?|euros?|pounds?|bucks|btc|bitcoins?)\b)
    """,
)
TALK = make_word_pattern(
    """
    earn, make, made, making, loan, bitcoin, casino, jackpot, payday, forex, discount,
    cheap, coupon, promo, free, best, for, wholesale, online
    """,
    r"""
    \b(?:
        (?:earn|make|made|making)[ ](?:(?:extra|some|more|online|real)[ ])?
        (?:money|cash|income|profits?)
      | loans?|bitcoin|casinos?|jackpot|payday|forex|discounts?|cheap(?:est)?
      | coupons?|promo[ ]codes?|free[ ]shipping|best[ ]prices?|for[ ]sale|wholesale
      | online[ ]store
    )\b
    """,
)
# The number of places from which each weight counts, the highest first.
STEPS = ((3, "money_3"), (1, "money"))


def find_money(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text names a sum of money, or how to come by it.

    Catches lenders, earners, shops and lottery winners. Trips on honest talk about
    what things cost, treatment among them, so one place weighs little. Weight: fitted,
    see docs/model-card.md.
    """
    found = _find_money(submission)
    for fewest, name in STEPS:
        if len(found) >= fewest:
            return Signal(
                name=name,
                weight=POINTS[name],
                reason="The text names sums of money, or ways to come by it.",
                spans=mark("body", found),
            )
    return None


def _find_money(submission: Submission) -> Ranges:
    """Return where money is named; "$5 million" and "5 bitcoin" are one place each."""
    found: Ranges = []
    end = 0
    sums, talk = SUM.find(submission.low_prose), TALK.find(submission.beginnings)
    for place in sorted(sums + talk):
        if place[0] >= end:
            found.append(place)
            end = place[1]
    return found
