"""Owns who is known: authors with approved comments, and browsers that are theirs."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from moderation.spam.learning import Label
from moderation.spam.submission import Submission
from moderation.storage.lookups import look_up
from moderation.storage.models import Comment, Lesson
from moderation.storage.models.comment import IS_APPROVED

# Enough to tell a known author.
MOST_COMMENTS_READ = 20
# Of an address that more have used than one author ever will, as "a@b.example", the
# newest comments are looked at.
MOST_OF_ADDRESS = 200

_OF_ADDRESS = (
    select(Comment.website, Comment.name)
    .where(
        Comment.site_id == bindparam("site"),
        Comment.email == bindparam("email"),
        IS_APPROVED,
    )
    .order_by(Comment.created_at.desc(), Comment.id.desc())
    .limit(MOST_OF_ADDRESS)
    .subquery()
)
# Composed once: that takes longer than to run them.
_READ_WEBSITES = (
    select(_OF_ADDRESS.c.website)
    .where(_OF_ADDRESS.c.name == bindparam("name"))
    .limit(MOST_COMMENTS_READ)
)
_FIND_PROOF = (
    select(Comment.email)
    .join(Lesson, Lesson.comment_id == Comment.id)
    .where(
        Comment.id == bindparam("comment"),
        Comment.site_id == bindparam("site"),
        IS_APPROVED,
        Lesson.label == Label.HAM,
    )
)


def list_approved_websites(
    session: Session, site_id: int, submission: Submission
) -> Sequence[str]:
    """Return the website fields of approved comments with this name and e-mail address.

    One for each comment, "" where none was given; at most `MOST_COMMENTS_READ`, of the
    newest `MOST_OF_ADDRESS` with the address.
    """
    author = {"email": submission.email, "name": submission.author}
    rows = look_up(session, _READ_WEBSITES, {"site": site_id, **author})
    return [row.website for row in rows]


def is_confirmed(
    session: Session, site_id: int, submission: Submission, comment_id: int | None
) -> bool:
    """Return whether the browser that sent a certain comment proves the author.

    So it does if a moderator approved that comment, it is approved still, and has the
    same e-mail address. What the filter published alone proves nothing: whoever types
    a regular's name and address would be given the proof with the first comment.
    """
    if comment_id is None:
        return False
    found = look_up(session, _FIND_PROOF, {"comment": comment_id, "site": site_id})
    return any(row.email.casefold() == submission.email.casefold() for row in found)


def is_known(
    submission: Submission, websites: Sequence[str], *, is_confirmed: bool
) -> bool:
    """Return whether an author counts as one who has an approved comment.

    `websites` are those of `list_approved_websites`. Name and address can be typed by
    anyone, so without a confirmation they are enough only for a comment that leads
    nowhere: no link, no contact data, no website but one that was approved (ADR 9).
    """
    if not websites:
        return False
    leads_nowhere = (
        not submission.links
        and not submission.contacts
        and submission.website in {"", *websites}
    )
    return is_confirmed or leads_nowhere
