"""Owns what the filter needs from the database, and the verdict by site policy."""

from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.networks import find_network
from moderation.domain.statuses import Status
from moderation.services.drafts import Arrival, Draft
from moderation.services.learning import read_learnt
from moderation.services.memory import find_twins
from moderation.spam.cold import make_cold_context
from moderation.spam.context import Context
from moderation.spam.pipeline import Judgement
from moderation.spam.scripts import find_main_scripts
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.spam.verdict import Thresholds, Verdict, decide_verdict
from moderation.storage.models import Comment, Site, Thread
from moderation.storage.models.base import now

RATE_WINDOW = timedelta(minutes=10)
# Of the comments that the filter publishes or files as spam by itself.
AUDIT_SHARE = 0.05
# Enough to tell the language of a thread, and to tell a known author.
MOST_COMMENTS_READ = 20


def gather_context(
    session: Session,
    thread: Thread,
    draft: Draft,
    submission: Submission,
    arrival: Arrival,
) -> Context:
    """Return what is known around a submission before it is stored.

    Every query reads a bounded number of rows, however large the site.
    """
    site_id = thread.site_id
    network = find_network(submission.ip)
    return Context(
        thread_scripts=_read_scripts(session, thread),
        form_seconds=arrival.form_seconds,
        is_honeypot_filled=arrival.is_honeypot_filled,
        recent_from_network=_count_recent(session, site_id, submission, network)
        if network
        else None,
        recent_on_site=_count_recent(session, site_id, submission),
        twins=find_twins(session, site_id, submission, draft.sketch),
        author_approved=count_approved(session, site_id, submission),
        learnt=read_learnt(session, site_id, submission),
    )


def gather_line_context(
    session: Session, site_id: int, submission: Submission
) -> Context:
    """Return what a site knows of a comment that did not come by its form."""
    return replace(
        make_cold_context(submission),
        twins=find_twins(session, site_id, submission, sketch_text(submission.body)),
        author_approved=count_approved(session, site_id, submission),
        learnt=read_learnt(session, site_id, submission),
    )


def decide_arrival(site: Site, judgement: Judgement, context: Context) -> Verdict:
    """Return what is done with a comment just judged, by the site's policy."""
    thresholds = Thresholds(
        publish_below=site.publish_below, spam_above=site.spam_above
    )
    return decide_verdict(
        judgement,
        policy=site.policy,
        thresholds=thresholds,
        labels_of_each_kind=context.learnt.totals.smaller if context.learnt else 0,
        is_author_known=bool(context.author_approved),
    )


def is_drawn_for_audit(comment_id: int, digest: bytes) -> bool:
    """Return whether the filter's own verdict on a comment is put before a moderator.

    Drawn by a hash keyed with the comment's text and author: the same again whenever it
    is asked, and not to be told from the number that pages show.
    """
    drawn = blake2b(str(comment_id).encode(), key=digest, digest_size=4).digest()
    return int.from_bytes(drawn, "big") < AUDIT_SHARE * 2**32


def count_approved(session: Session, site_id: int, submission: Submission) -> int:
    """Return how many approved comments bear this name and e-mail address.

    Counted no further than `MOST_COMMENTS_READ`.
    """
    found = (
        select(Comment.id)
        .where(
            Comment.site_id == site_id,
            Comment.email == submission.email,
            Comment.status == Status.APPROVED,
            Comment.name == submission.author,
        )
        .limit(MOST_COMMENTS_READ)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _read_scripts(session: Session, thread: Thread) -> frozenset[str]:
    bodies = session.scalars(
        select(func.substr(Comment.body, 1, 500))
        .where(Comment.thread_id == thread.id, Comment.status == Status.APPROVED)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(MOST_COMMENTS_READ)
    ).all()
    return find_main_scripts("\n".join([thread.title, *bodies]))


def _count_recent(
    session: Session, site_id: int, submission: Submission, network: str | None = None
) -> int:
    """Return how many comments came in the window before, from `network` or at all."""
    end = submission.posted_at or now()
    query = select(func.count()).where(
        Comment.site_id == site_id,
        # All statuses, named so that the index on status and time serves.
        Comment.status.in_(list(Status)),
        Comment.created_at > end - RATE_WINDOW,
        Comment.created_at <= end,
    )
    if network is not None:
        query = query.where(Comment.network == network)
    return session.scalar(query) or 0
