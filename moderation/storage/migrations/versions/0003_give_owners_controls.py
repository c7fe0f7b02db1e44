"""Keep rules, changes, and what moderators said of the filter's verdicts.

The verdict of comments that are there is read from their first decision, and what was
said of them from their last. Whether their authors were known then, nobody kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

FIND_VERDICTS = """
    UPDATE comments SET verdict = (
        SELECT CASE decisions.to_status
            WHEN 'approved' THEN 'publish' WHEN 'held' THEN 'hold' ELSE 'spam' END
        FROM decisions
        WHERE decisions.comment_id = comments.id AND decisions.from_status IS NULL
        ORDER BY decisions.id LIMIT 1
    )
"""
# Undone to where the filter had put it, a comment is one of which nothing was said.
FIND_SAID = """
    UPDATE comments SET said = status, reviewed_at = (
        SELECT max(decisions.created_at) FROM decisions
        WHERE decisions.comment_id = comments.id AND decisions.from_status IS NOT NULL
    )
    WHERE status <> 'held' AND EXISTS (
        SELECT 1 FROM decisions
        WHERE decisions.id = (
            SELECT max(newest.id) FROM decisions AS newest
            WHERE newest.comment_id = comments.id
        ) AND decisions.from_status IS NOT NULL AND (
            decisions.undoes_id IS NULL
            OR decisions.label IS NOT NULL
            OR decisions.to_status = 'rejected'
        )
    )
"""
COUNT_DAYS = """
    INSERT INTO site_days (site_id, day, verdict, said, number)
    SELECT site_id, {day}, verdict, said, count(*) FROM comments
    WHERE verdict IS NOT NULL GROUP BY site_id, {day}, verdict, said
"""
DAYS = {
    "sqlite": "date(created_at)",
    "postgresql": "CAST(created_at AT TIME ZONE 'UTC' AS date)",
}


def upgrade() -> None:
    op.add_column(
        "sites",
        sa.Column("rules_count", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("comments", sa.Column("verdict", sa.String(length=20), nullable=True))
    op.add_column("comments", sa.Column("is_author_known", sa.Boolean(), nullable=True))
    op.add_column(
        "comments",
        sa.Column(
            "said", sa.String(length=20), nullable=False, server_default="nothing"
        ),
    )
    op.add_column("comments", sa.Column("reviewed_at", INSTANT, nullable=True))
    op.create_index(
        "ix_comments_reviewed",
        "comments",
        ["site_id", "reviewed_at", "id"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NOT NULL"),
        postgresql_where=sa.text("reviewed_at IS NOT NULL"),
    )
    create_rules()
    create_changes()
    create_days()
    op.execute(FIND_VERDICTS)
    op.execute(FIND_SAID)
    op.execute(COUNT_DAYS.format(day=DAYS[op.get_bind().dialect.name]))


def create_rules() -> None:
    op.create_table(
        "rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=320), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_rules_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint(
            "site_id",
            "kind",
            "scope",
            "value",
            name=op.f("uq_rules_site_id_kind_scope_value"),
        ),
        sqlite_autoincrement=True,
    )


def create_changes() -> None:
    op.create_table(
        "site_changes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("moderator_id", KEY, nullable=True),
        sa.Column("is_by_command", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_site_changes_site_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_site_changes_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_changes")),
    )
    op.create_index(
        "ix_site_changes_site", "site_changes", ["site_id", "id"], unique=False
    )


def create_days() -> None:
    op.create_table(
        "site_days",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_site_days_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "day", "verdict", "said", name=op.f("pk_site_days")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("site_days")
    op.drop_index("ix_site_changes_site", table_name="site_changes")
    op.drop_table("site_changes")
    op.drop_table("rules")
    op.drop_index("ix_comments_reviewed", table_name="comments")
    op.drop_column("comments", "reviewed_at")
    op.drop_column("comments", "said")
    op.drop_column("comments", "is_author_known")
    op.drop_column("comments", "verdict")
    op.drop_column("sites", "rules_count")
