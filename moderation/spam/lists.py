"""Owns the published lists of what spam says and links to (folder `lists`).

They are evidence, never verdicts: as verdicts they would hold every seventh honest
comment.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import chain, compress, islice

from moderation.spam.phrases import split_phrases
from moderation.spam.wordlist import (
    ILLNESS_STEMS,
    MEDICINES,
    PHRASES,
    TRADE_WORDS,
)

# More hits prove nothing more, and it bounds the time; likewise what could be one.
MOST_HITS, MOST_STARTS = 20, 200
# First words whose entries are kept split up.
MOST_KEPT = 1 << 13
SHORTEST_ENTRY = 5
_RUN, _ENGLISH_RUN = re.compile(r"[^\W_]++"), re.compile(r"[a-z0-9]++")
# A line that begins with a word, that word, and the next one, "" if there is none.
_ENTRY = re.compile(r"^[ \t]*(([^\W_]++)(?:[^\w\n]|_)*+([^\W_]*+).*)$", re.MULTILINE)
# Entries that are bits of markup or of addresses.
_FRAGMENT = re.compile(r"[<>&]|,$")

Entries = Mapping[str, Sequence[str]]


class PhraseIndex:
    """Entries (lower case) by the two words they begin with, ready for searching.

    They are kept as they are written, one text for each first word: split up, the
    62,000 of the published list would take five times the memory. Which of them are
    useful is found out when their first word is met: most never are, and to look at
    all of them takes as long as to judge two hundred comments.
    """

    def __init__(self, lines: str, *, common: frozenset[str]) -> None:
        """Take one entry a line; none is used that begins with a `common` word."""
        self._lines: dict[str, str] = {}
        for match in _ENTRY.finditer(lines):
            line, first = match[1], match[2]
            if first not in common:
                before = self._lines.get(first)
                self._lines[first] = line if before is None else f"{before}\n{line}"
        self._met = _MetWords(self._lines)

    def find(self, words: Sequence[str]) -> Iterator[str]:
        """Yield the useful entries that begin with one or two of `words` in a row."""
        is_first = list(map(self._lines.__contains__, words))
        pairs: dict[tuple[str, str], Sequence[str]] = {}
        alone: dict[str, Sequence[str]] = {}
        for pair in compress(zip(words, [*words[1:], ""], strict=False), is_first):
            first, second = pair
            entries = self._met[first]
            if second and second in entries:
                pairs[pair] = entries[second]
            if "" in entries:
                alone[first] = entries[""]
        starts = chain(pairs.values(), alone.values())
        return chain.from_iterable(islice(starts, MOST_STARTS))


class _MetWords(dict[str, Entries]):
    """First words that were met, each with what begins with it, by the second word.

    When there are too many, it begins anew.
    """

    def __init__(self, lines: Mapping[str, str]) -> None:
        super().__init__()
        self._lines = lines

    def __missing__(self, first: str) -> Entries:
        if len(self) >= MOST_KEPT:
            self.clear()
        entries = self[first] = _split_lines(self._lines[first])
        return entries


def _split_lines(lines: str) -> Entries:
    """Return the useful entries by their second words: of some there are none."""
    entries: defaultdict[str, list[str]] = defaultdict(list)
    for line, _, second in _ENTRY.findall(lines):
        entries[second].append(line)
    return {second: _choose_entries(found) for second, found in entries.items()}


def read_list(name: str) -> str:
    """Return one of the lists, an entry a line, in lower case."""
    folder = files("moderation.spam").joinpath("lists")
    return folder.joinpath(name).read_text(encoding="utf-8").lower()


def _choose_entries(lines: Iterable[str]) -> Sequence[str]:
    """Return the useful ones of some entries.

    Short ones are not, bits of markup, and those that name a medicine or an illness
    and nothing that is sold.
    """
    return [
        entry
        for entry in sorted(set(map(str.strip, lines)))
        if len(entry) >= SHORTEST_ENTRY
        and not _FRAGMENT.search(entry)
        and not _is_of_care(entry)
    ]


def find_entries(
    low_text: str, index: PhraseIndex, *, runs: Sequence[str] | None = None
) -> Mapping[str, tuple[int, int]]:
    """Return the first place of each of the first `MOST_HITS` entries; linear time.

    `low_text` is in lower case, `runs` are its letters and digits in a row if they are
    known. An entry must begin and end where words do: inside others it would hit honest
    ones. Of several that begin alike it is the longest.
    """
    if runs is None:
        runs = (_ENGLISH_RUN if low_text.isascii() else _RUN).findall(low_text)
    places = [
        (start, -len(entry), entry)
        for entry in index.find(runs)
        for start in _find_places(low_text, entry)
    ]
    hits: dict[str, tuple[int, int]] = {}
    free = 0
    for start, _, entry in sorted(places):
        if start < free:
            continue
        free = start + len(entry)
        hits.setdefault(entry, (start, free))
        if len(hits) >= MOST_HITS:
            break
    return hits


def _find_places(low_text: str, entry: str) -> Iterator[int]:
    """Yield where an entry begins that begins and ends where words do."""
    start = low_text.find(entry)
    while start >= 0:
        end = start + len(entry)
        is_cut = entry[-1].isalnum() and low_text[end : end + 1].isalnum()
        if not is_cut and not low_text[max(0, start - 1) : start].isalnum():
            yield start
        start = low_text.find(entry, end)


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
