"""Owns what imported comments leave behind beside themselves, as any comment does."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.statuses import Status
from moderation.formats.kept import Kept
from moderation.services.campaign_members import Name, join_together
from moderation.services.imports.keeping import (
    find_names,
    read_kept,
    store_kept,
)
from moderation.services.imports.ready import Ready
from moderation.services.imports.rehearsal import list_names
from moderation.services.learning import Taught, note_lessons
from moderation.services.threads import count_changes
from moderation.storage.columns import insert_values
from moderation.storage.models import Decision, SignalEvidence, TextBand

BAND = ("site_id", "band", "comment_id")
SIGNAL = ("comment_id", "position", "name", "weight", "reason", "spans")
DECISION = (
    "comment_id", "agent", "to_status", "version", "why", "batch", "label",
    "created_at",
)  # fmt: skip


class Member(NamedTuple):
    """A stored comment as campaigns see it."""

    id: int
    status: Status
    created_at: datetime


def store_evidence(
    session: Session,
    site_id: int,
    stored: Mapping[int, Ready],
    *,
    why: str,
    keeps_names: bool,
) -> None:
    """Store how comments came, by id, what was found in them, and what they teach.

    What our own export keeps of a comment stands for what would be found out now.
    """
    kept = {id_: found for id_, one in stored.items() if (found := read_kept(one))}
    names = find_names(session, list(kept.values())) if keeps_names else {}
    store_kept(session, kept, names=names)
    _store_decisions(
        session,
        {id_: one for id_, one in stored.items() if not has_history(kept.get(id_))},
        why=why,
    )
    bands = (
        (site_id, band, id_)
        for id_, one in stored.items()
        for band in one.prepared.bands
    )
    # In their order: the table is large, and each page of it is then changed once.
    insert_values(session, TextBand, BAND, sorted(bands))
    _store_signals(session, {i: x for i, x in stored.items() if i not in kept})
    join_together(session, site_id, _list_campaigns(stored))
    changes = [(one.thread_id, None, one.status) for one in stored.values()]
    count_changes(session, changes)
    note_lessons(session, _list_lessons(stored))


def has_history(kept: Kept | None) -> bool:
    """Return whether a file tells what happened to a comment."""
    return kept is not None and bool(kept.history)


def _store_decisions(
    session: Session, stored: Mapping[int, Ready], *, why: str
) -> None:
    rows = [
        (id_, "", one.status, 1, why, "", one.label, one.prepared.created_at)
        for id_, one in stored.items()
    ]
    insert_values(session, Decision, DECISION, rows)


def _store_signals(session: Session, stored: Mapping[int, Ready]) -> None:
    rows = [
        (
            id_,
            position,
            signal.name,
            signal.weight,
            signal.reason,
            [[span.field, span.start, span.end] for span in signal.spans],
        )
        for id_, one in stored.items()
        if one.prepared.judgement is not None
        for position, signal in enumerate(one.prepared.judgement.signals)
    ]
    insert_values(session, SignalEvidence, SIGNAL, rows)


def _list_campaigns(stored: Mapping[int, Ready]) -> Mapping[Name, Sequence[Member]]:
    """Return the campaigns of domains and authors that comments belong to.

    Those that wait are left out: they are gathered when all are there, and compared.
    """
    joined: defaultdict[Name, list[Member]] = defaultdict(list)
    for id_, one in stored.items():
        if one.status is Status.HELD:
            continue
        member = Member(id_, one.status, one.prepared.created_at)
        for domain in one.prepared.domains:
            joined[CampaignKind.DOMAIN, domain].append(member)
        if one.prepared.author:
            joined[CampaignKind.AUTHOR, one.prepared.author].append(member)
    return joined


def _list_lessons(stored: Mapping[int, Ready]) -> Sequence[Taught]:
    return [
        Taught(
            comment_id=id_,
            label=one.label,
            words=one.prepared.words,
            domains=one.prepared.linked,
            author=one.prepared.author,
            signals=list_names(one.prepared.judgement)
            if one.prepared.judgement
            else (),
            inputs=one.prepared.judgement.inputs if one.prepared.judgement else (),
        )
        for id_, one in stored.items()
        if one.label is not None
    ]
