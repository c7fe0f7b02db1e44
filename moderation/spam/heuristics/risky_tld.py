"""Looks for links into top-level domains that spammers prefer."""

from moderation.spam.context import Context
from moderation.spam.domains import RISKY_TLDS
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_risky_tld(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link leads into a top-level domain known for abuse.

    Catches throw-away domains. Trips on honest small sites under `.info`, `.site` or
    `.ru`. Weight: fitted, see docs/model-card.md.
    """
    if not submission.links:
        return None
    spans = mark(
        "body",
        (
            (link.start, link.end)
            for link in submission.links
            if link.host.rpartition(".")[2] in RISKY_TLDS
        ),
    )
    if not spans:
        return None
    return Signal(
        name="risky_tld",
        weight=POINTS["risky_tld"],
        reason="A link leads into a top-level domain that is often abused.",
        spans=spans,
    )
