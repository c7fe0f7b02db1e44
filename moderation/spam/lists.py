"""Owns the published lists of what spam says and links to (folder `lists`).

They are evidence, never verdicts: as verdicts they would hold every seventh honest
comment.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import NamedTuple

from moderation.spam.phrases import split_phrases
from moderation.spam.wordlist import (
    ILLNESS_STEMS,
    MEDICINES,
    PHRASES,
    TRADE_WORDS,
)

# More hits prove nothing more, and it bounds the time.
MOST_HITS = 20
SHORTEST_ENTRY = 5
_RUN = re.compile(r"[^\W_]++")
# A line that begins with a word, and that word.
_ENTRY = re.compile(r"^[ \t]*(([^\W_]++).*)$", re.MULTILINE)
# Entries that are bits of markup or of addresses.
_FRAGMENT = re.compile(r"[<>&]|,$")


class Entries(NamedTuple):
    """The entries that begin with one word, and the lengths they have, falling."""

    texts: frozenset[str]
    lengths: tuple[int, ...]


class PhraseIndex:
    """Entries (lower case) by the word they begin with, ready for searching.

    Which of a word's entries are useful is found out when the word is first met: most
    of 62,000 never are, and to look at all of them takes as long as to judge two
    hundred comments.
    """

    def __init__(self, lines: str, *, common: frozenset[str]) -> None:
        """Take one entry a line; none is used that begins with a `common` word."""
        self._lines: dict[str, list[str]] = {}
        for line, word in _ENTRY.findall(lines):
            self._lines.setdefault(word, []).append(line)
        for word in common:
            self._lines.pop(word, None)
        self._met: dict[str, Entries | None] = {}

    def find(self, word: str) -> Entries | None:
        """Return the useful entries that begin with `word`, None if there are none."""
        if word not in self._lines:
            return None
        if word not in self._met:
            self._met[word] = _choose_entries(self._lines[word])
        return self._met[word]


def read_list(name: str) -> str:
    """Return one of the lists, an entry a line, in lower case."""
    folder = files("moderation.spam").joinpath("lists")
    return folder.joinpath(name).read_text(encoding="utf-8").lower()


def _choose_entries(lines: Iterable[str]) -> Entries | None:
    """Return the useful ones of some entries, None if none is.

    Short ones are not, bits of markup, and those that name a medicine or an illness
    and nothing that is sold.
    """
    texts = frozenset(
        entry
        for entry in map(str.strip, lines)
        if len(entry) >= SHORTEST_ENTRY
        and not _FRAGMENT.search(entry)
        and not _is_of_care(entry)
    )
    if not texts:
        return None
    return Entries(
        texts=texts, lengths=tuple(sorted(set(map(len, texts)), reverse=True))
    )


def find_entries(low_text: str, index: PhraseIndex) -> Mapping[str, tuple[int, int]]:
    """Return the first place of each of the first `MOST_HITS` entries; linear time.

    `low_text` is in lower case. An entry must begin and end where words do: inside
    others it would hit honest ones. Of several that begin alike it is the longest.
    """
    hits: dict[str, tuple[int, int]] = {}
    free = 0
    for word in _RUN.finditer(low_text):
        start = word.start()
        entries = index.find(word[0]) if start >= free else None
        if entries is None:
            continue
        entry = _match_entry(low_text, start, entries)
        if entry:
            free = start + len(entry)
            hits.setdefault(entry, (start, free))
            if len(hits) >= MOST_HITS:
                break
    return hits


def _is_of_care(entry: str) -> bool:
    """Return whether somebody under treatment could say this."""
    words = _RUN.findall(entry)
    if not TRADE_WORDS.isdisjoint(words):
        return False
    return any(word in MEDICINES or word.startswith(ILLNESS_STEMS) for word in words)


def is_listed(host: str, domains: frozenset[str]) -> bool:
    """Return whether the host, or a domain it stands under, is one of `domains`."""
    while host:
        if host in domains:
            return True
        host = host.partition(".")[2]
    return False


def _match_entry(low_text: str, start: int, entries: Entries) -> str:
    """Return the longest of `entries` that stands at `start`, "" if none does."""
    for length in entries.lengths:
        piece = low_text[start : start + length]
        if piece in entries.texts:
            after = low_text[start + length : start + length + 1]
            if not (piece[-1].isalnum() and after.isalnum()):
                return piece
    return ""


# English; Dutch; French; German; Spanish; Italian and Portuguese.
SMALL_WORDS = split_phrases(
    """
    the, a, an, and, or, but, of, to, in, on, for, with, at, by, from, is, are, was,
    were, be, been, am, it, its, this, that, these, those, i, you, he, she, we,
    they, my, your, his, her, our, their, me, him, us, them, not, no, so, if, as,
    do, does, did, have, has, had, will, would, can, could, should, may, might,
    just, there, here, what, which, who, how, when, where, why, all, any, some,
    more, most, very, about, into, out, up, than, then, too, also, only, i'm, it's,
    don't, can't, i've
    """,
    """
    de, het, een, en, van, ik, je, dat, die, niet, is, op, te, met, voor, zijn, er,
    maar, ook, als, om, aan, naar, dan, nog, wel, heb, heeft, wat, hoe, geen, door,
    bij
    """,
    """
    le, la, les, un, une, des, et, du, que, qui, dans, pour, pas, ne, ce, je, tu,
    il, elle, nous, vous, est, sont, sur, avec, au, aux, plus, mais, ou, se, sa,
    son, mon
    """,
    """
    der, die, das, und, ist, nicht, ich, du, er, sie, es, wir, ihr, ein, eine,
    einen, zu, den, dem, mit, auf, für, von, im, auch, wie, so, aber, nur, noch
    """,
    """
    el, los, las, una, y, en, por, para, con, no, es, su, se, lo, al, del, como,
    más, pero, mi, si, ya
    """,
    """
    di, che, non, per, sono, della, nel, o, os, um, uma, do, da, em, não, com
    """,
)
PHRASE_INDEX = PhraseIndex(
    "\n".join([read_list("comment_blocklist.txt"), *PHRASES]), common=SMALL_WORDS
)
REFERRER_DOMAINS = frozenset(read_list("referrer_spam.txt").split())
SHORTENER_HOSTS = frozenset(
    line.strip("/") for line in read_list("shorteners.txt").split()
)
