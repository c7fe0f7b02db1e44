"""Let lessons be kept before they are counted, as large imports do."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "lessons",
        sa.Column("is_counted", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    is_uncounted = sa.text("NOT is_counted")
    op.create_index(
        "ix_lessons_uncounted",
        "lessons",
        ["comment_id"],
        sqlite_where=is_uncounted,
        postgresql_where=is_uncounted,
    )


def downgrade() -> None:
    # An older version takes every lesson for counted: those that are not must go.
    op.execute("DELETE FROM lessons WHERE NOT is_counted")
    op.drop_index("ix_lessons_uncounted", table_name="lessons")
    op.drop_column("lessons", "is_counted")
