"""Owns the field types and rules that the public forms are made of."""

import re
import unicodedata
from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, Form, StringField
from wtforms.validators import StopValidation, ValidationError

from moderation.domain.errors import InvalidURLError
from moderation.domain.urls import find_host, parse_web_url
from moderation.web.languages import ENGLISH, get_language, translate

Rule = Callable[[Form, Field], None]

# C0 controls but tab, line feed and carriage return; halves of surrogate pairs.
# Databases and codecs choke on them, and nobody types them.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# Letters by their category, yet nothing to be seen: fillers, the empty braille cell.
INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
LONGEST_EMAIL = 320
TICKS = frozenset({"yes", "on", "true", "1"})
LARGEST_ID = 2**63 - 1
_LINE_WHITESPACE = re.compile(r"[ \t\r\n]+")
_ID = re.compile(r"[0-9]{1,19}")


class TextField(StringField):
    """Text, given once. Whatever else JSON holds is refused, never converted."""

    def process_formdata(self, valuelist: list[object]) -> None:
        """Take the value that was sent, "" for JSON's null."""
        self.data = ""
        if len(valuelist) > 1:
            raise ValueError("Give this only once.")
        if valuelist and valuelist[0] is not None:
            if not isinstance(valuelist[0], str):
                raise ValueError("Give this as text.")
            self.data = valuelist[0]

    def _value(self) -> str:
        """Return what the form shows again: all that can be sent as UTF-8."""
        return FORBIDDEN.sub("", str(self.data or ""))


class ParentField(TextField):
    """The id of the comment that is answered, as a number or as digits."""

    def process_formdata(self, valuelist: list[object]) -> None:
        """Take a whole number as if it had been written out."""
        values = [
            str(v) if type(v) is int and 0 <= v <= LARGEST_ID else v for v in valuelist
        ]
        super().process_formdata(values)

    def find_id(self) -> int | None:
        """Return the id, None if no comment is answered."""
        return int(self.data) if self.data else None


class HoneypotField(TextField):
    """A field that people don't see. Nothing in it is an error: it is evidence."""

    def process_formdata(self, valuelist: list[object]) -> None:
        """Keep what is text, to be shown again."""
        self.data = next((v for v in valuelist if isinstance(v, str)), "")


class TickField(TextField):
    """A box that is ticked or not; what can't be told counts as not."""

    def process_formdata(self, valuelist: list[object]) -> None:
        """Take what browsers send of a ticked box, or JSON's true."""
        (value,) = valuelist if len(valuelist) == 1 else ("",)
        is_ticked = value is True or (isinstance(value, str) and value in TICKS)
        self.data = "yes" if is_ticked else ""


class ProofField(TextField):
    """What a browser kept of an earlier answer. Nothing in it is an error either."""

    def process_formdata(self, valuelist: list[object]) -> None:
        """Take text that was sent once; anything else counts as nothing."""
        self.data = ""
        if len(valuelist) == 1 and isinstance(valuelist[0], str):
            self.data = valuelist[0]


def be_well_formed(_: Form, field: Field) -> None:
    """Stop at a value of the wrong type, or with characters no one types.

    :raises StopValidation: if so; the field has its message already, or gets it.
    """
    if field.process_errors:
        raise StopValidation
    if FORBIDDEN.search(field.data or ""):
        raise StopValidation("Take out the control characters.")


def be_given(message: str) -> Rule:
    """Return the rule that something can be seen of a field's text."""

    def check(_: Form, field: Field) -> None:
        if is_blank(field.data or ""):
            raise StopValidation(message)

    return check


def be_at_most(longest: int) -> Rule:
    """Return the rule that a text has at most so many characters (code points)."""

    def check(_: Form, field: Field) -> None:
        count = len(field.data or "")
        if count > longest:
            raise StopValidation(
                translate(
                    "Shorten this to {longest} characters; it has {count}.",
                    longest=f"{longest:,}",
                    count=f"{count:,}",
                )
            )

    return check


def be_email(_: Form, field: Field) -> None:
    """Normalise an e-mail address, without asking the DNS.

    :raises ValidationError: if it is none.
    """
    if len(field.data) > LONGEST_EMAIL:
        raise ValidationError("This address is too long to be an e-mail address.")
    try:
        field.data = validate_email(field.data, check_deliverability=False).normalized
    except EmailNotValidError as error:
        message = translate("Give an e-mail address like name@example.org.")
        if get_language().tag == ENGLISH:
            message = f"{message} {error}"
        raise ValidationError(message) from error


def be_website(_: Form, field: Field) -> None:
    """Make a web address canonical, if one is given.

    :raises ValidationError: if it is none, or its host has no dot.
    """
    if not field.data:
        return
    try:
        url = parse_web_url(field.data)
    except InvalidURLError as error:
        raise ValidationError(str(error)) from error
    if "." not in find_host(url):
        raise ValidationError("Give an address like https://example.org.")
    field.data = url


def be_id(_: Form, field: Field) -> None:
    """Refuse what is no id of a comment.

    :raises ValidationError: if so.
    """
    if field.data and (not _ID.fullmatch(field.data) or int(field.data) > LARGEST_ID):
        raise ValidationError("Give the number of the comment that is answered.")


def is_blank(text: str) -> bool:
    """Return whether nothing can be seen of `text`."""
    return all(c in INVISIBLE or unicodedata.category(c)[0] in "ZC" for c in text)


def join_lines(text: str | None) -> str | None:
    """Return `text` on one line, without white space around it."""
    return text and _LINE_WHITESPACE.sub(" ", text).strip()


def end_lines(text: str | None) -> str | None:
    """Return `text` with the line ends that browsers count by, not those they send."""
    return text and text.replace("\r\n", "\n").replace("\r", "\n")
