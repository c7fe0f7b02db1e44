"""Owns which hosts belong together: those under one registered domain."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


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


@lru_cache(maxsize=1)
def _load_suffixes() -> PublicSuffixList:
    """Return the list of its package, at first use: it takes a while to read."""
    return PublicSuffixList()
