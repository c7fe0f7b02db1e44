"""Owns which of the counted words a reason names: those that people can read.

Much of what is counted is no word: the mark at the end of a sentence, any number, the
pieces of an address, the length of a text. It weighs like the rest and stays unnamed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from moderation.spam.reading import find_words
from moderation.spam.submission import Submission
from moderation.spam.twins import STOP_WORDS

CUT = "…"
_WORD = re.compile(r"[^\W\d_]++(?:'[^\W\d_]++)?+")


def list_readable(names: Iterable[str], submission: Submission) -> Iterator[str]:
    """Yield those of the names of counted words that say something, in their order.

    Each is a word of the comment, two in a row, or the host of a link. Of a word that
    was counted by its beginning it is the whole word. None is said twice, not as part
    of two in a row either, and none is made of words that stand in any text.
    """
    written = submission.vocabulary
    if submission.author:
        written = dict.fromkeys((*written, *find_words(submission.author)))
    said: set[str] = set()
    for name in names:
        if name in STOP_WORDS:
            continue
        found = _find_readable(name, written)
        if found and found not in said:
            said.update((found, *found.split()))
            yield found


def _find_readable(name: str, written: Mapping[str, None]) -> str:
    """Return what to say for a name, "" for nothing."""
    if name in written and name.isalpha():
        return name
    if "." in name:
        return name
    if name.endswith(CUT):
        stem = name.removesuffix(CUT)
        return next((word for word in written if word.startswith(stem)), "")
    words = name.split()
    if STOP_WORDS.issuperset(words):
        return ""
    for word in words:
        # Counted words have a plain apostrophe, whichever was typed.
        is_written = word in written or word.replace("'", "’") in written
        if not is_written or not (word.isalpha() or _WORD.fullmatch(word)):
            return ""
    return name
