"""Owns the value of an imported comment that has all it takes to be stored."""

from typing import NamedTuple

from moderation.domain.statuses import Status
from moderation.services.imports.preparing import Prepared
from moderation.services.imports.spool import Spooled
from moderation.spam.learning import Label


class Ready(NamedTuple):
    """A comment and all it takes to store it. `label` None: it teaches nothing."""

    spooled: Spooled
    prepared: Prepared
    source_id: int
    thread_id: int
    status: Status
    label: Label | None
