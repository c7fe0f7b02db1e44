"""Owns `moderation comment note`, `reply` and `undo`: what pages do to one comment."""

import re
import sys

import click
from sqlalchemy.orm import Session

from moderation.cli.acting import find_actor
from moderation.cli.database import open_database
from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotFoundError,
)
from moderation.services.access import Actor
from moderation.services.moves import Outcome
from moderation.services.notes import Remark, write_note
from moderation.services.queues import find_comment
from moderation.services.replies import Reply, find_signature, reply_and_approve
from moderation.services.reviews import find_undoable, list_history, undo_decisions
from moderation.storage.models import Comment

# As much as the pages take.
LONGEST_NOTE, LONGEST_REPLY, LONGEST_NAME = 4_000, 65_525, 100
STDIN = "-"

_ID = click.argument("comment_id", type=click.IntRange(min=1, max=2**63 - 1))
_AS = click.option("--as", "email", required=True, help="In which moderator's name.")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@click.command("note")
@_ID
@click.argument("text")
@_AS
def note(comment_id: int, text: str, email: str) -> None:
    """Note TEXT (-: standard input) on the comment COMMENT_ID, for moderators alone.

    It replaces the note that is there; an empty one deletes it.
    """
    body = _read(text, "text", LONGEST_NOTE)
    with open_database() as database, database.write() as session:
        actor, comment = _find(session, email, comment_id)
        version = comment.note.version if comment.note else 0
        write_note(session, actor, comment_id, Remark(body=body, version=version))
    click.echo(f"{comment_id}\t{'noted' if body else 'no note'}")


@click.command("reply")
@_ID
@click.argument("text")
@_AS
@click.option("--name", default="", help="Signed with; as the last reply by default.")
def reply(comment_id: int, text: str, email: str, name: str) -> None:
    """Publish TEXT (-: standard input) as a reply to the comment COMMENT_ID.

    The comment is approved with it. Prints the numbers of both, and how they stand.
    """
    body = _read(text, "text", LONGEST_REPLY)
    with open_database() as database, database.write() as session:
        actor, comment = _find(session, email, comment_id)
        signature = _read(name, "name", LONGEST_NAME) or find_signature(session, actor)
        if not (body and signature):
            raise InvalidInputError({"reply": ["Give a text, and a --name to sign."]})
        said = Reply(name=" ".join(signature.split()), body=body)
        outcome = reply_and_approve(session, actor, comment_id, comment.version, said)
        lines = _describe(session, outcome)
    click.echo("\n".join(lines))


@click.command("undo")
@_ID
@_AS
def undo(comment_id: int, email: str) -> None:
    """Take back the last decision on the comment COMMENT_ID."""
    with open_database() as database, database.write() as session:
        actor, comment = _find(session, email, comment_id)
        decision = find_undoable(comment, list_history(session, comment_id))
        if decision is None:
            raise NotFoundError(
                f"Comment {comment_id} is {comment.status}: there is no decision to "
                "take back, or its author has changed it since."
            )
        outcome = undo_decisions(session, actor, [decision.id])
        lines = _describe(session, outcome)
    click.echo("\n".join(lines))


def _find(session: Session, email: str, comment_id: int) -> tuple[Actor, Comment]:
    """Return who acts, and the comment as that one sees it."""
    actor = find_actor(session, email)
    return actor, find_comment(session, actor, comment_id)


def _read(text: str, field: str, most: int) -> str:
    """Return a text that was given, without blanks around it.

    :raises InvalidInputError: if it is too long, or can't be shown.
    """
    if text == STDIN:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    text = text.strip().replace("\r\n", "\n")
    if len(text) > most or _CONTROL.search(text):
        problem = f"Use up to {most:,} characters, and no control characters."
        raise InvalidInputError({field: [problem]})
    return text


def _describe(session: Session, outcome: Outcome) -> list[str]:
    """Return a line for each comment that was moved.

    :raises ChangedMeanwhileError: if none was.
    """
    if not outcome.decided:
        raise ChangedMeanwhileError("Somebody was faster. Look at it again.")
    moved = [session.get_one(Comment, id_) for id_ in outcome.decided]
    return [f"{comment.id}\t{comment.status}" for comment in moved]
