"""Owns what the forms of settings say: read, checked, and turned into values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from moderation.domain.errors import InvalidInputError
from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.care import Care, parse_phrases
from moderation.services.controls import Controls, make_thresholds
from moderation.services.rules import parse_rule
from moderation.services.site_setups import Basics
from moderation.spam.rules import SiteRule
from moderation.web.moderator.inputs import read_single

Fields = MultiDict[str, str]
E = TypeVar("E", bound=StrEnum)

LONGEST_VALUE = 500
RULE_FIELDS = ("action", "kind", "scope", "value")
FILTER_FIELDS = ("policy", "publish_below", "spam_above")
SITE_FIELDS = ("name", "address", "key", "policy")
SEEN = "seen_"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# As above, but for tabs and line breaks.
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,18}")
_PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?")


class RuleChange(StrEnum):
    """What can be done to a rule that is there."""

    ON = "on"
    OFF = "off"
    DELETE = "delete"


class OriginChange(StrEnum):
    """What can be done about an origin."""

    ADD = "add"
    REMOVE = "remove"


class Switch(StrEnum):
    """A yes or no, as forms send it."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class BasicsForm:
    """What is wanted of a site, and what was seen."""

    wanted: Basics
    seen: Basics


@dataclass(frozen=True, kw_only=True)
class CareForm:
    """What is wanted for who may be in danger, and what was seen."""

    wanted: Care
    seen: Care


@dataclass(frozen=True, kw_only=True)
class FilterForm:
    """Settings that are wanted, and those that were seen."""

    wanted: Controls
    seen: Controls


def read_typed(fields: Fields, names: tuple[str, ...]) -> Mapping[str, str]:
    """Return what was typed into some fields, to be shown again."""
    return {name: read_single(fields, name) for name in names}


def read_rule(fields: Fields) -> SiteRule:
    """Return the rule a form describes.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    value = read_single(fields, "value")
    if len(value) > LONGEST_VALUE or _CONTROL.search(value):
        raise InvalidInputError(
            {"value": [f"Use up to {LONGEST_VALUE} characters on one line."]}
        )
    return parse_rule(
        action=_read_choice(fields, "action", RuleAction),
        kind=_read_choice(fields, "kind", RuleKind),
        scope=_read_choice(fields, "scope", RuleScope),
        value=value,
    )


def read_rule_change(fields: Fields) -> RuleChange:
    """Return what is to be done to a rule.

    :raises InvalidInputError: if that is nothing we know.
    """
    return _read_choice(fields, "change", RuleChange)


def read_filter(fields: Fields) -> FilterForm:
    """Return what the form of the filter says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    return FilterForm(
        wanted=_read_controls(fields), seen=_read_controls(fields, before=SEEN)
    )


def read_basics_form(fields: Fields) -> BasicsForm:
    """Return what the form of a site's name and openness says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    return BasicsForm(
        wanted=_read_basics(fields), seen=_read_basics(fields, before=SEEN)
    )


def read_care_form(fields: Fields) -> CareForm:
    """Return what the form of care says.

    :raises InvalidInputError: naming the field that can't be taken.
    """
    return CareForm(wanted=_read_care(fields), seen=_read_care(fields, before=SEEN))


def read_origin_change(fields: Fields) -> OriginChange:
    """Return what is to be done about an origin.

    :raises InvalidInputError: if that is nothing we know.
    """
    return _read_choice(fields, "change", OriginChange)


def read_policy(fields: Fields) -> Policy:
    """Return the policy a form names. :raises InvalidInputError: if it is none."""
    return _read_choice(fields, "policy", Policy)


def read_switch(fields: Fields, name: str) -> bool:
    """Return a yes or no. :raises InvalidInputError: if it is neither."""
    return _read_choice(fields, name, Switch) is Switch.YES


def read_id(fields: Fields, name: str) -> int | None:
    """Return a number, None if it is not given. :raises InvalidInputError: if none."""
    text = read_single(fields, name)
    if text and not _NUMBER.fullmatch(text):
        raise InvalidInputError({name: ["This is no number."]})
    return int(text) if text else None


def read_line(fields: Fields, name: str) -> str:
    """Return what was typed on a line, without spaces around it.

    :raises InvalidInputError: if it is too long, or has control characters.
    """
    text = read_single(fields, name).strip()
    if len(text) > LONGEST_VALUE or _CONTROL.search(text):
        raise InvalidInputError(
            {name: [f"Use up to {LONGEST_VALUE} characters on one line."]}
        )
    return text


def _read_basics(fields: Fields, *, before: str = "") -> Basics:
    return Basics(
        name=read_line(fields, f"{before}name"),
        is_open=read_switch(fields, f"{before}is_open"),
    )


def _read_care(fields: Fields, *, before: str = "") -> Care:
    help_text = _read_text(fields, f"{before}help_text")
    return Care(
        is_on=read_single(fields, f"{before}is_on") == "on",
        phrases=parse_phrases(_read_text(fields, f"{before}phrases")),
        help_text=help_text,
    )


def _read_text(fields: Fields, name: str) -> str:
    text = read_single(fields, name).replace("\r\n", "\n").strip()
    if _CONTROL_IN_TEXT.search(text):
        raise InvalidInputError({name: ["Use no control characters."]})
    return text


def _read_controls(fields: Fields, *, before: str = "") -> Controls:
    return Controls(
        policy=_read_choice(fields, f"{before}policy", Policy),
        thresholds=make_thresholds(
            publish_below=_read_percent(fields, f"{before}publish_below"),
            spam_above=_read_percent(fields, f"{before}spam_above"),
        ),
    )


def _read_choice(fields: Fields, name: str, enum: type[E]) -> E:
    try:
        return enum(read_single(fields, name))
    except ValueError as error:
        offered = ", ".join(member.value for member in enum)
        raise InvalidInputError({name: [f"Choose one of {offered}."]}) from error


def _read_percent(fields: Fields, name: str) -> float:
    text = read_single(fields, name).strip().removesuffix("%").strip()
    if not _PERCENT.fullmatch(text):
        raise InvalidInputError({name: ["Give a percentage, like 10 or 99.5."]})
    return round(float(text.replace(",", ".")) / 100, 6)
