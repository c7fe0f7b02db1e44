"""Looks for a website field that leads where spammers are known to be."""

from moderation.spam.context import Context
from moderation.spam.domains import RISKY_TLDS, SHORTENERS
from moderation.spam.lists import REFERRER_DOMAINS, is_listed
from moderation.spam.points import POINTS
from moderation.spam.reading import find_link_host
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_risky_website(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the website lies under a risky domain or hides behind one.

    Catches throw-away domains, shortened addresses and domains known from referrer
    spam. Trips on honest small sites under `.info`, `.site` or `.ru`. Weight: fitted,
    see docs/model-card.md.
    """
    host = find_link_host(submission.website)
    is_risky = host.rpartition(".")[2] in RISKY_TLDS or host in SHORTENERS
    if not is_risky and not is_listed(host, REFERRER_DOMAINS):
        return None
    return Signal(
        name="risky_website",
        weight=POINTS["risky_website"],
        reason="The website given lies where spammers often put theirs.",
        spans=mark("website", [(0, len(submission.website))]),
    )
