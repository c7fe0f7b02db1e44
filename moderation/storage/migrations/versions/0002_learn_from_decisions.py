"""Keep what sites learn from decisions.

The tables are empty at first: decisions made before are not learnt by this step. It
would read every text of the database again while nobody else can write.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "comments",
        sa.Column("inputs", sa.JSON(), nullable=False, server_default="[]"),
    )
    op.add_column("comments", sa.Column("audit", sa.String(length=20), nullable=True))
    op.create_index(
        "ix_comments_audit",
        "comments",
        ["site_id", "created_at", "id"],
        unique=False,
        sqlite_where=sa.text("audit = 'open'"),
        postgresql_where=sa.text("audit = 'open'"),
    )
    op.add_column("decisions", sa.Column("label", sa.String(length=20), nullable=True))
    op.create_table(
        "learnt_sites",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("ham", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_learnt_sites_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_learnt_sites")),
    )
    op.create_table(
        "learnt_words",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("word", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("ham", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_learnt_words_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", "word", name=op.f("pk_learnt_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "learnt_features",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("ham", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_learnt_features_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "kind", "key", name=op.f("pk_learnt_features")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lessons",
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_lessons_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_lessons")),
    )


def downgrade() -> None:
    op.drop_table("lessons")
    op.drop_table("learnt_features")
    op.drop_table("learnt_words")
    op.drop_table("learnt_sites")
    op.drop_column("decisions", "label")
    op.drop_index("ix_comments_audit", table_name="comments")
    op.drop_column("comments", "audit")
    op.drop_column("comments", "inputs")
