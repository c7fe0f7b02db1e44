"""Owns campaigns in the API: listed, looked into, decided on as one."""

import re
from datetime import datetime
from typing import Any

from moderation.domain.errors import InvalidInputError
from moderation.services.campaign_decisions import decide_campaign, preview_campaign
from moderation.services.campaigns import (
    CampaignPosition,
    find_campaign,
    list_campaigns,
)
from moderation.storage.models import Campaign, Scope
from moderation.web.api.comments import OUTCOME, tell_outcome
from moderation.web.api.fields import Moment, Number, Text, Whole
from moderation.web.api.operations import Answer, Call, Operation
from moderation.web.api.shapes import (
    ACTIONS,
    CURSOR,
    STATUS,
    WHY,
    make_limit,
    page_shape,
    tell_moment,
)
from moderation.web.api.structures import Many, Shape, given_shape

TAG = "Campaigns"
PAGE_LENGTH = 20
MOST_WITHOUT = 500
_POSITION = re.compile(r"([0-9]{1,18})_([0-9T:.-]{19,26})Z_([0-9]{1,18})")
CAMPAIGN = given_shape(
    "Campaign",
    id=Whole(),
    site=Text(about="The key of its site."),
    held=Whole(about="How many of its comments wait."),
    members=Whole(about="How many comments belong to it."),
    last_at=Moment(about="When the last one came."),
)
PREVIEW = given_shape(
    "CampaignPreview",
    campaign=CAMPAIGN,
    looked_at=Whole(about="Of how many that wait the following is."),
    networks=Whole(),
    lowest=Number(),
    mean=Number(),
    highest=Number(),
    honest=Whole(about="How many score as honest."),
    by_known_authors=Whole(),
    seen=Whole(about="Give this back to decide on just these."),
)
DECISION = Shape(
    name="CampaignDecision",
    members={
        "status": STATUS,
        "seen": Whole(about="As the preview said."),
        "without": Many(
            of=Whole(least=1), most=MOST_WITHOUT, about="The ids of those left out."
        ),
        "why": WHY,
    },
    needed=frozenset({"status", "seen"}),
)


def list_(call: Call) -> Answer:
    """Answer with a page of campaigns, the largest first."""
    page = list_campaigns(
        call.session,
        call.actor,
        after=_read_position(call.query.get("after")),
        length=call.query.get("limit", PAGE_LENGTH),
    )
    told = [tell_campaign(overview.campaign) for overview in page.overviews]
    cursor = _write_position(page.next)
    return Answer(body={"campaigns": told, "next": cursor}, next=cursor)


def show(call: Call) -> Answer:
    """Answer with a campaign, and what a decision on it would be about."""
    campaign_id = call.path["campaign_id"]
    campaign = find_campaign(call.session, call.actor, campaign_id)
    preview = preview_campaign(call.session, call.actor, campaign_id)
    return Answer(
        body={
            "campaign": tell_campaign(campaign),
            "looked_at": preview.looked_at,
            "networks": preview.networks,
            "lowest": preview.lowest,
            "mean": preview.mean,
            "highest": preview.highest,
            "honest": preview.honest,
            "by_known_authors": preview.by_known_authors,
            "seen": preview.seen,
        }
    )


def decide(call: Call) -> Answer:
    """Decide on all of a campaign that waits and was seen."""
    outcome = decide_campaign(
        call.session,
        call.actor,
        call.path["campaign_id"],
        ACTIONS[call.body["status"]],
        seen=call.body["seen"],
        without=call.body.get("without", ()),
        why=call.body.get("why", ""),
    )
    return Answer(body=tell_outcome(outcome))


def tell_campaign(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign."""
    return {
        "id": campaign.id,
        "site": campaign.site.key,
        "held": campaign.held,
        "members": campaign.members,
        "last_at": tell_moment(campaign.last_at),
    }


def _write_position(position: CampaignPosition | None) -> str | None:
    if position is None:
        return None
    moment = position.last_at.replace(tzinfo=None).isoformat()
    return f"{position.held}_{moment}Z_{position.campaign_id}"


def _read_position(text: str | None) -> CampaignPosition | None:
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    try:
        moment = datetime.fromisoformat(f"{match[2]}+00:00") if match else None
    except ValueError:
        moment = None
    if match is None or moment is None:
        raise InvalidInputError(
            {"after": ["This is no place in the list. Begin at its start."]}
        )
    return CampaignPosition(
        held=int(match[1]), last_at=moment, campaign_id=int(match[3])
    )


OPERATIONS = (
    Operation(
        name="listCampaigns",
        method="GET",
        path="/campaigns",
        tag=TAG,
        summary="List campaigns in which comments wait, the largest first",
        scope=Scope.READ,
        query=Shape(members={"after": CURSOR, "limit": make_limit(PAGE_LENGTH)}),
        run=list_,
        answer=page_shape("CampaignPage", campaigns=Many(of=CAMPAIGN)),
    ),
    Operation(
        name="getCampaign",
        method="GET",
        path="/campaigns/{campaign_id}",
        tag=TAG,
        summary="See what a decision on a campaign would be about",
        scope=Scope.READ,
        run=show,
        answer=PREVIEW,
    ),
    Operation(
        name="decideCampaign",
        method="POST",
        path="/campaigns/{campaign_id}/decide",
        tag=TAG,
        summary="Decide on all of a campaign that waits",
        about="What came after `seen` goes on waiting.",
        scope=Scope.DECIDE,
        body=DECISION,
        run=decide,
        answer=OUTCOME,
    ),
)
