"""Owns what an operation of the API is: what it takes and gives, and whom it is for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    UnconditionalChangeError,
)
from moderation.services.access import Actor
from moderation.services.tokens import Grant
from moderation.storage.models import Scope
from moderation.web.api.structures import Shape

NOTHING = Shape(members={})
ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was read: what its parts say, and who asks."""

    session: Session
    grant: Grant
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    if_match: str = ""

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.grant.actor

    def require_tag(self, tag: str) -> None:
        """Refuse a change of what is not any more as it was seen.

        :raises ChangedMeanwhileError: if it is not at `tag`.
        """
        seen = [part.strip() for part in self.if_match.split(",")]
        if ANY not in seen and tag not in seen:
            raise ChangedMeanwhileError(
                "This has changed since you read it. Read it again, and decide anew."
            )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is answered. `next` is the cursor of the next page, if there is one."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing to be asked for, as the document tells it and the views obey it.

    `prepare` is run before the transaction, with what was read of the body: for what
    needs the network. `is_conditional`: it needs an If-Match.
    """

    name: str
    method: str
    path: str
    summary: str
    scope: Scope
    run: Callable[[Call], Answer]
    answer: Shape
    tag: str
    about: str = ""
    query: Shape = NOTHING
    body: Shape | None = None
    status: int = 200
    prepare: Callable[[Mapping[str, Any]], None] | None = None
    is_conditional: bool = False

    @property
    def is_change(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"


def require_condition(if_match: str) -> None:
    """Refuse a change that does not say what was seen.

    :raises UnconditionalChangeError: if so.
    """
    if not if_match.strip():
        raise UnconditionalChangeError(
            "Say what you have seen: send its ETag in the header If-Match."
        )


def require_given(body: Mapping[str, Any], *names: str) -> None:
    """Refuse a body that has none of some fields. :raises InvalidInputError: if so."""
    if not any(name in body for name in names):
        offered = " or ".join(names)
        raise InvalidInputError({names[0]: [f"Give {offered}."]})
