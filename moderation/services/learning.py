"""Owns what moderators' decisions teach the filter, and what it reads of that.

The sums of a site and the lesson of a comment change together, in the transaction of
the decision. So what a site knows is at all times the sum of the lessons it holds.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, delete, or_, select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.sums import Change, add_sums_up, lock_sums, pack_words
from moderation.spam.learning import (
    UNSEEN,
    Evidence,
    Label,
    Learnt,
    Tally,
    find_domains,
    find_evidence,
    find_fingerprint,
    find_words,
)
from moderation.spam.pipeline import Judgement
from moderation.spam.stacker import compute_terms
from moderation.spam.submission import Submission
from moderation.spam.weighing import list_shipped
from moderation.storage.columns import insert_values
from moderation.storage.lookups import look_up
from moderation.storage.models import (
    Comment,
    ForeignLesson,
    LearntFeature,
    LearntSite,
    Lesson,
    SignalEvidence,
)
from moderation.storage.models.learning import Kind
from moderation.storage.tallies import read_features, read_words

# Composed once: that takes longer than to run it.
_READ_SITE = select(LearntSite.spam, LearntSite.ham, LearntSite.terms).where(
    LearntSite.site_id == bindparam("site")
)
_LESSON = ("comment_id", "label", "words", "features", "terms", "is_counted")
# Only these two teach: what is rejected is unwanted, but not spam.
_LABELS = {Status.SPAM: Label.SPAM, Status.APPROVED: Label.HAM}


def find_label(status: Status | None) -> Label | None:
    """Return what a moderator teaches by giving a comment this status."""
    return _LABELS.get(status) if status else None


def read_learnt(session: Session, site_id: int, submission: Submission) -> Learnt:
    """Return what the site knows that concerns a submission.

    Three look-ups by key, whatever the site has learnt; one if that is nothing.
    """
    found = look_up(session, _READ_SITE, {"site": site_id})
    if not found or not (found[0].spam or found[0].ham):
        return Learnt()
    site = found[0]
    author = find_fingerprint(submission)
    keys = [*find_domains(submission), author]
    features = read_features(session, site_id, keys)
    return Learnt(
        totals=Tally(spam=site.spam, ham=site.ham),
        words=read_words(session, site_id, find_words(submission)),
        signals=features[Kind.SIGNAL],
        domains=features[Kind.DOMAIN],
        author=features[Kind.AUTHOR].get(author, UNSEEN),
        terms=tuple(site.terms),
    )


def teach_labels(
    session: Session, labelled: Sequence[tuple[Comment, Label | None]]
) -> None:
    """Make each comment's lesson the one of its label; None takes a lesson back.

    Whatever was learnt of a comment before is taken back first, exactly. The comments
    are locked by the caller.
    """
    ids = [comment.id for comment, _ in labelled]
    # Locked: whether one was counted must not change meanwhile.
    query = select(Lesson).where(Lesson.comment_id.in_(ids)).with_for_update()
    lessons = {lesson.comment_id: lesson for lesson in session.scalars(query)}
    shown = _read_shown(session, [c.id for c, label in labelled if label is not None])
    changes: defaultdict[int, Change] = defaultdict(Change)
    new: list[Lesson] = []
    for comment, label in labelled:
        old = lessons.get(comment.id)
        if (old.label if old else None) is label:
            lessons.pop(comment.id, None)
            continue
        if old is not None and old.is_counted:
            changes[comment.site_id].take_back(old)
        if label is not None:
            lesson = _make_lesson(comment, label, shown.get(comment.id, ()))
            changes[comment.site_id].add(lesson)
            new.append(lesson)
    # Those left are out of date.
    session.execute(delete(Lesson).where(Lesson.comment_id.in_(lessons)))
    session.add_all(new)
    session.flush()
    for site_id in sorted(changes):
        add_sums_up(session, site_id, changes[site_id])


class Taught(NamedTuple):
    """A comment just stored, and what it teaches.

    `words` are packed as `pack_words` does. `signals` are the shipped signals it was
    judged by, `inputs` those of the stacker; both are empty if the filter did not look
    at it.
    """

    comment_id: int
    label: Label
    words: bytes
    domains: Sequence[str]
    author: str
    signals: Sequence[str]
    inputs: Sequence[int]


def note_lessons(session: Session, taught: Sequence[Taught]) -> None:
    """Keep the lessons of many comments, none of which was learnt before.

    They are counted later, many at once (`moderation.services.counting`).
    """
    rows = [
        (
            one.comment_id,
            one.label,
            one.words,
            {
                Kind.SIGNAL: sorted(one.signals),
                Kind.DOMAIN: sorted(one.domains),
                Kind.AUTHOR: [one.author] if one.author else [],
            },
            _list_terms(one.inputs, one.label),
            False,
        )
        for one in taught
    ]
    insert_values(session, Lesson, _LESSON, rows)


def teach_submission(
    session: Session,
    site_id: int,
    submission: Submission,
    judgement: Judgement,
    label: Label,
) -> None:
    """Add a comment that is not stored to what a site has learnt, for good."""
    shipped = list_shipped(signal.name for signal in judgement.signals)
    evidence = find_evidence(submission, shipped)
    change = Change()
    change.add(_write_lesson(evidence, judgement.inputs, label))
    add_sums_up(session, site_id, change)


def teach_foreign(
    session: Session,
    site_id: int,
    submission: Submission,
    judgement: Judgement,
    label: Label,
) -> bool:
    """Make the lesson of a comment that is stored elsewhere the one of `label`.

    Whatever was learnt of the same author and text before is taken back first,
    exactly. Return whether this taught anything new.
    """
    # Locked first: two who tell the same at once teach it once.
    lock_sums(session, site_id)
    digest = find_foreign_digest(submission)
    old = session.get(ForeignLesson, (site_id, digest))
    if old is not None and old.label is label:
        return False
    change = Change()
    if old is not None:
        change.take_back(old)
        session.delete(old)
        session.flush()
    shipped = list_shipped(signal.name for signal in judgement.signals)
    evidence = find_evidence(submission, shipped)
    taught = _write_lesson(evidence, judgement.inputs, label)
    change.add(taught)
    lesson = ForeignLesson(
        site_id=site_id,
        digest=digest,
        label=label,
        words=taught.words,
        features=taught.features,
        terms=taught.terms,
    )
    session.add(lesson)
    add_sums_up(session, site_id, change)
    return True


def forget_author(session: Session, site_id: int, fingerprint: str) -> None:
    """Take back what comments stored elsewhere taught of an author, and the tally.

    Those stored here are taken back before, by `teach_labels`. Domains that nobody
    else has shown go with them.
    """
    change, is_changed = Change(), False
    for lesson in session.scalars(
        select(ForeignLesson).where(
            ForeignLesson.site_id == site_id,
            cast(ForeignLesson.features, Text).contains(fingerprint),
        )
    ):
        change.take_back(lesson)
        session.delete(lesson)
        is_changed = True
    session.flush()
    if is_changed:
        add_sums_up(session, site_id, change)
    is_author = and_(
        LearntFeature.kind == Kind.AUTHOR, LearntFeature.key == fingerprint
    )
    is_unseen = and_(
        LearntFeature.kind != Kind.SIGNAL, LearntFeature.spam + LearntFeature.ham <= 0
    )
    session.execute(
        delete(LearntFeature)
        .where(LearntFeature.site_id == site_id, or_(is_author, is_unseen))
        .execution_options(synchronize_session=False)
    )


def find_foreign_digest(submission: Submission) -> bytes:
    """Return what a comment that is stored elsewhere is known by: author and text."""
    text = " ".join(submission.body.split())
    fields = (submission.author, submission.email.lower(), submission.website, text)
    return hashlib.sha256("\n".join(fields).encode("utf-8", "replace")).digest()


def _list_terms(inputs: Sequence[int], label: Label) -> tuple[int, ...]:
    """Return what the stacker is given; () of a comment that it did not look at."""
    return compute_terms(inputs, is_spam=label is Label.SPAM) if inputs else ()


def _read_shown(session: Session, ids: Sequence[int]) -> Mapping[int, Iterable[str]]:
    """Return the names of the shipped signals that each comment was judged by."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(SignalEvidence.comment_id, SignalEvidence.name).where(
            SignalEvidence.comment_id.in_(ids)
        )
    )
    for comment_id, name in rows:
        names[comment_id].append(name)
    return {comment_id: list_shipped(found) for comment_id, found in names.items()}


def _make_lesson(comment: Comment, label: Label, signals: Iterable[str]) -> Lesson:
    submission = Submission(
        body=comment.body,
        author=comment.name,
        email=comment.email,
        website=comment.website,
    )
    lesson = _write_lesson(find_evidence(submission, signals), comment.inputs, label)
    lesson.comment_id = comment.id
    return lesson


def _write_lesson(evidence: Evidence, inputs: Sequence[int], label: Label) -> Lesson:
    return Lesson(
        label=label,
        words=pack_words(evidence.words),
        features=_sort_features(evidence),
        terms=list(compute_terms(inputs, is_spam=label is Label.SPAM)),
    )


def _sort_features(evidence: Evidence) -> dict[str, list[str]]:
    return {
        Kind.SIGNAL: sorted(evidence.signals),
        Kind.DOMAIN: sorted(evidence.domains),
        Kind.AUTHOR: [evidence.author] if evidence.author else [],
    }
