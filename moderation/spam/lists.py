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
# Entries that are bits of markup or of addresses.
_FRAGMENT = re.compile(r"[<>&]|,$")


class PhraseIndex(NamedTuple):
    """Entries by the word they begin with, and the lengths these have, falling."""

    entries: Mapping[str, frozenset[str]]
    lengths: Mapping[str, tuple[int, ...]]


def read_list(name: str) -> list[str]:
    """Return the lines of one of the lists, in lower case."""
    text = files("moderation.spam").joinpath("lists", name).read_text(encoding="utf-8")
    return [line.strip().lower() for line in text.splitlines() if line.strip()]


def make_index(entries: Iterable[str], *, common: frozenset[str]) -> PhraseIndex:
    """Return `entries` (lower case) ready for searching.

    Left out are short ones, bits of markup, those that begin with a `common` word, and
    those that name a medicine or an illness and nothing that is sold.
    """
    found: dict[str, set[str]] = {}
    for entry in entries:
        start = _RUN.match(entry)
        is_useful = len(entry) >= SHORTEST_ENTRY and not _FRAGMENT.search(entry)
        if start and is_useful and start[0] not in common and not _is_of_care(entry):
            found.setdefault(start[0], set()).add(entry)
    return PhraseIndex(
        entries={word: frozenset(group) for word, group in found.items()},
        lengths={
            word: tuple(sorted({len(entry) for entry in group}, reverse=True))
            for word, group in found.items()
        },
    )


def find_entries(low_text: str, index: PhraseIndex) -> Mapping[str, tuple[int, int]]:
    """Return the first place of each of the first `MOST_HITS` entries; linear time.

    `low_text` is in lower case. An entry must begin and end where words do: inside
    others it would hit honest ones. Of several that begin alike it is the longest.
    """
    hits: dict[str, tuple[int, int]] = {}
    lengths = index.lengths
    free = 0
    for word in _RUN.finditer(low_text):
        start = word.start()
        if word[0] not in lengths or start < free:
            continue
        entry = _match_entry(low_text, start, word[0], index)
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


def _match_entry(low_text: str, start: int, word: str, index: PhraseIndex) -> str:
    """Return the longest entry that stands at `start`, "" if none does."""
    entries = index.entries[word]
    for length in index.lengths[word]:
        piece = low_text[start : start + length]
        if piece in entries:
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
PHRASE_INDEX = make_index(
    [*read_list("comment_blocklist.txt"), *PHRASES], common=SMALL_WORDS
)
REFERRER_DOMAINS = frozenset(read_list("referrer_spam.txt"))
SHORTENER_HOSTS = frozenset(line.strip("/") for line in read_list("shorteners.txt"))
