"""Owns what authors see of their own comments, and may still do about them.

Whoever calls has made sure that it is the author who asks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    DuplicateCommentError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.events import EventType
from moderation.domain.scores import find_percent
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.services.campaign_members import note_moves
from moderation.services.care import find_help
from moderation.services.drafts import Arrival, Draft, make_submission, prepare_draft
from moderation.services.events import record_events
from moderation.services.judging import decide_arrival, gather_context
from moderation.services.memory import remember_text
from moderation.services.opinions import (
    drop_request,
    hold_for_opinion,
    note_held_or_ask,
)
from moderation.services.reviews import list_history
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
    Site,
    TextBand,
    Thread,
)
from moderation.storage.models.base import now

EDIT_TIME = timedelta(minutes=15)
# What moderators read in the history of a comment.
WITHDRAWN = "Withdrawn by its author."
CHANGED = "Its author changed the text. Spam score {}% now."
# An edit may lead from each of these to a later one, never back: else a spammer could
# try texts until one is published.
ORDER = (Status.APPROVED, Status.HELD, Status.SPAM)


@dataclass(frozen=True, kw_only=True)
class OwnComment:
    """A comment as its author may see it.

    `status` is `held`, `approved`, `rejected` or `withdrawn`; what was filed as spam
    looks held. `reason` is what the moderator gave for a rejection, "" if nothing.
    `edit_seconds` is how long the text can still be changed, 0 if it can't.
    `help_text` is what the site shows to who may be in danger, "" for nothing.
    """

    id: int
    parent: int | None
    status: str
    reason: str
    name: str
    website: str
    body: str
    html: str
    date: datetime
    thread: str
    page_url: str
    edit_seconds: int
    help_text: str

    @property
    def may_withdraw(self) -> bool:
        """Whether it is still shown, or may be."""
        return self.status in {Status.HELD, Status.APPROVED}


def find_own(session: Session, site_key: str, comment_id: int) -> OwnComment:
    """Return a comment as its author may see it.

    :raises NotFoundError: if it is not there any more.
    """
    comment = _load(session, site_key, comment_id)
    history = list_history(session, comment.id)
    last = history[-1] if history else None
    status, reason = str(comment.status), ""
    if comment.status is Status.SPAM:
        status = str(Status.HELD)
    if comment.status is Status.REJECTED and last is not None:
        is_own_doing = is_by_author(last)
        status = "withdrawn" if is_own_doing else status
        reason = "" if is_own_doing or last.undoes_id else last.why
    return OwnComment(
        id=comment.id,
        parent=comment.parent_id,
        status=status,
        reason=reason,
        name=comment.name,
        website=comment.website,
        body=comment.body,
        html=comment.html,
        date=comment.created_at,
        thread=comment.thread.key,
        page_url=comment.thread.url,
        edit_seconds=_count_seconds(comment),
        help_text=find_help(session, comment),
    )


def draft_change(
    session: Session, site_key: str, comment_id: int, *, body: str
) -> Draft:
    """Return the draft of a comment with another text: the work before the change.

    :raises NotFoundError: if the comment is not there any more.
    """
    comment = _load(session, site_key, comment_id)
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
    comment = _load(session, site_key, comment_id, is_locked=True)
    if not _count_seconds(comment):
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
    comment = _load(session, site_key, comment_id, is_locked=True)
    if comment.status is Status.REJECTED:
        raise NotAllowedError("This comment is not shown: there is nothing to do.")
    comment.version += 1
    _move(session, comment, comment.status, Status.REJECTED, why=WITHDRAWN)
    record_events(session, [comment])
    return comment


def is_by_author(decision: Decision) -> bool:
    """Return whether a decision followed from what the comment's author did."""
    is_change = decision.why.startswith(CHANGED.partition("{")[0])
    return decision.moderator_id is None and (is_change or decision.why == WITHDRAWN)


def _load(
    session: Session, site_key: str, comment_id: int, *, is_locked: bool = False
) -> Comment:
    query = (
        select(Comment)
        .join(Site, Site.id == Comment.site_id)
        .where(Comment.id == comment_id, Site.key == site_key)
    )
    comment = session.scalar(query.with_for_update(of=Comment) if is_locked else query)
    if comment is None:
        raise NotFoundError("This comment is not here any more.")
    return comment


def _count_seconds(comment: Comment) -> int:
    is_open = (
        comment.status in ORDER and comment.thread.is_open and comment.site.is_open
    )
    left = comment.created_at + EDIT_TIME - now()
    return max(0, int(left.total_seconds())) if is_open else 0


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
