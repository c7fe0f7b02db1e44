"""Owns handing out forms and taking them back: the token in WTForms' place for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from moderation.web.embed.author_tokens import read_author
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

    def read_author(self, token: str) -> int | None:
        """Return the id of the comment that an author token names, if it is good."""
        return read_author(self.keys, self.site, token)

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

    def _value(self) -> str:
        """Return a fresh token, made when the form is shown: most are not any more."""
        return cast("FormToken", self.csrf_impl).sign(self.claims)


class FormToken(CSRF):
    """Guards a form that other sites show: no cookie comes with it, so a token does."""

    field_class = TokenField

    def setup_form(self, form: BaseForm) -> "list[tuple[str, UnboundField[Any]]]":
        """Keep what belongs to this form."""
        self._desk = cast("Desk", form.meta.csrf_context)
        self._form = form
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Read the token that was sent; a fresh one is made when the form is shown.

        Of a token sent twice, none counts.
        """
        sent = csrf_token_field.raw_data or []
        former = None
        if len(sent) == 1 and isinstance(sent[0], str):
            former = self._desk.read(sent[0], self._find_thread())
        if isinstance(csrf_token_field, TokenField):
            csrf_token_field.claims = former
        return ""

    def sign(self, former: Claims | None) -> str:
        """Return a fresh token for the form's thread."""
        return self._desk.sign(self._find_thread(), former=former)

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Refuse a token that is not good.

        :raises ValidationError: if so.
        """
        del form
        if not isinstance(field, TokenField) or field.claims is None:
            raise ValidationError(STALE)

    def _find_thread(self) -> str:
        return str(self._form["thread"].data or "")
