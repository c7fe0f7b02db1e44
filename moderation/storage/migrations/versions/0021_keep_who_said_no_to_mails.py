"""Keep for a while who said no to mails about replies."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SUBSCRIPTIONS = sa.table("subscriptions", sa.column("ended_at", INSTANT))


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("ended_at", INSTANT, nullable=True))


def downgrade() -> None:
    # Before this revision what is there goes on.
    op.execute(sa.delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.ended_at.is_not(None)))
    op.drop_column("subscriptions", "ended_at")
