"""Owns how a batch of imported comments is stored: in few statements, all or nothing.

Nothing is announced: no event, no mail. What is stored is what a comment that came by
the form leaves behind, but for the verdict, which the filter did not give.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.networks import find_network
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.formats.kept import Kept
from moderation.services.imports.evidence import store_evidence
from moderation.services.imports.keeping import read_kept
from moderation.services.imports.parents import find_parents
from moderation.services.imports.ready import Ready
from moderation.storage.bulk import insert_rows, take_comment_ids
from moderation.storage.models import Comment, ImportRecord
from moderation.storage.search import keep_words

PAIRS_AT_ONCE = 200
LONGEST_USER_AGENT = 500
# What stands for a score where the filter did not look: what was decided.
SCORES = {Status.APPROVED: 0.0, Status.SPAM: 1.0}
UNDECIDED = 0.5


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
    session: Session,
    site_id: int,
    ready: Sequence[Ready],
    *,
    why: str,
    keeps_names: bool = False,
) -> int:
    """Store comments that are not known; return how many of them were there already.

    `keeps_names`: whose decisions a file says they were is believed. Those that were
    there are the same comment come by the form: same thread, author, text and time.
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
    parents = find_parents(session, stored)
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
    store_evidence(session, site_id, stored, why=why, keeps_names=keeps_names)
    return len(same)


def _key(one: Ready) -> tuple[int, bytes]:
    return one.thread_id, one.prepared.digest


def _find_present(
    session: Session, ready: Sequence[Ready]
) -> Mapping[tuple[int, bytes], tuple[int, datetime, bool]]:
    """Return the comments with the same text by the same author in the same thread.

    Of each its id, its time, and whether it was imported.
    """
    digests: defaultdict[int, list[bytes]] = defaultdict(list)
    for thread_id, digest in sorted({_key(one) for one in ready}):
        digests[thread_id].append(digest)
    found: dict[tuple[int, bytes], tuple[int, datetime, bool]] = {}
    for thread_id, wanted in digests.items():
        found.update(_find_in_thread(session, thread_id, wanted))
    return found


def _find_in_thread(
    session: Session, thread_id: int, digests: Sequence[bytes]
) -> Mapping[tuple[int, bytes], tuple[int, datetime, bool]]:
    # Thread by thread: asked for pairs, SQLite reads the whole table.
    rows = session.execute(
        select(Comment.digest, Comment.id, Comment.created_at, ImportRecord.comment_id)
        .outerjoin(ImportRecord, ImportRecord.comment_id == Comment.id)
        .where(Comment.thread_id == thread_id, Comment.digest.in_(digests))
    )
    return {
        (thread_id, digest): (id_, at, record is not None)
        for digest, id_, at, record in rows
    }


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


def _make_row(
    site_id: int, id_: int, one: Ready, digest: bytes, parent_id: int | None
) -> Mapping[str, Any]:
    prepared, judgement = one.prepared, one.judgement
    score, kept = _find_score(one), read_kept(one)
    return {
        "id": id_,
        "site_id": site_id,
        "thread_id": one.thread_id,
        "parent_id": parent_id,
        "status": one.status,
        "version": kept.version if kept else 1,
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
        "verdict": kept.verdict if kept else None,
        "reviewed_at": _find_review(kept),
        "due_at": find_turn(prepared.created_at, score),
    }


def _find_review(kept: Kept | None) -> datetime | None:
    """Return when somebody last decided; that the filter did is no review."""
    decisions = [one.at for one in kept.history if one.from_status] if kept else []
    return max(decisions, default=None)


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
