"""Owns the page that says how the filter did on a site, week by week."""

from flask import render_template
from flask_security import current_user

from moderation.services.access import find_visible_site, load_actor
from moderation.services.accuracy import list_weeks, sum_weeks
from moderation.services.reports import make_report
from moderation.web.context import reading
from moderation.web.moderator.settings.chart import HEIGHT, WIDTH, make_bars
from moderation.web.moderator.settings.wording import describe_signal


def show_accuracy(site_key: str) -> str:
    """Show the filter's verdicts by week, and what moderators said of them."""
    with reading() as session:
        actor = load_actor(session, current_user.id)
        weeks = list_weeks(session, actor, site_key)
        return render_template(
            "moderator/settings/accuracy.html",
            actor=actor,
            site=find_visible_site(session, actor, site_key),
            place="accuracy",
            weeks=weeks[::-1],
            total=sum_weeks(weeks),
            bars=make_bars(weeks),
            chart_width=WIDTH,
            chart_height=HEIGHT,
            report=make_report(session, actor, site_key),
            describe_signal=describe_signal,
        )
