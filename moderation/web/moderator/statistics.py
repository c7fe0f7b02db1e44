"""Owns the pages of statistics: of one site, and of all that a moderator sees."""

from flask import render_template, request
from flask_security import current_user

from moderation.domain.errors import InvalidInputError
from moderation.services.access import (
    find_visible_site,
    list_visible_sites,
    load_actor,
)
from moderation.services.statistics import Span, read_statistics
from moderation.web.context import reading
from moderation.web.moderator.inputs import read_single
from moderation.web.moderator.statistic_charts import make_charts

SPANS = {
    Span.MONTH: "30 days",
    Span.QUARTER: "13 weeks",
    Span.YEAR: "A year",
}


def show_all_statistics() -> str:
    """Show the numbers of all sites the moderator may see together."""
    return _show(None)


def show_statistics(site_key: str) -> str:
    """Show the numbers of one site."""
    return _show(site_key)


def read_span(text: str) -> Span:
    """Return how far to look back; a quarter if nothing is said.

    :raises InvalidInputError: if that is none of the spans.
    """
    try:
        return Span(text) if text else Span.QUARTER
    except ValueError as error:
        offered = ", ".join(Span)
        raise InvalidInputError({"span": [f"Choose one of {offered}."]}) from error


def _show(site_key: str | None) -> str:
    span = read_span(read_single(request.args, "span"))
    with reading() as session:
        actor = load_actor(session, current_user.id)
        statistics = read_statistics(session, actor, span=span, site_key=site_key)
        site = (
            find_visible_site(session, actor, site_key)
            if site_key is not None
            else None
        )
        return render_template(
            "moderator/statistics.html",
            actor=actor,
            site=site,
            sites=() if site else list_visible_sites(session, actor),
            place="statistics",
            span=span,
            SPANS=SPANS,
            statistics=statistics,
            charts=make_charts(statistics),
        )
