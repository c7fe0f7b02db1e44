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
from moderation.services.controls import Controls, make_thresholds
from moderation.services.rules import parse_rule
from moderation.spam.rules import SiteRule
from moderation.web.moderator.inputs import read_single

Fields = MultiDict[str, str]
E = TypeVar("E", bound=StrEnum)

LONGEST_VALUE = 500
RULE_FIELDS = ("action", "kind", "scope", "value")
FILTER_FIELDS = ("policy", "publish_below", "spam_above")
SEEN = "seen_"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?")


class RuleChange(StrEnum):
    """What can be done to a rule that is there."""

    ON = "on"
    OFF = "off"
    DELETE = "delete"


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
