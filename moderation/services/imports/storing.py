"""Owns how a batch of imported comments is stored: in few statements, all or nothing.

Nothing is announced: no event, no mail. What is stored is what a comment that came by
the form leaves behind, but for the verdict, which the filter did not give.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation.domain.outcomes import Said
from moderation.domain.statuses import Status
from moderation.domain.turns import find_turn
from moderation.formats.kept import Kept
from moderation.services.imports.evidence import store_evidence
from moderation.services.imports.keeping import read_kept
from moderation.services.imports.parents import find_parents
from moderation.services.imports.ready import Ready
from moderation.storage.bulk import take_comment_ids
from moderation.storage.columns import insert_values
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment, ImportRecord
from moderation.storage.search import FIELDS, keep_words

PAIRS_AT_ONCE = 100
COLUMNS = (
    "id", "site_id", "thread_id", "parent_id", "status", "version", "name", "email",
    "website", "body", "html", "digest", "ip", "network", "user_agent", "score",
    "failures", "inputs", "verdict", "said", "reviewed_at", "kind", "created_at",
    "due_at",
)  # fmt: skip
RECORD = ("source_id", "external_id", "comment_id", "awaits")
# Joined to: asked for pairs by IN, SQLite reads the whole table. Written out: composed
# of parts, it takes longer than to run. What is put in is the names of parameters.
_FIND_PAIRS = text(
    "WITH pairs (thread_id, digest) AS (VALUES "  # noqa: S608 our own text
    + ", ".join(f"(:thread_{n}, :digest_{n})" for n in range(PAIRS_AT_ONCE))
    + ") SELECT comments.thread_id, comments.digest, comments.id, comments.created_at,"
    " import_records.comment_id AS imported_id FROM pairs JOIN comments"
    " ON comments.thread_id = pairs.thread_id AND comments.digest = pairs.digest"
    " LEFT JOIN import_records ON import_records.comment_id = comments.id"
).columns(
    Comment.thread_id,
    Comment.digest,
    Comment.id,
    Comment.created_at,
    ImportRecord.comment_id.label("imported_id"),
)
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
    # First, so that answers to them find them.
    known = [_make_record(ready[n], comment_id) for n, comment_id in same.items()]
    insert_values(session, ImportRecord, RECORD, known)
    ids = take_comment_ids(session, len(new))
    stored = dict(zip(ids, new, strict=True))
    parents = find_parents(session, stored)
    digests = _choose_digests(new, present)
    rows = [
        _make_row(site_id, id_, one, digest, parents.get(id_))
        for (id_, one), digest in zip(stored.items(), digests, strict=True)
    ]
    insert_values(session, Comment, COLUMNS, rows)
    keep_words(session, _pick_words(rows))
    records = [
        _make_record(one, id_, has_parent=id_ in parents) for id_, one in stored.items()
    ]
    insert_values(session, ImportRecord, RECORD, records)
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
    found: dict[tuple[int, bytes], tuple[int, datetime, bool]] = {}
    wanted = sorted({_key(one) for one in ready})
    for start in range(0, len(wanted), PAIRS_AT_ONCE):
        some = wanted[start : start + PAIRS_AT_ONCE]
        # Always as many, so that it is one statement.
        some += some[:1] * (PAIRS_AT_ONCE - len(some))
        given: dict[str, int | bytes] = {}
        for place, (thread_id, digest) in enumerate(some):
            given[f"thread_{place}"], given[f"digest_{place}"] = thread_id, digest
        for row in look_up(session, _FIND_PAIRS, given):
            is_imported = row.imported_id is not None
            found[row.thread_id, row.digest] = row.id, row.created_at, is_imported
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
            external = f"{one.source_id} {one.spooled.id}"
            digest = sha256(external.encode() + digest).digest()
        taken.add(_key(one))
        digests.append(digest)
    return digests


def _make_row(
    site_id: int, id_: int, one: Ready, digest: bytes, parent_id: int | None
) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`."""
    prepared, judgement = one.prepared, one.prepared.judgement
    score, kept = _find_score(one), read_kept(one)
    return (
        id_,
        site_id,
        one.thread_id,
        parent_id,
        one.status,
        kept.version if kept else 1,
        prepared.name,
        prepared.email,
        prepared.website,
        prepared.body,
        prepared.html,
        digest,
        prepared.ip,
        prepared.network,
        prepared.user_agent,
        score,
        judgement.failures if judgement else (),
        judgement.inputs if judgement else (),
        kept.verdict if kept else None,
        Said.NOTHING,
        _find_review(kept),
        one.spooled.kind,
        prepared.created_at,
        find_turn(prepared.created_at, score),
    )


def _pick_words(rows: Sequence[tuple[Any, ...]]) -> Iterator[Mapping[str, Any]]:
    """Yield of rows what they are found by."""
    places = [(name, COLUMNS.index(name)) for name in ("id", *FIELDS)]
    return ({name: row[place] for name, place in places} for row in rows)


def _find_review(kept: Kept | None) -> datetime | None:
    """Return when somebody last decided; that the filter did is no review."""
    decisions = [one.at for one in kept.history if one.from_status] if kept else []
    return max(decisions, default=None)


def _find_score(one: Ready) -> float:
    if one.prepared.score is not None:
        return one.prepared.score
    if one.prepared.judgement is not None:
        return one.prepared.judgement.score
    return SCORES.get(one.status, UNDECIDED)


def _make_record(
    one: Ready, comment_id: int, *, has_parent: bool = True
) -> tuple[Any, ...]:
    """Return the values of `RECORD`."""
    awaits = one.spooled.parent or None if not has_parent else None
    return one.source_id, one.spooled.id, comment_id, awaits
