"""Owns what moderators note on a comment for each other: one note, never public."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import StaleNoteError
from moderation.services.access import Actor, require_decider
from moderation.services.queues import find_comment
from moderation.storage.models import Note
from moderation.storage.models.base import now


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A note as somebody wants it: the text, and the version that was changed."""

    body: str
    version: int


def write_note(
    session: Session, actor: Actor, comment_id: int, remark: Remark
) -> Note | None:
    """Set the note of a comment and return it; an empty one is deleted.

    Version 0 stands for no note.

    :raises NotFoundError: if the comment is not the actor's to see.
    :raises NotAllowedError: if the actor may not decide on it.
    :raises StaleNoteError: if somebody else has changed the note meanwhile.
    """
    comment = find_comment(session, actor, comment_id)
    require_decider(actor, comment.site_id)
    note = session.get(Note, comment_id, with_for_update=True)
    if (note.version if note else 0) != remark.version:
        raise StaleNoteError(
            "Somebody else has changed this note meanwhile. Yours was not saved: "
            "read theirs, and write what is missing."
        )
    if not remark.body:
        comment.note = None
    elif note is None:
        comment.note = Note(body=remark.body, moderator_id=actor.author_id)
    else:
        note.body, note.version = remark.body, note.version + 1
        note.moderator_id, note.changed_at = actor.author_id, now()
    session.flush()
    return comment.note
