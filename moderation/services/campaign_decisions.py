"""Owns decisions on all of a campaign that waits: what they are about, and made."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session, aliased

from moderation.domain.errors import InvalidInputError
from moderation.domain.statuses import MOVES, Action, Status
from moderation.services.access import Actor, require_decider
from moderation.services.campaigns import find_campaign, select_members
from moderation.services.moves import MOST_AT_ONCE, Outcome, list_last_decisions
from moderation.services.reviews import decide_all, lock_listed
from moderation.spam.care import CARE
from moderation.storage.models import CampaignMember, Comment, Decision, SignalEvidence

MOST_PREVIEWED = 500
# More than this takes so long that other writers would give up.
MOST_DECIDED = 10_000
# Rather honest than not: scores are probabilities.
HONEST_BELOW = 0.5
NOTHING_LEFT = (
    "Nothing is selected that still waits and can be decided on together. Open the "
    "list again."
)
# These are read one by one.
_NEEDS_CARE = exists().where(
    SignalEvidence.comment_id == CampaignMember.comment_id, SignalEvidence.name == CARE
)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a decision on all that waits would be about.

    `held` is exact; the rest is of the newest `looked_at` of these: in how many
    `networks` they were written (0 if that is not known), their `lowest`, `mean` and
    `highest` score, how many score as honest, and how many are by authors of an
    approved comment. `seen` is what to decide by: whatever happens to a comment later
    than this is not covered.
    """

    held: int
    looked_at: int
    networks: int
    lowest: float
    mean: float
    highest: float
    honest: int
    by_known_authors: int
    seen: int


def preview_campaign(session: Session, actor: Actor, campaign_id: int) -> Preview:
    """Return what deciding on all that waits would be about.

    :raises NotFoundError: as `find_campaign`.
    """
    campaign = find_campaign(session, actor, campaign_id)
    approved = aliased(Comment)
    is_known = exists().where(
        approved.site_id == Comment.site_id,
        approved.email == Comment.email,
        approved.name == Comment.name,
        approved.status == Status.APPROVED,
    )
    newest = select_members(campaign.id).limit(MOST_PREVIEWED).subquery()
    rows = session.execute(
        select(Comment.score, Comment.network, is_known.label("is_known")).where(
            Comment.id.in_(select(newest.c.comment_id))
        )
    ).all()
    scores = [row.score for row in rows] or [0.0]
    return Preview(
        held=campaign.held,
        looked_at=len(rows),
        networks=len({row.network for row in rows} - {""}),
        lowest=min(scores),
        mean=sum(scores) / len(scores),
        highest=max(scores),
        honest=sum(row.score < HONEST_BELOW for row in rows),
        by_known_authors=sum(row.is_known for row in rows),
        seen=session.scalar(select(func.max(Decision.id))) or 0,
    )


def decide_campaign(
    session: Session,
    actor: Actor,
    campaign_id: int,
    action: Action,
    *,
    seen: int,
    without: Collection[int] = (),
    why: str = "",
) -> Outcome:
    """Do `action` to the comments of a campaign that wait, as one batch.

    Only to those on which nothing has happened since `seen`, the last decision when
    the actor looked (an arrival is one): what came later goes on waiting, and what
    others have decided meanwhile is left alone and reported. `without` are left out,
    and so is what a person is to read first: its author may be in danger.
    Of more than `MOST_DECIDED` the oldest are decided on.

    :raises InvalidInputError: if the action is none on what waits, or nothing is left
        that was seen, and nobody has decided on it.
    :raises NotFoundError: as `find_campaign`.
    :raises NotAllowedError: if the actor may not decide on the site.
    """
    campaign = find_campaign(session, actor, campaign_id)
    require_decider(actor, campaign.site_id)
    if action not in MOVES[Status.HELD]:
        raise InvalidInputError({"action": ["All of these wait already."]})
    ids = lock_listed(session, lambda: _list_seen(session, campaign.id, seen=seen))
    chosen = [comment_id for comment_id in ids if comment_id not in set(without)]
    stale = _list_taken(session, campaign.id, seen=seen, without=without)
    if not (chosen or stale):
        raise InvalidInputError({"comment": [NOTHING_LEFT]})
    outcome = decide_all(session, actor, chosen, action, why=why)
    return Outcome(
        batch=outcome.batch,
        decided=outcome.decided,
        stale=[*outcome.stale, *stale],
    )


def _list_seen(session: Session, campaign_id: int, *, seen: int) -> Sequence[int]:
    """Return what waits and has not changed since, the oldest first."""
    return session.scalars(
        select(CampaignMember.comment_id)
        .where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.is_held,
            ~_has_changed(seen),
            ~_NEEDS_CARE,
        )
        .order_by(CampaignMember.comment_id)
        .limit(MOST_DECIDED)
    ).all()


def _list_taken(
    session: Session, campaign_id: int, *, seen: int, without: Collection[int]
) -> Sequence[Decision]:
    """Return the last decisions on what waited then and was decided on since."""
    taken = session.scalars(
        select(Decision.comment_id)
        .join(CampaignMember, CampaignMember.comment_id == Decision.comment_id)
        .where(
            Decision.id > seen,
            Decision.from_status == Status.HELD,
            CampaignMember.campaign_id == campaign_id,
            Decision.comment_id.not_in(without),
        )
        .distinct()
        .limit(MOST_AT_ONCE)
    ).all()
    return list_last_decisions(session, taken)


def _has_changed(seen: int) -> Exists:
    return exists().where(
        Decision.comment_id == CampaignMember.comment_id, Decision.id > seen
    )
