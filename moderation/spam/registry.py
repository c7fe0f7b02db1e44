"""Owns the list of heuristics that judge a submission."""

from collections.abc import Callable

from moderation.spam.context import Context
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

Heuristic = Callable[[Submission, Context], Signal | None]

HEURISTICS: tuple[Heuristic, ...] = ()
