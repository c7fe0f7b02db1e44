"""Owns the pages of a site's rules: listed with their report cards, tried, saved."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.access import find_visible_site, load_actor
from moderation.services.backtests import backtest_rule
from moderation.services.reports import make_report
from moderation.services.rules import add_rule, remove_rule, set_rule_active
from moderation.services.telling import tell_backtest, tell_shift
from moderation.spam.rules import describe_rule
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.inputs import (
    RULE_FIELDS,
    RuleChange,
    read_rule,
    read_rule_change,
    read_typed,
)
from moderation.web.moderator.settings.wording import (
    ACTIONS,
    ACTIONS_SHORT,
    EVENTS,
    KINDS,
    SAID,
    SCOPES,
)

Errors = Mapping[str, Sequence[str]]
EMPTY_RULE = {
    "action": RuleAction.HOLD.value,
    "kind": RuleKind.WORD.value,
    "scope": RuleScope.ANY.value,
    "value": "",
}
EVENTS_OF_CHANGES = {
    RuleChange.ON: "on",
    RuleChange.OFF: "off",
    RuleChange.DELETE: "deleted",
}


def show_rules(site_key: str) -> str:
    """Show a site's rules, what became of them, and the form for another."""
    with reading() as session:
        return _render_rules(session, site_key, EMPTY_RULE)


def preview_rule(site_key: str) -> str | tuple[str, int]:
    """Show what a rule would have done, before it is saved."""
    typed = read_typed(request.form, RULE_FIELDS)
    with reading() as session:
        try:
            rule = read_rule(request.form)
        except InvalidInputError as error:
            page = _render_rules(session, site_key, typed, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        actor = load_actor(session, current_user.id)
        backtest = backtest_rule(session, actor, site_key, rule)
        return render_template(
            "moderator/settings/rule_preview.html",
            actor=actor,
            site=find_visible_site(session, actor, site_key),
            place="rules",
            typed=typed,
            description=describe_rule(rule),
            backtest=backtest,
            sentences=tell_backtest(backtest),
            tell_shift=tell_shift,
            SAID=SAID,
        )


def save_rule(site_key: str) -> Response | tuple[str, int]:
    """Save a rule."""
    typed = read_typed(request.form, RULE_FIELDS)
    try:
        with unit_of_work() as session:
            actor = load_actor(session, current_user.id)
            add_rule(session, actor, site_key, read_rule(request.form))
    except InvalidInputError as error:
        with reading() as session:
            page = _render_rules(session, site_key, typed, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _go_back(site_key, "added")


def change_rule(site_key: str, rule_id: int) -> Response:
    """Switch a rule on or off, or delete it."""
    change = read_rule_change(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        if change is RuleChange.DELETE:
            remove_rule(session, actor, site_key, rule_id)
        else:
            is_active = change is RuleChange.ON
            set_rule_active(session, actor, site_key, rule_id, is_active=is_active)
    return _go_back(site_key, EVENTS_OF_CHANGES[change])


def _render_rules(
    session: Session,
    site_key: str,
    typed: Mapping[str, str],
    *,
    errors: Errors | None = None,
) -> str:
    actor = load_actor(session, current_user.id)
    site = find_visible_site(session, actor, site_key)
    role = actor.find_role(site.id)
    return render_template(
        "moderator/settings/rules.html",
        actor=actor,
        site=site,
        place="rules",
        report=make_report(session, actor, site_key),
        may_control=role is not None and role.may_control,
        typed=typed,
        errors=errors or {},
        notice=EVENTS.get(read_single(request.args, "done"), ""),
        ACTIONS=ACTIONS,
        ACTIONS_SHORT=ACTIONS_SHORT,
        KINDS=KINDS,
        SCOPES=SCOPES,
    )


def _go_back(site_key: str, event: str) -> Response:
    place = url_for(".show_rules", site_key=site_key, done=event)
    return redirect(place, HTTPStatus.SEE_OTHER)
