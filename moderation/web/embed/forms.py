"""Owns the "Leave a Reply" form: its fields, and what they must be."""

import re
from typing import cast

from wtforms import Form
from wtforms.widgets import EmailInput, HiddenInput, TextArea

from moderation.domain.errors import InvalidURLError
from moderation.domain.urls import parse_web_url
from moderation.web.embed.binding import KeptFields
from moderation.web.embed.desk import Desk, FormToken, TokenField
from moderation.web.embed.fields import (
    HoneypotField,
    ParentField,
    ProofField,
    TextField,
    TickField,
    be_at_most,
    be_email,
    be_given,
    be_id,
    be_website,
    be_well_formed,
    end_lines,
    join_lines,
)
from moderation.web.embed.tokens import Kind
from moderation.web.languages import translate

_SECONDS = re.compile(r"[0-9]{1,9}")
LONGEST_THREAD = 500
LONGEST_TITLE = 500
LONGEST_NAME = 245
LONGEST_COMMENT = 65_525


class PlaceForm(Form):
    """Where the comments belong: all that an embedding page names."""

    Meta = KeptFields

    thread = TextField(
        validators=[
            be_well_formed,
            be_given("Name the thread: the page that the comments belong to."),
            be_at_most(LONGEST_THREAD),
        ],
        widget=HiddenInput(),
    )
    url = TextField(validators=[be_well_formed], widget=HiddenInput())
    title = TextField(
        validators=[be_well_formed],
        # Only a label for people: cut rather than refused, for no visitor can mend it.
        filters=[join_lines, lambda text: text and text[:LONGEST_TITLE]],
        widget=HiddenInput(),
    )

    def find_url(self) -> str:
        """Return the page's address, "" if there is no usable one.

        A blog's slip in it must not cost a visitor the comment.
        """
        try:
            return parse_web_url(self.url.data or "")
        except InvalidURLError:
            return ""

    def find_errors(self) -> dict[str, list[str]]:
        """Return the messages by field, without the token's: nobody can mend it."""
        return {
            str(name): [translate(str(message)) for message in messages]
            for name, messages in self.errors.items()
            if name != "token"
        }


class ReplyForm(PlaceForm):
    """The form "Leave a Reply"; `csrf_context` in its meta is the `Desk`."""

    class Meta:
        """Guarded by a token of our own, since no cookie arrives."""

        csrf = True
        csrf_class = FormToken
        csrf_field_name = "token"

    token: TokenField

    parent = ParentField(validators=[be_well_formed, be_id], widget=HiddenInput())
    comment = TextField(
        "Comment",
        filters=[end_lines],
        validators=[
            be_well_formed,
            be_given("Write a comment."),
            be_at_most(LONGEST_COMMENT),
        ],
        widget=TextArea(),
    )
    name = TextField(
        "Name",
        filters=[join_lines],
        validators=[
            be_well_formed,
            be_given("Enter your name."),
            be_at_most(LONGEST_NAME),
        ],
    )
    email = TextField(
        "Email",
        filters=[join_lines],
        validators=[be_well_formed, be_given("Enter your e-mail address."), be_email],
        widget=EmailInput(),
    )
    website = TextField(
        "Website", filters=[join_lines], validators=[be_well_formed, be_website]
    )
    # Whether to be told of replies by mail.
    subscribe = TickField()
    # A name that browsers and password managers don't fill in by themselves.
    remark = HoneypotField("Leave this field empty")
    # How long the form of the element was open, as only its script can know.
    seconds = ProofField(widget=HiddenInput())
    # Given to the browser with its last comment, should it have kept that.
    author_token = ProofField(widget=HiddenInput())

    def is_honeypot_filled(self) -> bool | None:
        """Return whether the field that people don't see was filled; None: not served.

        One that was served and did not come back once, and as text, counts as filled.
        The element serves one; a script of the blog's own does not tell seconds.
        """
        claims = self.token.claims
        is_served = claims is not None and (
            claims.has_honeypot or self._read_seconds() is not None
        )
        if not is_served:
            return None
        return (self.remark.raw_data or []) != [""]

    def find_author_comment(self) -> int | None:
        """Return the id of the earlier comment that this browser proved to have sent.

        None for a token that is absent or no good: the sender is not told which.
        """
        desk = cast("Desk", self.meta.csrf_context)
        return desk.read_author(str(self.author_token.data or ""))

    def count_seconds(self, now: int) -> float | None:
        """Return how long the form was open, None if that can't be known.

        A script's token may have been fetched just to send with it, or hours before:
        the element says itself. Too short a time is evidence, and a long one is none.
        """
        claims = self.token.claims
        if claims is None:
            return None
        if claims.kind is Kind.JSON:
            return self._read_seconds()
        return None if claims.shown_at is None else float(max(0, now - claims.shown_at))

    def _read_seconds(self) -> float | None:
        """Return what the element says of its form; None if it was not the element."""
        claims = self.token.claims
        told = str(self.seconds.data or "")
        if (
            claims is None
            or claims.kind is not Kind.JSON
            or not _SECONDS.fullmatch(told)
        ):
            return None
        return float(told)
