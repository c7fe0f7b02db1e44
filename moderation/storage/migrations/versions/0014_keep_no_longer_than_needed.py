"""Find addresses to be made hashes, delete decisions fast, and ask for consent."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    has_address = sa.text("substr(ip, 1, 1) <> '#' AND (ip <> '' OR user_agent <> '')")
    is_undoing = sa.text("undoes_id IS NOT NULL")
    op.create_index(
        "ix_comments_address",
        "comments",
        ["created_at"],
        sqlite_where=has_address,
        postgresql_where=has_address,
    )
    op.create_index(
        "ix_decisions_undoes",
        "decisions",
        ["undoes_id"],
        sqlite_where=is_undoing,
        postgresql_where=is_undoing,
    )
    op.add_column(
        "sites",
        sa.Column("consent_text", sa.Text(), nullable=False, server_default=""),
    )
    op.add_column(
        "sites",
        sa.Column(
            "privacy_url", sa.String(length=2_000), nullable=False, server_default=""
        ),
    )


def downgrade() -> None:
    op.drop_column("sites", "privacy_url")
    op.drop_column("sites", "consent_text")
    op.drop_index("ix_decisions_undoes", table_name="decisions")
    op.drop_index("ix_comments_address", table_name="comments")
