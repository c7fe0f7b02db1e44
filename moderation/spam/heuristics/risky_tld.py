"""Looks for links into top-level domains that spammers prefer."""

from moderation.spam.context import Context
from moderation.spam.phrases import split_phrases
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# Cheap or badly kept top-level domains, as listed year by year in public reports on
# abuse; large national ones in which many honest people write are left out.
TLDS = split_phrases(
    """
    bet, bid, bond, buzz, casino, cc, cf, cfd, click, club, cyou, date, download,
    fun, ga, gq, host, icu, info, link, live, loan, men, ml, mobi, monster, online,
    party, press, pro, pw, quest, racing, rest, review, ru, sale, sbs, science,
    shop, site, space, store, stream, su, tk, top, trade, vip, website, win, work,
    ws, xyz
    """
)


def find_risky_tld(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link leads into a top-level domain known for abuse.

    Catches throw-away domains. Trips on honest small sites under `.info`, `.site` or
    `.ru`. Weight: measured (design, section 6).
    """
    spans = mark(
        "body",
        (
            (link.start, link.end)
            for link in submission.links
            if link.host.rpartition(".")[2] in TLDS
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
