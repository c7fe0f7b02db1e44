"""Owns the arrival of a comment: judged, and stored with its evidence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from moderation.domain.errors import (
    DuplicateCommentError,
    InvalidInputError,
    ThreadClosedError,
)
from moderation.domain.kinds import CommentKind
from moderation.domain.networks import find_network
from moderation.domain.outcomes import Said
from moderation.domain.policy import Policy
from moderation.domain.scores import find_percent
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.services.accuracy import count_arrival
from moderation.services.campaign_members import join_campaigns
from moderation.services.comment_notices import note_approvals
from moderation.services.drafts import Arrival, Draft, make_submission
from moderation.services.events import record_events
from moderation.services.judging import (
    decide_arrival,
    gather_context,
    is_drawn_for_audit,
)
from moderation.services.memory import remember_text
from moderation.services.opinions import OUTSIDE, hold_for_opinion, note_held_or_ask
from moderation.services.sites import recall_site
from moderation.services.threads import count_change, ensure_thread
from moderation.services.turns import share_turn
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.registry import HEURISTICS, Heuristic
from moderation.spam.signal import Signal
from moderation.spam.verdict import Verdict
from moderation.storage.bulk import insert_comment, insert_rows
from moderation.storage.locks import lock_name
from moderation.storage.lookups import find_connection, look_up
from moderation.storage.models import (
    Audit,
    Comment,
    Decision,
    SignalEvidence,
    Site,
    Thread,
)
from moderation.storage.models.base import now
from moderation.storage.models.comment import IS_APPROVED
from moderation.storage.session import note_count

STATUS_BY_VERDICT = {
    Verdict.PUBLISH: Status.APPROVED,
    Verdict.HOLD: Status.HELD,
    Verdict.SPAM: Status.SPAM,
}
# What moderators read in the history of a comment.
POLICIES_IN_WORDS = {
    Policy.HOLD_ALL: "This site holds every comment.",
    Policy.HOLD_FIRST: "This site holds authors' first comments, and likely spam.",
    Policy.HOLD_SUSPECT: "This site holds likely spam only.",
}
# Composed once: that takes longer than to run them.
_FIND_PARENT = select(Comment.id).where(
    Comment.id == bindparam("parent"),
    Comment.thread_id == bindparam("thread"),
    IS_APPROVED,
)
_FIND_DUPLICATE = select(Comment.id).where(
    Comment.thread_id == bindparam("thread"), Comment.digest == bindparam("digest")
)
# The signal that says why even harmless comments are held.
FLOOD = "busy_site"
LONGEST_USER_AGENT = 500


def submit_comment(
    session: Session,
    site_key: str,
    draft: Draft,
    arrival: Arrival,
    *,
    heuristics: Iterable[Heuristic] = HEURISTICS,
) -> Comment:
    """Judge a draft, store it with its evidence and first decision, and return it.

    :raises NotFoundError: if there is no such site.
    :raises ThreadClosedError: if the site or the thread takes no comments.
    :raises InvalidInputError: if the parent is no public comment of this thread.
    :raises DuplicateCommentError: if this author wrote this text there already.
    """
    # What is asked past the session does not see what was not flushed.
    session.flush()
    site = recall_site(find_connection(session), site_key)
    thread = _find_open_thread(session, site, draft)
    _require_parent(session, thread, draft.parent)
    _refuse_duplicate(session, thread, draft)
    at = arrival.at or now()
    begun = perf_counter()
    submission = make_submission(draft, arrival, at)
    context = gather_context(session, thread, draft, submission, arrival, site=site)
    judgement = judge(submission, context, heuristics=heuristics)
    verdict = decide_arrival(site, judgement, context)
    note_count(session, "judging", number=perf_counter() - begun)
    judgement, verdict = hold_for_opinion(session, site.id, judgement, verdict)
    note_count(session, "verdicts", site.key, verdict)
    row = _describe(thread, draft, arrival, judgement, at=at)
    row |= {"status": STATUS_BY_VERDICT[verdict], "verdict": verdict}
    row["is_author_known"] = context.is_author_known
    twin = context.twins.nearest if context.twins else None
    if not judgement.needs_care:
        # Who may be in danger waits for nobody's turn.
        row["due_at"] = share_turn(session, row["due_at"], row["status"], twin)
    comment = _store(session, thread, row, judgement)
    if verdict is not Verdict.HOLD and is_drawn_for_audit(comment.id, comment.digest):
        comment.audit = Audit.OPEN
    _record_arrival(session, comment, _find_reason(judgement, site.policy))
    remember_text(session, comment, draft.sketch)
    join_campaigns(session, site, comment, submission, twin=twin)
    _announce(session, comment, judgement)
    return comment


def _announce(session: Session, comment: Comment, judgement: Judgement) -> None:
    """Count a comment that is stored, and let those know who want to."""
    count_arrival(session, comment)
    note_held_or_ask(session, comment, judgement)
    note_approvals(session, [comment])
    record_events(session, [comment])


def _find_open_thread(session: Session, site: Site, draft: Draft) -> Thread:
    _require_open(is_open=site.is_open)
    thread = ensure_thread(
        session, site, key=draft.thread, url=draft.url, title=draft.title
    )
    _require_open(is_open=thread.is_open)
    return thread


def _require_open(*, is_open: bool) -> None:
    if not is_open:
        raise ThreadClosedError("Comments are closed here. Nothing was saved.")


def _require_parent(session: Session, thread: Thread, parent: int | None) -> None:
    """Refuse an answer to what is not shown there, without telling whether it is."""
    if parent is None:
        return
    if not look_up(session, _FIND_PARENT, {"parent": parent, "thread": thread.id}):
        raise InvalidInputError(
            {"parent": ["The comment you answer is not there (any more)."]}
        )


def _refuse_duplicate(session: Session, thread: Thread, draft: Draft) -> None:
    lock_name(session, f"comment {thread.id} {draft.digest.hex()}")
    given = {"thread": thread.id, "digest": draft.digest}
    if look_up(session, _FIND_DUPLICATE, given):
        raise DuplicateCommentError(
            "You have sent this comment already; it was received and is safe."
        )


def _describe(
    thread: Thread,
    draft: Draft,
    arrival: Arrival,
    judgement: Judgement,
    *,
    at: datetime,
) -> dict[str, Any]:
    """Return the row of a comment as it came and was judged."""
    return {
        "site_id": thread.site_id,
        "thread_id": thread.id,
        "parent_id": draft.parent,
        "version": 1,
        "kind": CommentKind.COMMENT,
        "name": draft.name,
        "email": draft.email,
        "website": draft.website,
        "body": draft.body,
        "html": draft.html,
        "digest": draft.digest,
        "ip": arrival.ip,
        "network": find_network(arrival.ip),
        "user_agent": arrival.user_agent[:LONGEST_USER_AGENT],
        "score": judgement.score,
        "failures": list(judgement.failures),
        "inputs": list(judgement.inputs),
        "created_at": at,
        "due_at": find_turn(at, judgement.score, needs_care=judgement.needs_care),
        # What nobody has said yet.
        "audit": None,
        "said": Said.NOTHING,
        "reviewed_at": None,
    }


def _store(
    session: Session, thread: Thread, row: Mapping[str, Any], judgement: Judgement
) -> Comment:
    """Store a comment with the evidence it was judged by."""
    comment = insert_comment(session, row)
    # Held, so that nobody has to read it again.
    set_committed_value(comment, "thread", thread)
    evidence = describe_evidence(comment.id, judgement.signals)
    insert_rows(session, SignalEvidence, evidence)
    return comment


def describe_evidence(
    comment_id: int, signals: Iterable[Signal]
) -> Sequence[Mapping[str, Any]]:
    """Return signals as the rows that are kept with their comment."""
    return [
        {
            "comment_id": comment_id,
            "position": position,
            "name": signal.name,
            "weight": signal.weight,
            "reason": signal.reason,
            "spans": [[span.field, span.start, span.end] for span in signal.spans],
        }
        for position, signal in enumerate(signals)
    ]


def _find_reason(judgement: Judgement, policy: Policy) -> str:
    """Return why the verdict is what it is, beside the score."""
    is_decided = judgement.needs_care or judgement.rule is not None
    if is_decided and not judgement.failures:
        # What decided, care before rules, is named first.
        return judgement.signals[0].reason
    for signal in judgement.signals:
        if signal.name in {FLOOD, OUTSIDE}:
            return signal.reason
    return POLICIES_IN_WORDS[policy]


def _record_arrival(session: Session, comment: Comment, reason: str) -> None:
    """Record the filter's verdict as the comment's first decision."""
    count_change(session, comment.thread_id, old=None, new=comment.status)
    decision = {
        "comment_id": comment.id,
        "agent": "",
        "batch": "",
        "to_status": comment.status,
        "version": comment.version,
        "why": f"Spam score {find_percent(comment.score)}%. {reason}",
        "created_at": comment.created_at,
    }
    insert_rows(session, Decision, [decision])
