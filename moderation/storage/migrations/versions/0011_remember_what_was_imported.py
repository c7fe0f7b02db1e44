"""Remember what was imported from where, and what kind of comment each is.

All comments there are were written into the form.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AWAITING = sa.text("awaits IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "comments",
        sa.Column(
            "kind", sa.String(length=20), server_default="comment", nullable=False
        ),
    )
    op.create_table(
        "import_sources",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_import_sources_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_sources")),
        sa.UniqueConstraint(
            "site_id", "name", name=op.f("uq_import_sources_site_id_name")
        ),
    )
    op.create_table(
        "import_records",
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("comment_id", KEY, nullable=True),
        sa.Column("awaits", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_import_records_comment_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["import_sources.id"],
            name=op.f("fk_import_records_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "source_id", "external_id", name=op.f("pk_import_records")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_import_records_comment_id"), "import_records", ["comment_id"]
    )
    op.create_index(
        "ix_import_records_awaiting",
        "import_records",
        ["source_id", "awaits"],
        sqlite_where=AWAITING,
        postgresql_where=AWAITING,
    )


def downgrade() -> None:
    op.drop_table("import_records")
    op.drop_table("import_sources")
    # Not by copying the table: it would lose the triggers of the search.
    op.execute("ALTER TABLE comments DROP COLUMN kind")
