"""Owns the pages on which moderators look at campaigns and decide on them as one."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from moderation.domain.campaigns import describe_campaign
from moderation.domain.statuses import MOVES, Action, Status
from moderation.services.access import Actor, load_actor
from moderation.services.campaign_decisions import decide_campaign, preview_campaign
from moderation.services.campaigns import (
    MEMBERS_LENGTH,
    find_campaign,
    list_campaigns,
    list_members,
)
from moderation.services.moves import Outcome
from moderation.services.queues import count_comments
from moderation.services.reviews import count_batch, decide_comments, undo_batch
from moderation.storage.models import Campaign
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.campaign_cards import (
    describe_decided,
    describe_preview,
    describe_spread,
    make_heaps,
    make_rows,
)
from moderation.web.moderator.campaign_inputs import (
    read_campaign_decided,
    read_campaign_position,
    read_member,
    write_campaign_position,
)
from moderation.web.moderator.inputs import Place, read_batch, read_single
from moderation.web.moderator.wording import make_notice


def add_pages(pages: Blueprint, *, greatest_id: int) -> None:
    """Add these pages to those of moderators."""
    rule = f"/campaigns/<int(max={greatest_id}):campaign_id>"
    pages.get("/campaigns")(show_campaigns)
    pages.get(rule)(show_campaign)
    pages.post(f"{rule}/decisions")(decide_on_campaign)
    pages.post("/campaigns/undo")(undo_on_campaigns)


def show_campaigns() -> str:
    """Show a page of the campaigns in which comments wait."""
    after = read_campaign_position(request.args)
    done = read_batch(request.args, "done")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        page = list_campaigns(session, actor, after=after)
        return render_template(
            "moderator/campaigns.html",
            actor=actor,
            now=now(),
            counts=count_comments(session, actor),
            heaps=make_heaps(page.overviews),
            is_first=after is None,
            next_after=write_campaign_position(page.next),
            notice=make_notice(count_batch(session, actor, done)),
        )


def show_campaign(campaign_id: int) -> str:
    """Show a page of what waits in a campaign, or of what was decided on before."""
    after = read_member(request.args)
    done = read_batch(request.args, "done")
    is_held = read_single(request.args, "show") != "decided"
    with reading() as session:
        actor = load_actor(session, current_user.id)
        campaign = find_campaign(session, actor, campaign_id)
        page = list_members(
            session,
            actor,
            campaign_id,
            is_held=is_held,
            after=after,
            length=MEMBERS_LENGTH,
        )
        preview = preview_campaign(session, actor, campaign_id)
        is_all_shown = page.next is None and after is None
        number = campaign.held if is_held else campaign.members - campaign.held
        return render_template(
            "moderator/campaign.html",
            actor=actor,
            now=now(),
            counts=count_comments(session, actor),
            campaign=campaign,
            heading=describe_campaign(campaign.kind, campaign.key, number),
            decided=describe_decided(campaign),
            sentence=describe_preview(preview),
            spread=describe_spread(preview),
            preview=preview,
            rows=make_rows(campaign, page.comments),
            shown=",".join(str(comment.id) for comment in page.comments),
            is_held=is_held,
            is_first=after is None,
            offers_all=is_held and after is None and not is_all_shown,
            next_after=page.next,
            actions=_list_actions(actor, campaign) if is_held else [],
            notice=make_notice(count_batch(session, actor, done)),
        )


def decide_on_campaign(campaign_id: int) -> Response | tuple[str, int]:
    """Do an action to what is selected of a campaign, or to all that waits in it."""
    asked = read_campaign_decided(request.form)
    decided = asked.decided
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        campaign = find_campaign(session, actor, campaign_id)
        if asked.seen is None:
            outcome = decide_comments(
                session, actor, decided.versions, decided.action, why=decided.why
            )
        else:
            outcome = decide_campaign(
                session,
                actor,
                campaign_id,
                decided.action,
                seen=asked.seen,
                without=asked.left_out,
                why=decided.why,
            )
        return _answer_outcome(session, outcome, actor, campaign)


def undo_on_campaigns() -> Response | tuple[str, int]:
    """Take back all of one action, and show the campaigns again."""
    batch = read_batch(request.form, "batch")
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        outcome = undo_batch(session, actor, batch)
        return _answer_outcome(session, outcome, actor, None)


def _answer_outcome(
    session: Session, outcome: Outcome, actor: Actor, campaign: Campaign | None
) -> Response | tuple[str, int]:
    """Go back to the campaign if something waits there still, else to the list."""
    if campaign is not None:
        session.refresh(campaign)
    back = url_for(".show_campaigns")
    if campaign is not None and campaign.held:
        back = url_for(".show_campaign", campaign_id=campaign.id)
    if not outcome.stale:
        return redirect(f"{back}?done={outcome.batch}", HTTPStatus.SEE_OTHER)
    page = render_template(
        "moderator/conflict.html",
        actor=actor,
        now=now(),
        place=Place(status=Status.HELD),
        outcome=outcome,
        back=back,
    )
    return page, HTTPStatus.CONFLICT


def _list_actions(actor: Actor, campaign: Campaign) -> list[Action]:
    role = actor.find_role(campaign.site_id)
    return list(MOVES[Status.HELD]) if role and role.may_decide else []
