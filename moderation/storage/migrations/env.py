"""Runs revisions on the connection that was handed in (Alembic's entry point)."""

from typing import Any, Literal

from alembic import context

from moderation.storage.models import Base
from moderation.storage.models.base import Choice, Instant


def render_item(kind: str, item: Any, _: object) -> str | Literal[False]:  # noqa: ANN401
    """Write our own types as the plain ones they are kept as."""
    if kind == "type" and isinstance(item, Instant | Choice):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
