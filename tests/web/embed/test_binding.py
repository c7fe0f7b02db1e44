"""Fields that are made once for all forms are those that WTForms makes."""

import gc
import weakref

from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField

from moderation.web.embed.desk import Desk
from moderation.web.embed.forms import PlaceForm, ReplyForm
from moderation.web.embed.tokens import Kind

DESK = Desk(keys=["k" * 48], site="blog", kind=Kind.PAGE, now=0)
# What they hold of one form, and what has no equality of its own.
OF_THE_FORM = {"_form", "meta", "flags", "label"}


def make_form(**fields: str) -> ReplyForm:
    """Return a form as it was sent."""
    return ReplyForm(MultiDict(fields), meta={"csrf_context": DESK})


def test_kept_fields_are_those_that_wtforms_makes() -> None:
    form = make_form()
    make_form(name="Somebody", comment="Else")

    for name, unbound in vars(ReplyForm).items():
        if not isinstance(unbound, UnboundField):
            continue
        field, plain = form[name], unbound.bind(form, name)
        plain.process(MultiDict())
        assert type(field) is type(plain)
        assert field.meta is form.meta
        assert vars(field).keys() == vars(plain).keys()
        for key in vars(field).keys() - OF_THE_FORM:
            assert vars(field)[key] == vars(plain)[key], (name, key)
        assert vars(field.flags) == vars(plain.flags)
        assert str(field.label) == str(plain.label)


def test_no_form_shows_what_was_sent_with_another(app: Flask) -> None:
    with app.test_request_context("/"):
        first = make_form(name="", email="alice@example.org")
        first.validate()
        second = make_form(name="Bob")
        second.validate()

    assert first.email.data == "alice@example.org"
    assert second.email.data == ""
    assert first.name.errors
    assert not second.name.errors
    assert first.token is not second.token


def test_no_form_is_kept() -> None:
    form = make_form(comment="Private")
    kept = weakref.ref(form)

    del form
    gc.collect()

    assert kept() is None


def test_a_form_of_its_own_kind_keeps_its_own_fields() -> None:
    place, reply = PlaceForm(MultiDict({"thread": "a"})), make_form(thread="b")

    assert place.thread.data == "a"
    assert reply.thread.data == "b"
    assert "comment" not in place
