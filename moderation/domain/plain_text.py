"""Owns which texts are plain: nothing in them means anything to Markdown or HTML.

Most comments are. What they become is known without a parser, which takes fifty times
as long.
"""

import re

# Letters, digits and the marks of sentences; lines begin with a letter (a number or a
# dash may begin a list), words are parted by one space (two break a line).
_MARK = r"[^\W_]|[,.;:?!'\"()%€’‘“”„–—…-]"
_LINE = rf"[^\W\d_](?: ?(?:{_MARK}))*+"
_PLAIN = re.compile(rf"{_LINE}(?:\n{{1,2}}{_LINE})*+")


def is_plain(text: str) -> bool:
    """Return whether a text shows as it is, its lines and paragraphs kept.

    That it is not says nothing: it is looked at more closely then. Takes linear time.
    """
    return _PLAIN.fullmatch(text) is not None
