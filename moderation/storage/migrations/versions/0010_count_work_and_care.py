"""Count moderators' work day by day, and let sites care for who is in danger.

What was decided before is counted as `moderation.services.workloads` does it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Our own texts; SQLite keeps instants as texts, and days as their first ten letters.
DAYS = {
    "sqlite": "substr({}, 1, 10)",
    "postgresql": "CAST({} AT TIME ZONE 'UTC' AS date)",
}
SECONDS = {
    "sqlite": "(julianday(reviewed_at) - julianday(created_at)) * 86400",
    "postgresql": "EXTRACT(EPOCH FROM reviewed_at - created_at)",
}
# A millisecond more than each step: the numbers of SQLite are not exact.
COUNT_WAITS = """
    INSERT INTO wait_days (site_id, day, wait, number)
    SELECT site_id, {reviewed_day}, CASE
        WHEN {seconds} <= 600.001 THEN '10m' WHEN {seconds} <= 3600.001 THEN '1h'
        WHEN {seconds} <= 21600.001 THEN '6h' WHEN {seconds} <= 86400.001 THEN '1d'
        WHEN {seconds} <= 259200.001 THEN '3d' WHEN {seconds} <= 604800.001 THEN '7d'
        ELSE 'longer' END AS wait, count(*)
    FROM comments WHERE verdict = 'hold' AND reviewed_at IS NOT NULL
    GROUP BY site_id, {reviewed_day}, wait
"""
# Each undo takes its decision off, each undo of an undo puts it back: the sign turns
# with every step on the way to the decision itself.
COUNT_DECISIONS = """
    INSERT INTO moderator_days (site_id, day, moderator_id, status, number)
    WITH RECURSIVE steps (id, sign) AS (
        SELECT undoes_id, -1 FROM decisions WHERE undoes_id IS NOT NULL
        UNION ALL
        SELECT decisions.undoes_id, -steps.sign
        FROM steps JOIN decisions ON decisions.id = steps.id
        WHERE decisions.undoes_id IS NOT NULL
    ),
    signs (id, sign) AS (
        SELECT id, 1 FROM decisions
        UNION ALL SELECT id, sign FROM steps
    )
    SELECT comments.site_id, {decided_day} AS day, decisions.moderator_id,
        decisions.to_status, sum(signs.sign)
    FROM signs
    JOIN decisions ON decisions.id = signs.id
    JOIN comments ON comments.id = decisions.comment_id
    WHERE decisions.moderator_id IS NOT NULL AND decisions.undoes_id IS NULL
        AND decisions.from_status IS NOT NULL
    GROUP BY comments.site_id, {decided_day}, decisions.moderator_id,
        decisions.to_status
"""


def upgrade() -> None:
    _add_columns()
    _create_tables()
    dialect = op.get_bind().dialect.name
    op.execute(
        COUNT_WAITS.format(
            reviewed_day=DAYS[dialect].format("reviewed_at"), seconds=SECONDS[dialect]
        )
    )
    op.execute(
        COUNT_DECISIONS.format(decided_day=DAYS[dialect].format("decisions.created_at"))
    )


def _add_columns() -> None:
    op.add_column(
        "sites",
        sa.Column(
            "is_care_on", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.add_column("sites", sa.Column("care_phrases", sa.Text(), nullable=True))
    op.add_column(
        "sites", sa.Column("care_help", sa.Text(), nullable=False, server_default="")
    )


def _create_tables() -> None:
    op.create_table(
        "wait_days",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wait", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_wait_days_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", "day", "wait", name=op.f("pk_wait_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "moderator_days",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("moderator_id", KEY, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_moderator_days_site_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_moderator_days_moderator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "day", "moderator_id", "status", name=op.f("pk_moderator_days")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("moderator_days")
    op.drop_table("wait_days")
    op.drop_column("sites", "care_help")
    op.drop_column("sites", "care_phrases")
    op.drop_column("sites", "is_care_on")
