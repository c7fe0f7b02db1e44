"""Owns the exceptions that say why something was refused, and what to do."""

from collections.abc import Mapping, Sequence


class ModerationError(Exception):
    """Base of all refusals. Its message is fit to be shown to whoever asked."""


class NotFoundError(ModerationError):
    """What was asked for does not exist, or not for whoever asked."""


class NotAllowedError(ModerationError):
    """Whoever asked may see this, but not do it."""


class NotAuthenticatedError(ModerationError):
    """Whoever asked did not prove who that is."""


class UnconditionalChangeError(ModerationError):
    """A change that does not say what of it was seen."""


class RepeatedKeyError(ModerationError):
    """The key of a request stands for another request already."""


class BeingAnsweredError(ModerationError):
    """The same request was sent before, and is being answered right now."""


class TooManyAttemptsError(ModerationError):
    """Something was tried in vain too often: `wait_seconds` have to pass first."""

    def __init__(self, wait_seconds: int) -> None:
        minutes = -(-wait_seconds // 60)
        wait = f"{wait_seconds} seconds" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"This was tried in vain too often. Wait {wait}, please.")
        self.wait_seconds = wait_seconds


class InvalidInputError(ModerationError):
    """Fields that can't be taken: `errors` has the messages by field."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(f"{k}: {' '.join(v)}" for k, v in errors.items()))
        self.errors = {field: list(messages) for field, messages in errors.items()}


class ChangedMeanwhileError(ModerationError):
    """What was to be changed is not any more what whoever asked had seen."""


class ThreadClosedError(ModerationError):
    """The thread, or its whole site, takes no more comments."""


class DuplicateCommentError(ModerationError):
    """The same author already wrote the same text on this thread."""


class StaleNoteError(ModerationError):
    """Somebody else has changed a note since whoever asked saw it."""


class InvalidURLError(ValueError):
    """Text that is no web address."""


class InvalidOriginError(ValueError):
    """Text that is no origin."""
