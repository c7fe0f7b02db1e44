"""Owns the demo's site: sample comments that took the way all comments take."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.statuses import Action
from moderation.services.access import Actor, load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.moderators import add_moderator
from moderation.services.reviews import decide_comments, list_batch
from moderation.services.sample_campaign import make_campaign
from moderation.services.sample_comments import SAMPLES, Sample
from moderation.services.sites import add_site
from moderation.services.submissions import submit_comment
from moderation.storage.models import Comment
from moderation.storage.models.base import now

SITE_KEY = "demo"
SITE_NAME = "Small Steps"
THREAD_KEY = "first-weeks"
TITLE = "The first weeks on a new medication"
PATH = "/demo/"
MODERATOR = "moderator@example.org"
# How long the moderator took to look at a comment.
REVIEW_TIME = timedelta(minutes=90)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def add_samples(session: Session, *, base_url: str, password_hash: str) -> None:
    """Add the demo's site, its moderator, and the samples, judged and decided on.

    Signals, reasons and history are what the filter and the services made of the
    samples; only the time is told to them.
    """
    add_site(
        session,
        key=SITE_KEY,
        name=SITE_NAME,
        origins=[base_url],
        policy=Policy.HOLD_FIRST,
    )
    moderator = add_moderator(
        session, email=MODERATOR, password_hash=password_hash, role=Role.OWNER
    )
    actor = load_actor(session, moderator.id)
    start, ids = now(), dict[str, int]()
    for sample in list_samples():
        at = start - timedelta(hours=sample.hours_ago)
        comment = _submit(session, sample, at, page=base_url + PATH, ids=ids)
        ids[sample.name] = comment.id
        if sample.action is not None:
            _decide(session, actor, comment, sample.action, why=sample.why, at=at)


def list_samples() -> list[Sample]:
    """Return all samples in the order they came: single ones, and a campaign."""
    campaign = make_campaign(hours_ago=17, minutes_between=11)
    return sorted([*SAMPLES, *campaign], key=lambda sample: -sample.hours_ago)


def _submit(
    session: Session, sample: Sample, at: datetime, *, page: str, ids: dict[str, int]
) -> Comment:
    draft = prepare_draft(
        thread=THREAD_KEY,
        url=page,
        title=TITLE,
        name=sample.name,
        email=sample.email,
        website=sample.website,
        body=sample.body,
        parent=ids.get(sample.answers),
    )
    arrival = Arrival(
        ip=sample.ip,
        user_agent=BROWSER,
        form_seconds=sample.form_seconds,
        is_honeypot_filled=sample.is_honeypot_filled,
        at=at,
    )
    return submit_comment(session, SITE_KEY, draft, arrival)


def _decide(
    session: Session,
    actor: Actor,
    comment: Comment,
    action: Action,
    *,
    why: str,
    at: datetime,
) -> None:
    """Decide on a comment that came at `at`, as if a while later."""
    versions = {comment.id: comment.version}
    outcome = decide_comments(session, actor, versions, action, why=why)
    for decision in list_batch(session, actor, outcome.batch):
        decision.created_at = at + REVIEW_TIME
