"""Owns how the words that were searched for are marked: before anything is escaped."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from moderation.domain.words import cut_words, is_unspaced
from moderation.storage.search import Term
from moderation.web.moderator.marking import Piece

# As `moderation.domain.words` has it, but in the text as written.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0963\u0966-\u0dff])+")


def mark_hits(pieces: Iterable[Piece], terms: Sequence[Term]) -> list[Piece]:
    """Return the pieces of a text cut further: what was searched for stands alone.

    Of words that had to stand together each is marked wherever it stands.
    """
    wanted = [term for term in terms if not term.is_unwanted]
    if not wanted:
        return list(pieces)
    return [part for piece in pieces for part in _cut(piece, wanted)]


def _cut(piece: Piece, terms: Sequence[Term]) -> Iterator[Piece]:
    position = 0
    for start, end in _find_hits(piece.text, terms):
        if start < position:
            continue
        if position < start:
            yield replace(piece, text=piece.text[position:start])
        yield replace(piece, text=piece.text[start:end], is_hit=True)
        position = end
    if position < len(piece.text):
        yield replace(piece, text=piece.text[position:])


def _find_hits(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    whole = {word for term in terms for word in term.words}
    beginnings = tuple(term.words[-1] for term in terms if term.is_prefix)
    runs = [run for run in map(_join_pairs, terms) if run]
    for match in _WORD.finditer(text):
        words = cut_words(match[0])
        if len(words) == 1 and not is_unspaced(words[0]):
            if words[0] in whole or words[0].startswith(beginnings):
                yield match.span()
        else:
            yield from _find_runs(match, runs)


def _find_runs(match: re.Match[str], runs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the runs of a script without spaces stand in a longer one."""
    found = {
        (match.start() + place, match.start() + place + len(run))
        for run in runs
        for place in range(len(match[0]))
        if match[0].startswith(run, place)
    }
    yield from sorted(found)


def _join_pairs(term: Term) -> str:
    """Return the run that was cut into the pairs of a term, "" if it is no such run."""
    first, *others = term.words
    if not is_unspaced(first):
        return ""
    return first + "".join(word[-1] for word in others)
