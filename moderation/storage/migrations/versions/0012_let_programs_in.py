"""Let programs in: tokens, answers given twice alike, lessons about foreign comments.

No decision there is was made by a program.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "decisions",
        sa.Column("agent", sa.String(length=100), server_default="", nullable=False),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("moderator_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_api_tokens_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_table(
        "api_token_sites",
        sa.Column("token_id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_tokens.id"],
            name=op.f("fk_api_token_sites_token_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_api_token_sites_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", "site_id", name=op.f("pk_api_token_sites")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_api_token_sites_site_id"), "api_token_sites", ["site_id"])
    op.create_table(
        "kept_answers",
        sa.Column("token_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_tokens.id"],
            name=op.f("fk_kept_answers_token_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_kept_answers")),
    )
    op.create_index("ix_kept_answers_age", "kept_answers", ["created_at"])
    op.create_table(
        "foreign_lessons",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_foreign_lessons_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", "digest", name=op.f("pk_foreign_lessons")),
    )


def downgrade() -> None:
    op.drop_table("foreign_lessons")
    op.drop_table("kept_answers")
    op.drop_table("api_token_sites")
    op.drop_table("api_tokens")
    op.drop_column("decisions", "agent")
