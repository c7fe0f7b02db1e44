"""Owns the value of an imported comment that has all it takes to be stored."""

from dataclasses import dataclass

from moderation.domain.statuses import Status
from moderation.services.imports.preparing import Prepared
from moderation.spam.learning import Label
from moderation.spam.pipeline import Judgement


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A comment and all that is needed to store it. `label` None: it teaches nothing.

    `judgement` is None unless the filter looked at it.
    """

    prepared: Prepared
    source_id: int
    thread_id: int
    status: Status
    label: Label | None
    judgement: Judgement | None
