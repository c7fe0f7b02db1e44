"""Owns what came of erasing a person, and how it is told."""

from dataclasses import dataclass

from moderation.domain.plurals import count_in_words


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What was erased of a person, or would be.

    `deleted` and `emptied` are numbers of comments. `traces` is how many mails, kept
    answers, rules and remarks told of the person. `mentions` is how many comments
    of others have the address in their text: they are theirs, and stay.
    """

    deleted: int
    emptied: int
    traces: int = 0
    mentions: int = 0

    @property
    def comments(self) -> int:
        """How many comments there were."""
        return self.deleted + self.emptied


def describe_erasure(done: Erasure) -> str:
    """Return in words what was erased, and what was not."""
    parts = [f"Erased: {count_in_words(done.deleted, 'comment')} deleted"]
    if done.emptied:
        parts.append(f"{done.emptied} emptied, since others answered")
    parts.append(f"{count_in_words(done.traces, 'other trace')} removed")
    line = ", ".join(parts) + "."
    if done.mentions:
        number = count_in_words(done.mentions, "comment")
        line += f" The address may stand in the text of {number} of others."
    return line
