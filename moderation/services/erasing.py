"""Owns the erasing of a person: what somebody wrote, and all that tells of it.

The person is an e-mail address. Comments without replies are deleted; one that others
have answered is emptied and stays where it is, so that the replies do. Afterwards the
file of an SQLite database is to be tidied (`moderation.storage.upkeep`): until then
bytes of deleted rows may linger in it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from moderation.domain.campaigns import CampaignKind
from moderation.domain.errors import InvalidInputError
from moderation.domain.events import EventType
from moderation.domain.plurals import count_in_words
from moderation.domain.statuses import Status
from moderation.domain.words import cut_words
from moderation.services.access import Actor
from moderation.services.campaign_members import leave_campaigns
from moderation.services.changes import record_change
from moderation.services.erasures import Erasure
from moderation.services.events import NOBODY, record_events, rewrite_events
from moderation.services.imports.uploads import give_up_uploads
from moderation.services.learning import forget_author, teach_labels
from moderation.services.own_sites import list_own_sites
from moderation.services.subscriptions import end_all
from moderation.services.traces import erase_traces
from moderation.spam.learning import find_fingerprint
from moderation.spam.submission import Submission
from moderation.storage.models import (
    Campaign,
    Comment,
    Decision,
    Note,
    Revision,
    SignalEvidence,
    Site,
    TextBand,
    Thread,
)
from moderation.storage.search import Place, Term, scrub_words, select_matches

BODY = "This comment was deleted at its author’s request."
HTML = f"<p>{BODY}</p>"
CHUNK = 500

T = TypeVar("T")


def find_person(
    session: Session, actor: Actor, email: str, *, site_key: str | None = None
) -> Sequence[Comment]:
    """Return the comments of a person on a site (None: all that the actor owns).

    By site and id, thread and site loaded; locked if the session writes.

    :raises NotFoundError, NotAllowedError: if the site is not the actor's own.
    :raises InvalidInputError: if the address is none.
    """
    address = check_address(email)
    sites = list_own_sites(session, actor, site_key)
    return session.scalars(
        select(Comment)
        .where(
            Comment.site_id.in_([site.id for site in sites]),
            # SQLite's lower() knows ASCII alone.
            or_(func.lower(Comment.email) == address, Comment.email == email.strip()),
        )
        .order_by(Comment.site_id, Comment.id)
        .options(joinedload(Comment.thread), joinedload(Comment.site))
    ).all()


def check_address(email: str) -> str:
    """Return an e-mail address in small letters.

    :raises InvalidInputError: if it is none.
    """
    address = email.strip().lower()
    name, _, host = address.rpartition("@")
    if not (name and host) or not address.isprintable() or " " in address:
        raise InvalidInputError(
            {"email": ["Give the whole e-mail address, like ada@example.org."]}
        )
    return address


def count_erasure(
    session: Session, actor: Actor, email: str, *, site_key: str | None = None
) -> Erasure:
    """Return what erasing a person would do; nothing is changed.

    :raises NotFoundError, NotAllowedError, InvalidInputError: as `find_person`.
    """
    comments = find_person(session, actor, email, site_key=site_key)
    kept = _find_answered(session, comments)
    sites = list_own_sites(session, actor, site_key)
    return Erasure(
        deleted=len(comments) - len(kept),
        emptied=len(kept),
        mentions=_count_mentions(session, sites, email),
    )


def erase_person(
    session: Session, actor: Actor, email: str, *, site_key: str | None = None
) -> Erasure:
    """Erase a person from a site (None: from all that the actor owns).

    What the comments taught the filter is taken back. Receivers of webhooks are told
    that they were deleted. A second time does nothing.

    :raises NotFoundError, NotAllowedError, InvalidInputError: as `find_person`.
    """
    address = check_address(email)
    sites = list_own_sites(session, actor, site_key)
    comments = find_person(session, actor, email, site_key=site_key)
    kept = _find_answered(session, comments)
    texts = sorted({comment.body for comment in comments})
    # First, while the comments still say what was learnt of them.
    for some in _cut(comments):
        teach_labels(session, [(comment, None) for comment in some])
    _leave(session, sites, comments, address)
    end_all(session, [site.id for site in sites], address)
    _note_change(session, comments, kept)
    for ids in _cut([comment.id for comment in comments]):
        _delete_evidence(session, ids)
    _empty(session, comments)
    for some in _cut(comments):
        rewrite_events(session, some)
        record_events(session, some, kind=EventType.DELETED)
    _delete(session, [comment.id for comment in comments if comment.id not in kept])
    ids = [comment.id for comment in comments]
    traces = erase_traces(session, sites, address, texts, comment_ids=ids)
    give_up_uploads(session, sites)
    _record(session, actor, comments, kept, traces)
    scrub_words(session)
    return Erasure(
        deleted=len(comments) - len(kept),
        emptied=len(kept),
        traces=sum(traces.values()),
        mentions=_count_mentions(session, sites, email),
    )


def _find_answered(session: Session, comments: Sequence[Comment]) -> set[int]:
    """Return the ids of those published that are answered by what stays."""
    own = {comment.id: comment for comment in comments}
    answers: list[tuple[int, int]] = []
    for ids in _cut(list(own)):
        rows = session.execute(
            select(Comment.parent_id, Comment.id).where(Comment.parent_id.in_(ids))
        )
        answers += [(parent, child) for parent, child in rows if parent is not None]
    kept: set[int] = set()
    # A reply is younger than what it answers: from the youngest up, one pass is enough.
    for parent, child in sorted(answers, key=lambda answer: -answer[1]):
        is_kept = child not in own or child in kept
        if is_kept and own[parent].status is Status.APPROVED:
            kept.add(parent)
    return kept


def _leave(
    session: Session, sites: Sequence[Site], comments: Sequence[Comment], address: str
) -> None:
    """Take the comments out of campaigns, and the author out of what sites learnt."""
    leave_campaigns(session, [comment.id for comment in comments])
    fingerprint = find_fingerprint(Submission(body="", email=address))
    for site in sites:
        forget_author(session, site.id, fingerprint)
        is_of_author = (Campaign.kind == CampaignKind.AUTHOR) & (
            Campaign.key == fingerprint
        )
        session.execute(
            delete(Campaign)
            .where(
                Campaign.site_id == site.id, or_(is_of_author, Campaign.members <= 0)
            )
            .execution_options(synchronize_session=False)
        )


def _note_change(
    session: Session, comments: Sequence[Comment], kept: Iterable[int]
) -> None:
    """Note what the public sees no longer, so that no kept answer is given again."""
    shown = sorted(
        (comment for comment in comments if comment.status is Status.APPROVED),
        key=lambda comment: comment.thread_id,
    )
    gone = set(kept)
    for thread_id, found in groupby(shown, key=lambda comment: comment.thread_id):
        changed = list(found)
        fewer = sum(comment.id not in gone for comment in changed)
        session.execute(
            update(Thread)
            .where(Thread.id == thread_id)
            .values(
                version=Thread.version + len(changed),
                approved_count=Thread.approved_count - fewer,
            )
        )


def _delete_evidence(session: Session, ids: Sequence[int]) -> None:
    for model in (Revision, Note, SignalEvidence, TextBand):
        session.execute(
            delete(model)
            .where(model.comment_id.in_(ids))
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(Decision)
        .where(Decision.comment_id.in_(ids))
        .values(why="")
        .execution_options(synchronize_session=False)
    )


def _empty(session: Session, comments: Iterable[Comment]) -> None:
    for comment in comments:
        comment.name, comment.body, comment.html = NOBODY, BODY, HTML
        comment.email = comment.website = ""
        comment.ip = comment.network = comment.user_agent = ""
        # The old one is a hash of author and text.
        comment.digest = secrets.token_bytes(32)
        comment.failures, comment.inputs = [], []
        comment.version += 1
        session.expire(comment, ["signals", "note"])
    session.flush()


def _delete(session: Session, ids: Sequence[int]) -> None:
    for some in _cut(ids):
        session.execute(
            delete(Comment)
            .where(Comment.id.in_(some))
            .execution_options(synchronize_session="fetch")
        )


def _record(
    session: Session,
    actor: Actor,
    comments: Sequence[Comment],
    kept: set[int],
    traces: Mapping[int, int],
) -> None:
    """Record on each site what was done, without saying of whom."""
    sites = {comment.site_id: comment.site for comment in comments}
    for site_id, site in sites.items():
        ids = [comment.id for comment in comments if comment.site_id == site_id]
        emptied = sum(id_ in kept for id_ in ids)
        removed = count_in_words(traces.get(site_id, 0), "other trace")
        deleted = count_in_words(len(ids) - emptied, "comment")
        text = f"Erased a person: {deleted} deleted, {emptied} emptied, {removed} gone."
        record_change(session, site, actor, text)


def _count_mentions(session: Session, sites: Sequence[Site], email: str) -> int:
    words = cut_words(check_address(email), is_sought=True)
    if not words or not sites:
        return 0
    place = Place(site_ids=[site.id for site in sites])
    found = select_matches(session, [Term(words=words, fields=("body",))], place)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _cut(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
