"""Owns how a batch of imported comments is stored: in few statements, all or nothing.

Nothing is announced: no event, no mail. What is stored is what a comment that came by
the form leaves behind, but for the verdict, which the filter did not give.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.networks import find_network
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.services.campaign_members import Name, join_together
from moderation.services.imports.preparing import Prepared
from moderation.services.imports.rehearsal import list_names
from moderation.services.learning import Taught, teach_evidence
from moderation.services.threads import count_changes
from moderation.spam.learning import Label
from moderation.spam.pipeline import Judgement
from moderation.storage.bulk import insert_plain, insert_rows, take_comment_ids
from moderation.storage.models import (
    Comment,
    Decision,
    ImportRecord,
    SignalEvidence,
    TextBand,
)
from moderation.storage.search import keep_words

PAIRS_AT_ONCE = 200
LONGEST_USER_AGENT = 500
# What stands for a score where the filter did not look: what was decided.
SCORES = {Status.APPROVED: 0.0, Status.SPAM: 1.0}
UNDECIDED = 0.5


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A comment and all that is needed to store it. `label` None: it teaches nothing.

    `judgement` is None unless the filter looked at it.
    """

    prepared: Prepared
    source_id: int
    thread_id: int
    status: Status
    label: Label | None
    judgement: Judgement | None


class Member(NamedTuple):
    """A stored comment as campaigns see it."""

    id: int
    status: Status
    created_at: datetime


class _Parent(NamedTuple):
    """A comment that others answer, and where it is."""

    id: int
    thread_id: int


External = tuple[int, str]


def find_known(
    session: Session, source_id: int, external_ids: Sequence[str]
) -> frozenset[str]:
    """Return which of these ids of a source were imported already."""
    found: set[str] = set()
    for start in range(0, len(external_ids), PAIRS_AT_ONCE):
        some = external_ids[start : start + PAIRS_AT_ONCE]
        found.update(
            session.scalars(
                select(ImportRecord.external_id).where(
                    ImportRecord.source_id == source_id,
                    ImportRecord.external_id.in_(some),
                )
            )
        )
    return frozenset(found)


def store_comments(
    session: Session, site_id: int, ready: Sequence[Ready], *, why: str
) -> int:
    """Store comments that are not known; return how many of them were there already.

    Those are the same comment come by the form: same thread, author, text and time.
    """
    present = _find_present(session, ready)
    same = {
        n: present[_key(one)][0]
        for n, one in enumerate(ready)
        if _is_same(one, present)
    }
    new = [one for n, one in enumerate(ready) if n not in same]
    insert_rows(
        session,
        ImportRecord,
        [_make_record(ready[n], comment_id) for n, comment_id in same.items()],
    )
    ids = take_comment_ids(session, len(new))
    stored = dict(zip(ids, new, strict=True))
    parents = _find_parents(session, stored)
    digests = _choose_digests(new, present)
    rows = [
        _make_row(site_id, id_, one, digest, parents.get(id_))
        for (id_, one), digest in zip(stored.items(), digests, strict=True)
    ]
    insert_rows(session, Comment, rows)
    keep_words(session, rows)
    insert_rows(
        session,
        ImportRecord,
        [
            _make_record(one, id_, has_parent=id_ in parents)
            for id_, one in stored.items()
        ],
    )
    _store_evidence(session, site_id, stored, why=why)
    _count(session, site_id, stored)
    return len(same)


def settle_parents(session: Session, source_id: int, *, after: str = "") -> str | None:
    """Give answers the comments they answer, which came later; return where to go on.

    None if all are done. Those on other pages stay at the top.
    """
    parent = select(ImportRecord).subquery()
    rows = session.execute(
        select(ImportRecord.external_id, ImportRecord.comment_id, parent.c.comment_id)
        .join(
            parent,
            (parent.c.source_id == ImportRecord.source_id)
            & (parent.c.external_id == ImportRecord.awaits),
        )
        .where(
            ImportRecord.source_id == source_id,
            ImportRecord.awaits.is_not(None),
            ImportRecord.external_id > after,
        )
        .order_by(ImportRecord.external_id)
        .limit(PAIRS_AT_ONCE)
    ).all()
    for external_id, child_id, parent_id in rows:
        home = select(Comment.thread_id).where(Comment.id == parent_id)
        session.execute(
            update(Comment)
            .where(Comment.id == child_id, Comment.thread_id == home.scalar_subquery())
            .values(parent_id=parent_id)
        )
        session.execute(
            update(ImportRecord)
            .where(
                ImportRecord.source_id == source_id,
                ImportRecord.external_id == external_id,
            )
            .values(awaits=None)
        )
    return rows[-1].external_id if rows else None


def _key(one: Ready) -> tuple[int, bytes]:
    return one.thread_id, one.prepared.digest


def _find_present(
    session: Session, ready: Sequence[Ready]
) -> Mapping[tuple[int, bytes], tuple[int, datetime, bool]]:
    """Return the comments with the same text by the same author in the same thread.

    Of each its id, its time, and whether it was imported.
    """
    keys = list({_key(one) for one in ready})
    found = {}
    for start in range(0, len(keys), PAIRS_AT_ONCE):
        rows = session.execute(
            select(
                Comment.thread_id,
                Comment.digest,
                Comment.id,
                Comment.created_at,
                ImportRecord.comment_id,
            )
            .outerjoin(ImportRecord, ImportRecord.comment_id == Comment.id)
            .where(
                tuple_(Comment.thread_id, Comment.digest).in_(
                    keys[start : start + PAIRS_AT_ONCE]
                )
            )
        )
        for thread_id, digest, id_, at, record in rows:
            found[thread_id, digest] = (id_, at, record is not None)
    return found


def _is_same(
    one: Ready, present: Mapping[tuple[int, bytes], tuple[int, datetime, bool]]
) -> bool:
    """Return whether a comment came by the form before, and is not to be doubled."""
    found = present.get(_key(one))
    if found is None:
        return False
    _, at, is_imported = found
    return not is_imported and at == one.prepared.created_at


def _choose_digests(
    new: Sequence[Ready], present: Mapping[tuple[int, bytes], object]
) -> Sequence[bytes]:
    """Return digests of which none is there twice: what people sent twice is kept."""
    taken = set(present)
    digests = []
    for one in new:
        digest = one.prepared.digest
        if _key(one) in taken:
            external = f"{one.source_id} {one.prepared.comment.id}"
            digest = sha256(external.encode() + digest).digest()
        taken.add(_key(one))
        digests.append(digest)
    return digests


def _find_parents(session: Session, stored: Mapping[int, Ready]) -> Mapping[int, int]:
    """Return the id of the comment that each new one answers, where it is there."""
    here: dict[External, _Parent] = {}
    wanted = {
        (one.source_id, one.prepared.comment.parent)
        for one in stored.values()
        if one.prepared.comment.parent
    }
    there = _read_parents(session, list(wanted))
    parents = {}
    for id_, one in stored.items():
        comment = one.prepared.comment
        external = (one.source_id, comment.parent)
        # What comes later in the batch is not stored when this one is.
        found = here.get(external) or there.get(external)
        if found is not None and found.thread_id == one.thread_id:
            parents[id_] = found.id
        here[one.source_id, comment.id] = _Parent(id_, one.thread_id)
    return parents


def _read_parents(
    session: Session, wanted: Sequence[External]
) -> Mapping[External, _Parent]:
    found = {}
    for start in range(0, len(wanted), PAIRS_AT_ONCE):
        rows = session.execute(
            select(
                ImportRecord.source_id,
                ImportRecord.external_id,
                Comment.id,
                Comment.thread_id,
            )
            .join(Comment, Comment.id == ImportRecord.comment_id)
            .where(
                tuple_(ImportRecord.source_id, ImportRecord.external_id).in_(
                    wanted[start : start + PAIRS_AT_ONCE]
                )
            )
        )
        for source_id, external_id, id_, thread_id in rows:
            found[source_id, external_id] = _Parent(id_, thread_id)
    return found


def _make_row(
    site_id: int, id_: int, one: Ready, digest: bytes, parent_id: int | None
) -> Mapping[str, Any]:
    prepared, judgement = one.prepared, one.judgement
    score = _find_score(one)
    return {
        "id": id_,
        "site_id": site_id,
        "thread_id": one.thread_id,
        "parent_id": parent_id,
        "status": one.status,
        "version": 1,
        "name": prepared.name,
        "email": prepared.email,
        "website": prepared.website,
        "body": prepared.body,
        "html": prepared.html,
        "digest": digest,
        "ip": prepared.ip,
        "network": find_network(prepared.ip) if prepared.ip else "",
        "user_agent": prepared.comment.user_agent[:LONGEST_USER_AGENT],
        "score": score,
        "failures": list(judgement.failures) if judgement else [],
        "inputs": list(judgement.inputs) if judgement else [],
        "kind": prepared.comment.kind,
        "created_at": prepared.created_at,
        "due_at": find_turn(prepared.created_at, score),
    }


def _find_score(one: Ready) -> float:
    if one.prepared.comment.score is not None:
        return one.prepared.comment.score
    if one.judgement is not None:
        return one.judgement.score
    return SCORES.get(one.status, UNDECIDED)


def _make_record(
    one: Ready, comment_id: int, *, has_parent: bool = True
) -> Mapping[str, Any]:
    comment = one.prepared.comment
    return {
        "source_id": one.source_id,
        "external_id": comment.id,
        "comment_id": comment_id,
        "awaits": comment.parent or None if not has_parent else None,
    }


def _store_evidence(
    session: Session, site_id: int, stored: Mapping[int, Ready], *, why: str
) -> None:
    """Store what is found and learnt of comments, and how they came."""
    insert_rows(
        session,
        Decision,
        [
            {
                "comment_id": id_,
                "from_status": None,
                "to_status": one.status,
                "version": 1,
                "why": why,
                "batch": "",
                "label": one.label,
                "created_at": one.prepared.created_at,
            }
            for id_, one in stored.items()
        ],
    )
    insert_plain(
        session,
        TextBand,
        [
            {"site_id": site_id, "band": band, "comment_id": id_}
            for id_, one in stored.items()
            for band in one.prepared.bands
        ],
    )
    insert_rows(
        session,
        SignalEvidence,
        [
            {
                "comment_id": id_,
                "position": position,
                "name": signal.name,
                "weight": signal.weight,
                "reason": signal.reason,
                "spans": [[span.field, span.start, span.end] for span in signal.spans],
            }
            for id_, one in stored.items()
            if one.judgement is not None
            for position, signal in enumerate(one.judgement.signals)
        ],
    )


def _count(session: Session, site_id: int, stored: Mapping[int, Ready]) -> None:
    """Put comments into their campaigns, count what is public, and learn."""
    joined: defaultdict[Name, list[Member]] = defaultdict(list)
    for id_, one in stored.items():
        # Those that wait are compared with each other when all are there.
        if one.status is Status.HELD:
            continue
        member = Member(id_, one.status, one.prepared.created_at)
        for domain in one.prepared.domains:
            joined[CampaignKind.DOMAIN, domain].append(member)
        if one.prepared.author:
            joined[CampaignKind.AUTHOR, one.prepared.author].append(member)
    join_together(session, site_id, joined)
    count_changes(
        session, [(one.thread_id, None, one.status) for one in stored.values()]
    )
    taught = [
        Taught(
            comment_id=id_,
            label=one.label,
            evidence=one.prepared.evidence,
            signals=list_names(one.judgement) if one.judgement else (),
            inputs=one.judgement.inputs if one.judgement else (),
        )
        for id_, one in stored.items()
        if one.label is not None and one.prepared.evidence is not None
    ]
    teach_evidence(session, site_id, taught)
