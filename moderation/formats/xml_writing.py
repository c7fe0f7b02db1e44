"""Owns how text is put into XML: whole, and nothing in it taken for markup."""

import re
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_element(name: str, text: object) -> str:
    """Return an element that holds a text."""
    return f"<{name}>{escape(clean(str(text)))}</{name}>\n"


def write_cdata(name: str, text: str) -> str:
    """Return an element with a text as it is, as readers of HTML in XML expect it."""
    parted = clean(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{parted}]]></{name}>\n"


def quote(text: object) -> str:
    """Return an attribute's value in quotes."""
    return quoteattr(clean(str(text)))


def clean(text: str) -> str:
    """Return a text without the characters that XML has no way to write."""
    return _UNWRITABLE.sub("", text)


def write_instant(at: datetime) -> str:
    """Return an instant as databases write it, in UTC, seconds only."""
    return at.strftime("%Y-%m-%d %H:%M:%S")
