"""Looks for sums of money and the talk of those who want it."""

from moderation.spam.context import Context
from moderation.spam.patterns import make_pattern
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

MONEY = make_pattern(
    """
    $, €, £, ₹, usd, eur, dollar, pound, btc, bucks, money, cash, income, profit, loan,
    bitcoin, casino, jackpot, payday, forex, discount, cheap, coupon, promo, free ship,
    best price, for sale, wholesale, online store
    """,
    r"""
    [$€£₹]\s?[0-9][0-9,.]{1,12}+
  | (?<![0-9.,])[0-9][0-9.,]{0,12}+\s?
    (?:[€£₹]|(?:usd|eur|dollars?|euros?|pounds?|bucks|btc|bitcoins?)\b)
  | \b(?:
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
    found = MONEY.find(submission.low_prose)
    for fewest, name in STEPS:
        if len(found) >= fewest:
            return Signal(
                name=name,
                weight=POINTS[name],
                reason="The text names sums of money, or ways to come by it.",
                spans=mark("body", found),
            )
    return None
