"""Owns the pages of a site's filter: its policy and thresholds, tried and saved."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.errors import InvalidInputError
from moderation.services.access import find_visible_site, load_actor
from moderation.services.backtests import backtest_controls
from moderation.services.controls import (
    Controls,
    describe_change,
    read_controls,
    set_controls,
)
from moderation.services.telling import tell_backtest, tell_shift
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.settings.inputs import (
    FILTER_FIELDS,
    SEEN,
    read_filter,
    read_typed,
)
from moderation.web.moderator.settings.wording import (
    EVENTS,
    POLICIES,
    SAID,
    write_percent,
)

Errors = Mapping[str, Sequence[str]]


def show_filter(site_key: str) -> str:
    """Show what a site's filter does with comments, and the form to change it."""
    with reading() as session:
        return _render_filter(session, site_key)


def preview_filter(site_key: str) -> str | tuple[str, int]:
    """Show what other settings would have done, before they are saved."""
    typed = read_typed(request.form, FILTER_FIELDS)
    with reading() as session:
        try:
            form = read_filter(request.form)
        except InvalidInputError as error:
            page = _render_filter(session, site_key, typed=typed, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        actor = load_actor(session, current_user.id)
        backtest = backtest_controls(session, actor, site_key, form.wanted)
        return render_template(
            "moderator/settings/filter_preview.html",
            actor=actor,
            site=find_visible_site(session, actor, site_key),
            place="filter",
            typed=typed,
            seen=_write_controls(form.seen, before=SEEN),
            is_same=form.wanted == form.seen,
            change=describe_change(form.seen, form.wanted),
            backtest=backtest,
            sentences=tell_backtest(backtest),
            tell_shift=tell_shift,
            SAID=SAID,
        )


def save_filter(site_key: str) -> Response:
    """Save policy and thresholds."""
    form = read_filter(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        set_controls(session, actor, site_key, form.wanted, seen=form.seen)
    place = url_for(".show_filter", site_key=site_key, done="saved")
    return redirect(place, HTTPStatus.SEE_OTHER)


def _render_filter(
    session: Session,
    site_key: str,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Errors | None = None,
) -> str:
    actor = load_actor(session, current_user.id)
    site = find_visible_site(session, actor, site_key)
    controls = read_controls(site)
    role = actor.find_role(site.id)
    return render_template(
        "moderator/settings/filter.html",
        actor=actor,
        site=site,
        place="filter",
        may_control=role is not None and role.may_control,
        typed=typed or _write_controls(controls),
        seen=_write_controls(controls, before=SEEN),
        errors=errors or {},
        notice=EVENTS.get(read_single(request.args, "done"), ""),
        POLICIES=POLICIES,
    )


def _write_controls(controls: Controls, *, before: str = "") -> Mapping[str, str]:
    """Return the fields that say these settings."""
    thresholds = controls.thresholds
    return {
        f"{before}policy": controls.policy.value,
        f"{before}publish_below": write_percent(thresholds.publish_below),
        f"{before}spam_above": write_percent(thresholds.spam_above),
    }
