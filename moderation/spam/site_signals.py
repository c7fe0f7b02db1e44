"""Owns what the shipped signals meant on a site so far."""

from itertools import islice

from moderation.spam.learning import Learnt, compute_ratios, score_signals
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal

MOST_NAMED = 3
# Signals that their own names don't explain; the others' do.
NAMES = {
    "bbcode": "bulletin board code",
    "camel_case_name": "name joined LikeThis",
    "deep_website": "website that is one page",
    "digits_in_name": "number in the name",
    "html_anchor": "link written in HTML",
    "listed_phrases": "phrases often seen in spam",
    "prior_words": "words known to the filter",
    "risky_tld": "link into a risky domain",
    "short_anchor": "link on a few words",
    "shortener": "shortened link",
    "unlinked_phrases": "phrases often seen in spam",
    "unquoted_href": "HTML link without quotes",
    "website_without_link": "website, but no link in the text",
}


def find_site_signals(names: frozenset[str], learnt: Learnt) -> Signal | None:
    """Return a signal if comments that showed these signals were mostly of one kind.

    `names` are those of the shipped signals that the comment shows: this looks at what
    the other heuristics found, and runs after them. Catches what one site sees of spam
    and clears what its readers do: code on a programmer's blog. Trips on the honest
    comment that looks like the site's spam. Weight: measured on the streams of four
    blogs, small because the signals count by themselves already.
    """
    ratios = compute_ratios(names, learnt.signals, learnt.totals)
    score = score_signals(ratios, len(names), learnt)
    if not score:
        return None
    side = 1 if score > 0 else -1
    named = sorted(ratios, key=lambda name: (-side * ratios[name], name))
    telling = (_name_signal(name) for name in named if side * ratios[name] > 0)
    shown = ", ".join(islice(dict.fromkeys(telling), MOST_NAMED))
    kind = "spam" if score > 0 else "approved comments"
    return Signal(
        name="site_signals",
        weight=POINTS["site_signals"] * score,
        reason=f"Commoner in this site's {kind}: {shown}.",
    )


def _name_signal(name: str) -> str:
    """Return what to call a signal in a sentence, without the step that it reached."""
    plain = name.rstrip("_0123456789")
    return NAMES.get(plain, plain.replace("_", " "))
