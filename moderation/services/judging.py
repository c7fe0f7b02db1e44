"""Owns what the filter needs from the database, and the verdict by site policy."""

from dataclasses import replace
from hashlib import blake2b

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from moderation.domain.networks import find_network
from moderation.services.authors import (
    is_confirmed,
    is_known,
    list_approved_websites,
)
from moderation.services.care import load_phrases
from moderation.services.drafts import Arrival, Draft
from moderation.services.learning import read_learnt
from moderation.services.memory import find_twins
from moderation.services.rates import measure_rates
from moderation.services.rules import load_rules
from moderation.spam.cold import make_cold_context
from moderation.spam.context import Context
from moderation.spam.pipeline import Judgement
from moderation.spam.scripts import find_main_scripts
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.spam.verdict import Thresholds, Verdict, decide_verdict
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment, Site, Thread
from moderation.storage.models.base import now
from moderation.storage.models.comment import IS_APPROVED

# Of the comments that the filter publishes or files as spam by itself.
AUDIT_SHARE = 0.05
# Enough to tell the language of a thread.
MOST_COMMENTS_READ = 20

# Composed once: that takes longer than to run it.
_READ_BODIES = (
    select(func.substr(Comment.body, 1, 500))
    .where(Comment.thread_id == bindparam("thread"), IS_APPROVED)
    .order_by(Comment.created_at.desc(), Comment.id.desc())
    .limit(MOST_COMMENTS_READ)
)


def gather_context(
    session: Session,
    thread: Thread,
    draft: Draft,
    submission: Submission,
    arrival: Arrival,
    *,
    site: Site,
) -> Context:
    """Return what is known around a submission before it is stored.

    Every query reads a bounded number of rows, however large the site.
    """
    site_id = site.id
    network = find_network(submission.ip)
    end = submission.posted_at or now()
    rates = measure_rates(session, site_id, end, network=network)
    websites = list_approved_websites(session, site_id, submission)
    is_author_confirmed = is_confirmed(
        session, site_id, submission, arrival.author_comment
    )
    return Context(
        thread_scripts=_read_scripts(session, thread),
        form_seconds=arrival.form_seconds,
        is_honeypot_filled=arrival.is_honeypot_filled,
        recent_from_network=rates.from_network,
        recent_on_site=rates.on_site,
        usual_on_site=rates.usual,
        twins=find_twins(session, site_id, submission, draft.sketch),
        author_approved=len(websites),
        is_author_known=is_known(
            submission, websites, is_confirmed=is_author_confirmed
        ),
        is_author_confirmed=is_author_confirmed,
        learnt=read_learnt(session, site_id, submission),
        rules=load_rules(session, site),
        care_phrases=load_phrases(site),
    )


def gather_line_context(
    session: Session, site_id: int, submission: Submission
) -> Context:
    """Return what a site knows of a comment that did not come by its form."""
    websites = list_approved_websites(session, site_id, submission)
    site = session.get_one(Site, site_id)
    return replace(
        make_cold_context(submission),
        twins=find_twins(session, site_id, submission, sketch_text(submission.body)),
        author_approved=len(websites),
        is_author_known=is_known(submission, websites, is_confirmed=False),
        learnt=read_learnt(session, site_id, submission),
        rules=load_rules(session, site),
        care_phrases=load_phrases(site),
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
        is_author_known=context.is_author_known,
        is_flooded=context.is_flooded,
    )


def is_drawn_for_audit(comment_id: int, digest: bytes) -> bool:
    """Return whether the filter's own verdict on a comment is put before a moderator.

    Drawn by a hash keyed with the comment's text and author: the same again whenever it
    is asked, and not to be told from the number that pages show.
    """
    drawn = blake2b(str(comment_id).encode(), key=digest, digest_size=4).digest()
    return int.from_bytes(drawn, "big") < AUDIT_SHARE * 2**32


def _read_scripts(session: Session, thread: Thread) -> frozenset[str]:
    bodies = (row[0] for row in look_up(session, _READ_BODIES, {"thread": thread.id}))
    return find_main_scripts("\n".join([thread.title, *bodies]))
