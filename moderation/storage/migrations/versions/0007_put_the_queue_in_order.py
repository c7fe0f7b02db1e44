"""Put the queue in order, and keep what moderators note.

The turn of comments that are there is computed as `moderation.domain.turns` does it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_WAITING = sa.text("status = 'held' OR audit = 'open'")
# Our own texts; SQLite keeps instants as texts of microseconds.
EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', created_at, '-{} hours')",
    "postgresql": "created_at - interval '{} hours'",
}

SET_TURNS = (
    "UPDATE comments SET due_at = CASE WHEN score >= 0.9 THEN {spam}"
    " WHEN score < 0.1 THEN {ham} ELSE created_at END"
)


def upgrade() -> None:
    op.add_column(
        "comments",
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default="1970-01-01 00:00:00.000000",
        ),
    )
    earlier = EARLIER[op.get_bind().dialect.name]
    op.execute(SET_TURNS.format(spam=earlier.format(48), ham=earlier.format(24)))
    op.create_index(
        "ix_comments_turn",
        "comments",
        ["site_id", "due_at", "id"],
        unique=False,
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )
    op.create_table(
        "notes",
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("moderator_id", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_notes_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderators.id"],
            name=op.f("fk_notes_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_notes")),
    )


def downgrade() -> None:
    op.drop_table("notes")
    op.drop_index("ix_comments_turn", table_name="comments")
    op.drop_column("comments", "due_at")
