"""Owns what becomes of what our own export keeps: notes, signals, decisions.

Who decided is kept only if whoever imports answers for all of the installation: a
file is easily written, and must not put words into a colleague's mouth.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.formats.kept import Kept, KeptDecision, KeptSignal, parse_kept
from moderation.services.imports.ready import Ready
from moderation.storage.bulk import insert_rows
from moderation.storage.models import Decision, Moderator, Note, SignalEvidence
from moderation.storage.models.base import now


def read_kept(one: Ready) -> Kept | None:
    """Return what a comment's file keeps of it, None if it is of another system."""
    fields = one.prepared.kept
    return None if fields is None else parse_kept(fields)


def store_kept(
    session: Session, kept: Mapping[int, Kept], *, names: Mapping[str, int]
) -> None:
    """Store notes, signals and decisions of comments, by id.

    `names` has the ids of the moderators whose decisions are told as theirs.
    """
    notes = [
        {"comment_id": id_, "version": 1, "body": one.note, "changed_at": now()}
        for id_, one in kept.items()
        if one.note
    ]
    insert_rows(session, Note, notes)
    signals = [
        _make_signal(id_, place, signal)
        for id_, one in kept.items()
        for place, signal in enumerate(one.signals)
    ]
    insert_rows(session, SignalEvidence, signals)
    decisions = [
        _make_decision(id_, decision, names)
        for id_, one in kept.items()
        for decision in one.history
    ]
    insert_rows(session, Decision, decisions)


def find_names(session: Session, kept: Sequence[Kept]) -> Mapping[str, int]:
    """Return the ids of the moderators here whose addresses histories have."""
    wanted = {decision.moderator for one in kept for decision in one.history}
    rows = session.execute(
        select(Moderator.email, Moderator.id).where(Moderator.email.in_(wanted - {""}))
    )
    return {email: id_ for email, id_ in rows}  # noqa: C416 rows are not tuples to mypy


def _make_signal(comment_id: int, place: int, signal: KeptSignal) -> Mapping[str, Any]:
    return {
        "comment_id": comment_id,
        "position": place,
        "name": signal.name,
        "weight": signal.weight,
        "reason": signal.reason,
        "spans": list(signal.spans),
    }


def _make_decision(
    comment_id: int, decision: KeptDecision, names: Mapping[str, int]
) -> Mapping[str, Any]:
    return {
        "comment_id": comment_id,
        "moderator_id": names.get(decision.moderator),
        "agent": decision.agent,
        "from_status": decision.from_status,
        "to_status": decision.to_status,
        "version": decision.version,
        "why": decision.why,
        "batch": "",
        "label": decision.label,
        "created_at": decision.at,
    }
