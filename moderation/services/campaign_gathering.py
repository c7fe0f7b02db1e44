"""Owns putting comments into campaigns that were stored before there were any."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.services.campaign_members import find_text_key, join_campaigns
from moderation.services.memory import find_nearest
from moderation.services.sites import find_site
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.storage.models import Campaign, CampaignMember, Comment

# As many as keep other writers waiting for a second at most.
CHUNK = 50


def gather_campaigns(
    session: Session, site_key: str, *, after: int = 0, length: int = CHUNK
) -> int | None:
    """Put the next comments of a site into their campaigns, those of ids above `after`.

    Returns the id to go on from, None if all are done. Comments that are in campaigns
    already stay as they are, so it can be run again at any time.

    :raises NotFoundError: if there is no such site.
    """
    site = find_site(session, site_key)
    has_joined = exists().where(
        CampaignMember.comment_id == Comment.id,
        Campaign.id == CampaignMember.campaign_id,
        # Everybody has an address, and so a campaign as an author.
        Campaign.kind == CampaignKind.AUTHOR,
    )
    comments = session.scalars(
        select(Comment)
        .where(Comment.site_id == site.id, Comment.id > after, ~has_joined)
        .order_by(Comment.id)
        .limit(length)
        .with_for_update()
    ).all()
    for comment in comments:
        submission = Submission(
            body=comment.body,
            author=comment.name,
            email=comment.email,
            website=comment.website,
        )
        twin = _find_twin(session, comment)
        join_campaigns(session, site, comment, submission, twin=twin)
    return comments[-1].id if comments else None


def _find_twin(session: Session, comment: Comment) -> int | None:
    """Return the nearest text, None if the comment is in the campaign of one already.

    So is a comment that one before it in this run was the nearest of.
    """
    if find_text_key(session, comment.id) is not None:
        return None
    return find_nearest(session, comment, sketch_text(comment.body))
