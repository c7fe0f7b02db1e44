"""Owns the "Leave a Reply" form: its fields, its token, and what they must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from wtforms import Form
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import EmailInput, HiddenInput, TextArea

from moderation.domain.errors import InvalidURLError
from moderation.domain.urls import parse_web_url
from moderation.web.embed.fields import (
    HoneypotField,
    ParentField,
    TextField,
    be_at_most,
    be_email,
    be_given,
    be_id,
    be_website,
    be_well_formed,
    end_lines,
    join_lines,
)
from moderation.web.embed.tokens import (
    Claims,
    Kind,
    TokenError,
    digest_place,
    hash_network,
    read_claims,
    sign_claims,
)

if TYPE_CHECKING:
    from wtforms.fields.core import UnboundField

LONGEST_THREAD = 500
LONGEST_TITLE = 500
LONGEST_NAME = 245
LONGEST_COMMENT = 65_525
# No name that browsers or password managers fill by themselves.
HONEYPOT = "remark"
STALE = (
    "The form's token is missing, too old, or not for this page. Get a fresh one "
    "(GET the comments of this thread) and send the comment again with it."
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What is known where forms are handed out and taken back.

    `now` is in Unix time; `network` is the visitor's, "" if tokens handed out are for
    anybody; `is_from_blog` says whether the form at hand lies on the blog's own page.
    """

    keys: Sequence[str]
    site: str
    kind: Kind
    now: int
    network: str = ""
    is_from_blog: bool = False

    def read(self, token: str, thread: str) -> Claims | None:
        """Return what a token for this thread says, None if it is not good."""
        try:
            claims = read_claims(self.keys, token)
        except TokenError:
            return None
        return claims if claims.place == digest_place(self.site, thread) else None

    def sign(self, thread: str, *, former: Claims | None) -> str:
        """Return a fresh token; a form that is shown again keeps its own history."""
        hashes = hash_network(self.keys, self.network)
        shown_at = self.now if self.kind is Kind.PAGE else None
        claims = Claims(
            place=digest_place(self.site, thread),
            kind=self.kind,
            shown_at=former.shown_at if former else shown_at,
            has_honeypot=self.kind is not Kind.JSON,
            network=hashes[-1] if hashes else "",
            is_from_blog=former.is_from_blog
            if former and former.kind is not Kind.JSON
            else self.is_from_blog,
        )
        return sign_claims(self.keys, claims)


class TokenField(CSRFTokenField):
    """The hidden field of the token; `claims` is None unless the token is good."""

    claims: Claims | None = None


class FormToken(CSRF):
    """Guards a form that other sites show: no cookie comes with it, so a token does."""

    field_class = TokenField

    def setup_form(self, form: BaseForm) -> "list[tuple[str, UnboundField[Any]]]":
        """Keep what belongs to this form."""
        self._desk = cast("Desk", form.meta.csrf_context)
        self._form = form
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Return a fresh token for the form's thread; read the one that was sent.

        Of a token sent twice, none counts.
        """
        thread = str(self._form["thread"].data or "")
        sent = csrf_token_field.raw_data or []
        former = None
        if len(sent) == 1 and isinstance(sent[0], str):
            former = self._desk.read(sent[0], thread)
        if isinstance(csrf_token_field, TokenField):
            csrf_token_field.claims = former
        return self._desk.sign(thread, former=former)

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Refuse a token that is not good.

        :raises ValidationError: if so.
        """
        del form
        if not isinstance(field, TokenField) or field.claims is None:
            raise ValidationError(STALE)


class PlaceForm(Form):
    """Where the comments belong: all that an embedding page names."""

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
            str(name): [str(message) for message in messages]
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
    remark = HoneypotField("Leave this field empty")

    def is_honeypot_filled(self) -> bool | None:
        """Return whether the field that people don't see was filled; None: not served.

        One that was served and did not come back once, and as text, counts as filled.
        """
        sent = self.remark.raw_data or []
        if any(value not in ("", None) for value in sent):
            return True
        claims = self.token.claims
        if claims is None or not claims.has_honeypot:
            return None
        return sent != [""]

    def count_seconds(self, now: int) -> float | None:
        """Return how long the form was open, None if that can't be known.

        A script's token may have been fetched just to send with it, or hours before.
        """
        claims = self.token.claims
        if claims is None or claims.kind is Kind.JSON or claims.shown_at is None:
            return None
        return float(max(0, now - claims.shown_at))
