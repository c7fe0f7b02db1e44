"""Owns how what strangers wrote is put into a mail: readable, and good for no click.

Mail programs make links of bare text: of `http://…` and `www.…` all of them, of
`name.tld` and addresses with `@` most. None does of `hxxp[:]//example[.]org`, which is
how security people write addresses to each other.
"""

import re

# Signs that turn the writing around or hide what stands there, and controls.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ud800-\udfff]"
)
_HTTP = re.compile(r"\bhttp(?=s?:)", re.IGNORECASE)
# A name with a colon right before something else: `https:`, `mailto:`, `localhost:80`.
_SCHEME = re.compile(r"(?<=[^\W\d_]):(?=\S)")
_DOT = re.compile(r"(?<=\w)[.\uff0e](?=[^\W\d_])")
_AT = re.compile(r"[@\uff20](?=\S)")


def make_inert(text: str) -> str:
    """Return a text in which nothing is taken for an address; lines stay lines."""
    seen = _UNSEEN.sub("", text.replace("\r\n", "\n"))
    named = _SCHEME.sub("[:]", _HTTP.sub("hxxp", seen))
    return _AT.sub("[at]", _DOT.sub("[.]", named))


def cut_text(text: str, longest: int) -> str:
    """Return the beginning of a text, "…" behind it if that is not all."""
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
