"""Let an adviser's old secret sign beside the new one for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "advisers",
        sa.Column("old_secret", sa.Text(), nullable=False, server_default=""),
    )
    op.add_column(
        "advisers",
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("advisers", "old_secret_until")
    op.drop_column("advisers", "old_secret")
