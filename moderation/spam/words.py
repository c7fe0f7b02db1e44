"""Owns the hashed words: what the filter counts of a text without keeping the text.

A word becomes a number of 24 bits, too short to be read back: some 16 million numbers
stand for all words, pairs of words and parts of addresses there are. The numbers are
the same in every process and version; what is counted under them lasts for years.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from zlib import crc32

from moderation.spam.reading import Link, find_link_host, may_link

# Of a longer text only its beginning and its end are read; it bounds the time.
HEAD_CHARACTERS, TAIL_CHARACTERS = 6_000, 2_000
MOST_TOKENS = 1_200
MOST_ADDRESSES = 30
MOST_PARTS = 20
ADDRESS_CHARACTERS = 200
LONG_WORD, STEM_CHARACTERS = 6, 5
GRAM_CHARACTERS = 4
# Letters in a row that are counted together, and how much of a word is read for them.
LETTERS, MOST_LETTERS = (3, 4), 40
LENGTHS = {fewest: f"{fewest} words or more" for fewest in (4, 8, 16, 32)}
LENGTH_NAMES = frozenset(LENGTHS.values())
_LENGTH_CRCS = {fewest: crc32(b"#%d" % fewest) for fewest in LENGTHS}

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]{1,3})?|\d+|[$€£!?]")
# The same in a text of English small letters, in half the time: each letter of others
# is looked up in the tables of Unicode.
_ENGLISH_TOKEN = re.compile(
    r"[a-z0-9$!?](?:(?<=[a-z])[a-z]*+(?:'[a-z]{1,3}+)?+|(?<=[0-9])[0-9]*+|)"
)
# As above, in a text that is not normalised.
_WRITTEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{1,3})?|\d+|[$€£!?]")
_MARKUP = re.compile(
    r"<[^<>]{0,600}+>|\[/?[a-z]{1,5}(?:=[^\[\]]{0,600}+)?\]|https?://|www\.",
    re.IGNORECASE,
)
_DIGIT, _ENGLISH_DIGIT = re.compile(r"\d"), re.compile(r"[0-9]")
_PART = re.compile(r"[a-z]{3,}|[0-9]+")
_NO_LETTER = re.compile(r"[^a-z]")
_EVERYWHERE = frozenset({"http", "https", "www"})


def read_words(body: str, links: Sequence[Link]) -> list[str]:
    """Return the words of a body in order, without addresses and tags."""
    return split_tokens(_blank_markup(_drop_links(body, links)))


class Hashes(Mapping[int, str]):
    """The hashed words of a comment, each with what to call it in a reason.

    A name is put together when it is asked for: most are not. `different` are the words
    it has, `others` the numbers of what is neither one of them nor the stem of one.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        names: Sequence[Sequence[str]],
        *,
        different: Sequence[str],
        others_from: int,
    ) -> None:
        """Take the numbers, and their names: of words and stems, pairs, and the rest.

        The `different` words and their stems have the numbers before `others_from`.
        """
        self._places = dict(zip(numbers, range(len(numbers)), strict=True))
        self._names = names
        self.different = different
        self.others = numbers[others_from:]

    def __getitem__(self, number: int) -> str:
        words, paired, others = self._names
        place = self._places[number]
        if place < len(words):
            return words[place]
        place -= len(words)
        if place < len(paired) - 1:
            return f"{paired[place]} {paired[place + 1]}"
        return others[place - max(len(paired) - 1, 0)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, number: object) -> bool:
        return number in self._places


def find_hashes(
    words: Sequence[str], *, links: Sequence[Link], author: str, website: str
) -> Hashes:
    """Return the hashed words of a comment. `words` are those of `read_words`.

    Prefixes keep kinds of tokens apart. The last of two with one number names it.
    """
    different = list(dict.fromkeys(words))
    word_crcs = list(map(crc32, _encode(different)))
    heads = [word[:STEM_CHARACTERS] for word in different if len(word) >= LONG_WORD]
    lengths = [fewest for fewest in LENGTHS if len(words) >= fewest]
    of_name = split_tokens(author) if author else []
    addresses = [link.url for link in links[:MOST_ADDRESSES]]
    if website:
        addresses.append(website)
    parts = [part for address in addresses for part in _split_address(address)]
    crcs = chain(
        word_crcs,
        _hash_after("p:", heads),
        map(_LENGTH_CRCS.__getitem__, lengths),
        _hash_pairs(words, dict(zip(different, word_crcs, strict=True))),
        _hash_after("a:", of_name),
        map(crc32, _encode([token for token, _ in parts])),
    )
    numbers = [crc >> 8 for crc in crcs]
    named = [*different, *[f"{head}…" for head in heads]]
    named += map(LENGTHS.__getitem__, lengths)
    return Hashes(
        numbers,
        (named, words, [*of_name, *[name for _, name in parts]]),
        different=different,
        others_from=len(different) + len(heads),
    )


def _encode(tokens: Sequence[str]) -> list[bytes]:
    """Return tokens as bytes, all at once: no token has a line break in it."""
    if not tokens:
        return []
    return "\n".join(tokens).encode("utf-8", "surrogatepass").split(b"\n")


def _hash_after(prefix: str, tokens: Sequence[str]) -> Iterator[int]:
    """Yield the checksums of tokens behind a prefix."""
    return map(crc32, _encode(tokens), repeat(crc32(prefix.encode())))


def _hash_pairs(words: Sequence[str], crcs: Mapping[str, int]) -> Iterator[int]:
    """Yield the checksums of words in a row, which go on from those of the first."""
    after = "\n ".join(words).encode("utf-8", "surrogatepass").split(b"\n")[1:]
    return map(crc32, after, map(crcs.__getitem__, words))


def hash_token(token: str) -> int:
    """Return the 24-bit number of a token."""
    return crc32(token.encode("utf-8", "surrogatepass")) >> 8


def hash_word(word: str) -> tuple[int, int | None]:
    """Return the numbers of a word and of its stem, None if it has no other."""
    has_stem = len(word) >= LONG_WORD
    stem = hash_token(f"p:{word[:STEM_CHARACTERS]}") if has_stem else None
    return hash_token(word), stem


def hash_letters(word: str) -> list[int]:
    """Return the numbers of three and of four letters in a row.

    The word's beginning and end count as letters; of a very long word only the
    beginning is read.
    """
    marked = f"<{word[:MOST_LETTERS]}>"
    pieces = [
        marked[start : start + length]
        for length in LETTERS
        for start in range(len(marked) - length + 1)
    ]
    encoded = "\n".join(pieces).encode("utf-8", "surrogatepass").split(b"\n")
    return [crc >> 8 for crc in map(crc32, encoded)]


def normalise(text: str) -> str:
    """Return `text` in one case and one form of each letter and apostrophe."""
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'")


def split_tokens(text: str) -> list[str]:
    """Return the first words of a text, normalised, every number as 0."""
    low = normalise(text)
    token = _ENGLISH_TOKEN if low.isascii() else _TOKEN
    found: list[str] = token.findall(low)[:MOST_TOKENS]
    # As it was written: a raised 2 is no digit, but becomes one.
    if not (_ENGLISH_DIGIT if text.isascii() else _DIGIT).search(text):
        return found
    return ["0" if token[0].isdigit() else token for token in found]


def find_name_spans(body: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where words and pairs of words with these names stand in a body.

    They come in order and don't overlap; only the beginning of the body is looked at.
    """
    last, last_start, end = "", 0, 0
    read = str.lower if body.isascii() else normalise
    for match in _WRITTEN.finditer(body, 0, HEAD_CHARACTERS):
        word = "0" if match[0][0].isdigit() else read(match[0])
        is_pair = f"{last} {word}" in names
        if is_pair or word in names or _make_stem(word) in names:
            yield (
                last_start if is_pair and last_start >= end else match.start(),
                match.end(),
            )
            end = match.end()
        last, last_start = word, match.start()


def _make_stem(word: str) -> str:
    return f"{word[:STEM_CHARACTERS]}…" if len(word) >= LONG_WORD else ""


def _split_address(address: str) -> Iterator[tuple[str, str]]:
    """Yield the tokens of a link: its host, its words, and pieces of its host."""
    host = find_link_host(address)
    yield f"h:{host}", host
    for part in _PART.findall(address[:ADDRESS_CHARACTERS].lower())[:MOST_PARTS]:
        if part not in _EVERYWHERE:
            yield f"u:{part}", part
    label = _NO_LETTER.sub("", host.rpartition(".")[0])
    for start in range(len(label) - GRAM_CHARACTERS + 1):
        yield f"g:{label[start : start + GRAM_CHARACTERS]}", host


def _drop_links(body: str, links: Sequence[Link]) -> str:
    """Return the body with the texts of its links in place of the links."""
    if not links:
        return _cut(body)
    pieces, last = [], 0
    for link in links:
        pieces += [body[last : link.start], body[link.anchor_start : link.anchor_end]]
        last = link.end
    return _cut(" ".join([*pieces, body[last:]]))


def _cut(text: str) -> str:
    if len(text) <= HEAD_CHARACTERS + TAIL_CHARACTERS:
        return text
    return f"{text[:HEAD_CHARACTERS]}\n{text[-TAIL_CHARACTERS:]}"


def _blank_markup(text: str) -> str:
    return _MARKUP.sub(" ", text) if may_link(text) else text
