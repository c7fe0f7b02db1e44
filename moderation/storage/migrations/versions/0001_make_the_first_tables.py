"""Make the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moderators",
        sa.Column("id", KEY, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderators")),
        sa.UniqueConstraint("email", name=op.f("uq_moderators_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_moderators_fs_uniquifier")),
    )
    op.create_table(
        "sites",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("publish_below", sa.Float(), nullable=False),
        sa.Column("spam_above", sa.Float(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("key", name=op.f("uq_sites_key")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("moderator_id", KEY, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("user_agent", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_login_sessions_moderator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login_sessions")),
    )
    op.create_index(
        op.f("ix_login_sessions_moderator_id"),
        "login_sessions",
        ["moderator_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_login_sessions_seen_at"), "login_sessions", ["seen_at"], unique=False
    )

    op.create_table(
        "memberships",
        sa.Column("id", KEY, nullable=False),
        sa.Column("moderator_id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_memberships_moderator_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_memberships_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "moderator_id", "site_id", name=op.f("uq_memberships_moderator_id_site_id")
        ),
    )
    op.create_table(
        "site_origins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_site_origins_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_origins")),
    )
    op.create_index(
        op.f("ix_site_origins_site_id"), "site_origins", ["site_id"], unique=False
    )

    op.create_table(
        "threads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_threads_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("site_id", "key", name=op.f("uq_threads_site_id_key")),
    )
    op.create_table(
        "comments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("thread_id", KEY, nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=245), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("website", sa.String(length=2000), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("network", sa.String(length=49), nullable=False),
        sa.Column("user_agent", sa.String(length=500), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["comments.id"],
            name=op.f("fk_comments_parent_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_comments_site_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
            name=op.f("fk_comments_thread_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_comments_author", "comments", ["site_id", "email", "status"], unique=False
    )
    op.create_index(
        "ix_comments_digest", "comments", ["thread_id", "digest"], unique=True
    )
    op.create_index(
        "ix_comments_network",
        "comments",
        ["site_id", "network", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_comments_parent_id"), "comments", ["parent_id"], unique=False
    )
    op.create_index(
        "ix_comments_queue",
        "comments",
        ["site_id", "status", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_comments_thread",
        "comments",
        ["thread_id", "status", "created_at", "id"],
        unique=False,
    )

    op.create_table(
        "decisions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("moderator_id", KEY, nullable=True),
        sa.Column("from_status", sa.String(length=20), nullable=True),
        sa.Column("to_status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("undoes_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_decisions_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_decisions_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["decisions.id"],
            name=op.f("fk_decisions_undoes_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_batch"), "decisions", ["batch"], unique=False)
    op.create_index(
        "ix_decisions_comment", "decisions", ["comment_id", "id"], unique=False
    )

    op.create_table(
        "signals",
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_signals_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "position", name=op.f("pk_signals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "text_bands",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_text_bands_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_text_bands_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "band", "comment_id", name=op.f("pk_text_bands")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_text_bands_comment_id"), "text_bands", ["comment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_text_bands_comment_id"), table_name="text_bands")

    op.drop_table("text_bands")
    op.drop_table("signals")
    op.drop_index("ix_decisions_comment", table_name="decisions")
    op.drop_index(op.f("ix_decisions_batch"), table_name="decisions")

    op.drop_table("decisions")
    op.drop_index("ix_comments_thread", table_name="comments")
    op.drop_index("ix_comments_queue", table_name="comments")
    op.drop_index(op.f("ix_comments_parent_id"), table_name="comments")
    op.drop_index("ix_comments_network", table_name="comments")
    op.drop_index("ix_comments_digest", table_name="comments")
    op.drop_index("ix_comments_author", table_name="comments")

    op.drop_table("comments")
    op.drop_table("threads")
    op.drop_index(op.f("ix_site_origins_site_id"), table_name="site_origins")

    op.drop_table("site_origins")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_login_sessions_seen_at"), table_name="login_sessions")
    op.drop_index(op.f("ix_login_sessions_moderator_id"), table_name="login_sessions")

    op.drop_table("login_sessions")
    op.drop_table("sites")
    op.drop_table("moderators")
