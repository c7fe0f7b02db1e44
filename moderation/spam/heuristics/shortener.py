"""Looks for links that hide where they lead."""

from moderation.spam.context import Context
from moderation.spam.phrases import split_phrases
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

HOSTS = split_phrases(
    """
    adf.ly, bit.do, bit.ly, bitly.com, buff.ly, cutt.ly, goo.gl, is.gd, j.mp, ow.ly,
    rb.gy, rebrand.ly, s.id, shorturl.at, shorte.st, t.co, t.ly, t2m.io, tiny.cc,
    tinyurl.com, u.to, v.gd, wa.me, t.me, chilp.it, clck.ru, qr.ae, soo.gd,
    linktr.ee, lnkd.in, bl.ink, short.gy
    """
)


def find_shortener(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if a link goes through a shortening service or a messenger.

    Catches addresses that would be known if they were written out. Trips on links
    copied from social networks, which shorten by themselves. Weight: not measured,
    conservative.
    """
    spans = mark(
        "body",
        ((link.start, link.end) for link in submission.links if link.host in HOSTS),
    )
    if not spans:
        return None
    return Signal(
        name="shortener",
        weight=POINTS["shortener"],
        reason="A link is shortened, so that one can't see where it leads.",
        spans=spans,
    )
