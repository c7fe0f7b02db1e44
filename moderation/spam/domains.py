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


@lru_cache(maxsize=4_096)
def find_domain(host: str) -> str:
    """Return the domain that was registered, `blog.co.uk` of `www.blog.co.uk`.

    Below platforms that give names to their users (`x.blogspot.com`), each of these is
    a domain of its own. An address in numbers, and a host that is no domain, stand for
    themselves. Source: the Public Suffix List, publicsuffix.org.
    """
    if host.rpartition(".")[2].isdigit() or ":" in host:
        return host
    return _load_suffixes().privatesuffix(host) or host


def is_public_suffix(host: str) -> bool:
    """Return whether anybody can register a domain below this one."""
    return _load_suffixes().privatesuffix(host) is None


@lru_cache(maxsize=1)
def _load_suffixes() -> PublicSuffixList:
    """Return the list of its package, at first use: it takes a while to read."""
    return PublicSuffixList()
