"""Keep which comments belong together.

The tables are empty at first: what belongs together is read from the texts, by rules
of the filter that change, and reading every text of the database again would keep
everybody else waiting. `moderation campaign gather` does it while the service runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_campaigns_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint(
            "site_id", "kind", "key", name=op.f("uq_campaigns_site_id_kind_key")
        ),
    )
    op.create_index(
        "ix_campaigns_waiting",
        "campaigns",
        ["site_id", "held", "last_at", "id"],
        unique=False,
        sqlite_where=sa.text("held > 1"),
        postgresql_where=sa.text("held > 1"),
    )
    op.create_table(
        "campaign_members",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_members_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_campaign_members_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "comment_id", name=op.f("pk_campaign_members")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_campaign_members_comment_id"),
        "campaign_members",
        ["comment_id"],
        unique=False,
    )
    op.create_index(
        "ix_campaign_members_held",
        "campaign_members",
        ["campaign_id", "comment_id"],
        unique=False,
        sqlite_where=sa.text("is_held = 1"),
        postgresql_where=sa.text("is_held"),
    )


def downgrade() -> None:
    op.drop_table("campaign_members")
    op.drop_table("campaigns")
