"""Owns domains: what of a host name is registered, and which ones spammers prefer."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from moderation.spam.lists import SHORTENER_HOSTS
from moderation.spam.phrases import split_phrases

# Cheap or badly kept top-level domains, as listed year by year in public reports on
# abuse; large national ones in which many honest people write are left out.
RISKY_TLDS = split_phrases(
    """
    beauty, bet, bid, biz, bond, buzz, cam, cars, cash, casino, cc, cf, cfd, click,
    club, cyou, date, dating, download, fun, ga, gq, host, icu, info, link, live,
    loan, loans, men, ml, mobi, monster, online, ooo, party, poker, porn, press, pro,
    pw, quest, racing, rest, review, ru, sale, sbs, science, sex, shop, site, space,
    store, stream, su, tk, top, trade, vip, webcam, website, win, work, ws, xxx, xyz
    """
)
# Shortening services and messengers' own links.
SHORTENERS = SHORTENER_HOSTS | split_phrases(
    """
    adf.ly, bit.do, bit.ly, bitly.com, buff.ly, cutt.ly, goo.gl, is.gd, j.mp, ow.ly,
    rb.gy, rebrand.ly, s.id, shorturl.at, shorte.st, t.co, t.ly, t2m.io, tiny.cc,
    tinyurl.com, u.to, v.gd, wa.me, t.me, chilp.it, clck.ru, qr.ae, soo.gd,
    linktr.ee, lnkd.in, bl.ink, short.gy
    """
)
_SUFFIXES = PublicSuffixList()


@lru_cache(maxsize=4_096)
def find_domain(host: str) -> str:
    """Return the registered domain a host belongs to, the host itself if unknown."""
    return _SUFFIXES.privatesuffix(host) or host
