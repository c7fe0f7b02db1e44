"""Owns the hashed words: what the filter counts of a text without keeping the text.

A word becomes a number of 24 bits, too short to be read back: some 16 million numbers
stand for all words, pairs of words and parts of addresses there are. The numbers are
the same in every process and version; what is counted under them lasts for years.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
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

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]{1,3})?|\d+|[$€£!?]")
# As above, in a text that is not normalised.
_WRITTEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{1,3})?|\d+|[$€£!?]")
_MARKUP = re.compile(
    r"<[^<>]{0,600}+>|\[/?[a-z]{1,5}(?:=[^\[\]]{0,600}+)?\]|https?://|www\.",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_PART = re.compile(r"[a-z]{3,}|[0-9]+")
_NO_LETTER = re.compile(r"[^a-z]")
_EVERYWHERE = frozenset({"http", "https", "www"})


def read_words(body: str, links: Sequence[Link]) -> list[str]:
    """Return the words of a body in order, without addresses and tags."""
    return split_tokens(_blank_markup(_drop_links(body, links)))


def find_hashes(
    words: Sequence[str], *, links: Sequence[Link], author: str, website: str
) -> Mapping[int, str]:
    """Return the hashed words of a comment, each with what to call it in a reason.

    `words` are those of `read_words`.
    """
    tokens, names = _find_tokens(words, links, author, website)
    if not tokens:
        return {}
    # All at once, which takes half the time; no token has a line break in it.
    encoded = "\n".join(tokens).encode("utf-8", "surrogatepass").split(b"\n")
    return {n >> 8: name for n, name in zip(map(crc32, encoded), names, strict=True)}


def hash_token(token: str) -> int:
    """Return the 24-bit number of a token."""
    return crc32(token.encode("utf-8", "surrogatepass")) >> 8


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
    found: list[str] = _TOKEN.findall(normalise(text))[:MOST_TOKENS]
    if not _DIGIT.search(text):
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


def _find_tokens(
    words: Sequence[str], links: Sequence[Link], author: str, website: str
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the tokens, and their names. Prefixes keep kinds of tokens apart."""
    different = dict.fromkeys(words)
    heads = [word[:STEM_CHARACTERS] for word in different if len(word) >= LONG_WORD]
    lengths = [fewest for fewest in LENGTHS if len(words) >= fewest]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    of_name = split_tokens(author) if author else ()
    tokens = [
        *different,
        *[f"p:{head}" for head in heads],
        *[f"#{fewest}" for fewest in lengths],
        *pairs,
        *[f"a:{word}" for word in of_name],
    ]
    names = [
        *different,
        *[f"{head}…" for head in heads],
        *[LENGTHS[fewest] for fewest in lengths],
        *pairs,
        *of_name,
    ]
    addresses = [link.url for link in links[:MOST_ADDRESSES]]
    for address in [*addresses, website] if website else addresses:
        for token, name in _split_address(address):
            tokens.append(token)
            names.append(name)
    return tokens, names


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
