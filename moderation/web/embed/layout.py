"""Owns the order in which the comments of a thread are shown: replies below theirs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.services.threads import PublicComment

# Deeper replies stand below each other: on a phone no room is left for more.
DEEPEST = 4


@dataclass(frozen=True, kw_only=True)
class ShownComment:
    """A comment, how far in it stands (0 to `DEEPEST`), and the name it answers."""

    comment: PublicComment
    depth: int
    answered: str | None


def arrange_comments(comments: Sequence[PublicComment]) -> list[ShownComment]:
    """Return the comments as they are read: each followed by its replies.

    Walks without recursion: a conversation may be 10,000 replies deep. What stands
    in a ring of replies, if the data should hold one, comes last and loses nothing.
    """
    replies: dict[int | None, list[PublicComment]] = defaultdict(list)
    for comment in comments:
        replies[comment.parent].append(comment)
    names = {comment.id: comment.name for comment in comments}
    shown: dict[int, ShownComment] = {}
    waiting = [(comment, 0) for comment in reversed(comments)]
    waiting += [(comment, 0) for comment in reversed(replies[None])]
    while waiting:
        comment, depth = waiting.pop()
        if comment.id in shown:
            continue
        answered = names[comment.parent] if comment.parent else None
        shown[comment.id] = ShownComment(
            comment=comment, depth=min(depth, DEEPEST), answered=answered
        )
        waiting += [(reply, depth + 1) for reply in reversed(replies[comment.id])]
    return list(shown.values())
