"""Owns what authors may still do about their own comments: change and withdraw them.

Whoever calls has made sure that it is the author who asks.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from moderation.domain.errors import DuplicateCommentError, NotAllowedError
from moderation.domain.events import EventType
from moderation.domain.scores import find_percent
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.services.campaign_members import note_moves
from moderation.services.drafts import Arrival, Draft, make_submission, prepare_draft
from moderation.services.events import record_events
from moderation.services.judging import decide_arrival, gather_context
from moderation.services.memory import remember_text
from moderation.services.opinions import (
    drop_request,
    hold_for_opinion,
    note_held_or_ask,
)
from moderation.services.own_comments import (
    CHANGED,
    ORDER,
    WITHDRAWN,
    count_seconds,
    load_own,
)
from moderation.services.submissions import STATUS_BY_VERDICT, describe_evidence
from moderation.services.threads import count_change
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.verdict import Verdict
from moderation.storage.locks import lock_name
from moderation.storage.models import (
    Comment,
    Decision,
    Revision,
    SignalEvidence,
    TextBand,
    Thread,
)
from moderation.storage.models.base import now


def draft_change(
    session: Session, site_key: str, comment_id: int, *, body: str
) -> Draft:
    """Return the draft of a comment with another text: the work before the change.

    :raises NotFoundError: if the comment is not there any more.
    """
    comment = load_own(session, site_key, comment_id)
    return prepare_draft(
        thread=comment.thread.key,
        name=comment.name,
        email=comment.email,
        website=comment.website,
        body=body,
        parent=comment.parent_id,
    )


def change_own(
    session: Session, site_key: str, comment_id: int, draft: Draft, arrival: Arrival
) -> Comment:
    """Give a comment the text of `draft`, judge it again, keep the old text.

    It may lose its place on the page by that, or be filed as spam, but never gain; but
    what suggests that its author may be in danger waits for a moderator in any case.

    :raises NotFoundError: if it is not there any more.
    :raises NotAllowedError: if it can't be changed any more.
    :raises DuplicateCommentError: if the author wrote this text there already.
    """
    comment = load_own(session, site_key, comment_id, is_locked=True)
    if not count_seconds(comment):
        raise NotAllowedError("This comment can’t be changed any more.")
    if draft.body == comment.body:
        return comment
    _refuse_duplicate(session, comment, draft)
    old = comment.status
    session.add(
        Revision(comment_id=comment.id, version=comment.version, body=comment.body)
    )
    # It must not stand up for itself: neither as a twin nor as an approved comment.
    comment.status = Status.HELD
    session.execute(delete(TextBand).where(TextBand.comment_id == comment.id))
    session.flush()
    judgement, verdict = _judge(session, comment, draft, arrival)
    # Nobody is asked about a text that could gain nothing by the answer.
    if drop_request(session, comment) or old is Status.APPROVED:
        judgement, verdict = hold_for_opinion(
            session, comment.site_id, judgement, verdict
        )
    _rewrite(session, comment, draft, judgement)
    new = max(old, STATUS_BY_VERDICT[verdict], key=ORDER.index)
    if judgement.needs_care:
        # A person is to read it, even what was filed as spam before.
        new = Status.HELD
    remember_text(session, comment, draft.sketch)
    _move(session, comment, old, new, why=CHANGED.format(find_percent(comment.score)))
    if old is new is Status.APPROVED:
        _note_change(session, comment)
    record_events(session, [comment], kind=EventType.EDITED)
    note_held_or_ask(session, comment, judgement)
    if new is not old:
        record_events(session, [comment])
    return comment


def withdraw_own(session: Session, site_key: str, comment_id: int) -> Comment:
    """Take a comment back: nobody sees it any more. The filter learns nothing of it.

    :raises NotFoundError: if it is not there any more.
    :raises NotAllowedError: if there is nothing to take back.
    """
    comment = load_own(session, site_key, comment_id, is_locked=True)
    if comment.status is Status.REJECTED:
        raise NotAllowedError("This comment is not shown: there is nothing to do.")
    comment.version += 1
    _move(session, comment, comment.status, Status.REJECTED, why=WITHDRAWN)
    record_events(session, [comment])
    return comment


def _refuse_duplicate(session: Session, comment: Comment, draft: Draft) -> None:
    lock_name(session, f"comment {comment.thread_id} {draft.digest.hex()}")
    found = session.scalar(
        select(Comment.id).where(
            Comment.thread_id == comment.thread_id,
            Comment.digest == draft.digest,
            Comment.id != comment.id,
        )
    )
    if found is not None:
        raise DuplicateCommentError(
            "You have sent this comment already; it was received and is safe."
        )


def _judge(
    session: Session, comment: Comment, draft: Draft, arrival: Arrival
) -> tuple[Judgement, Verdict]:
    """Judge the new text as if it came now."""
    thread, site = comment.thread, comment.site
    submission = make_submission(draft, arrival, now())
    context = gather_context(session, thread, draft, submission, arrival, site=site)
    judgement = judge(submission, context)
    return judgement, decide_arrival(site, judgement, context)


def _rewrite(
    session: Session, comment: Comment, draft: Draft, judgement: Judgement
) -> None:
    """Put in the new text, and the evidence it was judged by."""
    comment.body, comment.html, comment.digest = draft.body, draft.html, draft.digest
    comment.score, comment.inputs = judgement.score, list(judgement.inputs)
    comment.failures = list(judgement.failures)
    comment.due_at = find_turn(
        comment.created_at, comment.score, needs_care=judgement.needs_care
    )
    comment.version += 1
    # The old evidence goes first: the new has the same places in the list.
    comment.signals.clear()
    session.flush()
    comment.signals.extend(
        SignalEvidence(**row)
        for row in describe_evidence(comment.id, judgement.signals)
    )


def _move(
    session: Session, comment: Comment, old: Status, new: Status, *, why: str
) -> None:
    """Record a change of status that no moderator made; what was learnt stays."""
    comment.status = new
    session.flush()
    if new is old:
        return
    label = session.scalar(
        select(Decision.label)
        .where(Decision.comment_id == comment.id)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    count_change(session, comment.thread_id, old=old, new=new)
    session.add(
        Decision(
            comment_id=comment.id,
            from_status=old,
            to_status=new,
            version=comment.version,
            why=why,
            label=label,
        )
    )
    session.flush()
    note_moves(session, {comment.id: new})


def _note_change(session: Session, comment: Comment) -> None:
    """Note that what the public sees of a thread is not what it was."""
    session.execute(
        update(Thread)
        .where(Thread.id == comment.thread_id)
        .values(version=Thread.version + 1)
    )
