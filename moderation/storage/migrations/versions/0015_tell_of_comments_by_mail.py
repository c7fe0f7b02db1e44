"""Tell moderators of what waits, and subscribers of replies, by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "sites",
        sa.Column(
            "offers_replies", sa.Boolean(), nullable=False, server_default=sa.true()
        ),
    )
    op.create_index("ix_mails_recipient", "mails", ["recipient", "created_at"])
    _make_notices()
    _make_choices()
    _make_subscriptions()


def downgrade() -> None:
    op.drop_table("subscriptions")
    op.drop_table("notice_choices")
    op.drop_table("waiting_notices")
    op.drop_table("notices")
    op.drop_index("ix_mails_recipient", table_name="mails")
    op.drop_column("sites", "offers_replies")


def _refer(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def _make_notices() -> None:
    is_open = sa.text("done_at IS NULL")
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("comment_id", "kind", name="uq_notices_comment_id_kind"),
        _refer("notices", "comment_id", "comments"),
    )
    op.create_index(
        "ix_notices_due",
        "notices",
        ["due_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "waiting_notices",
        sa.Column("moderator_id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint(
            "moderator_id", "comment_id", name="pk_waiting_notices"
        ),
        _refer("waiting_notices", "moderator_id", "moderators"),
        _refer("waiting_notices", "comment_id", "comments"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waiting_notices_comment_id", "waiting_notices", ["comment_id"])


def _make_choices() -> None:
    op.create_table(
        "notice_choices",
        sa.Column("moderator_id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("pace", sa.String(length=20), nullable=False),
        sa.Column("after_count", sa.Integer(), nullable=False),
        sa.Column("after_hours", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("moderator_id", "site_id", name="pk_notice_choices"),
        _refer("notice_choices", "moderator_id", "moderators"),
        _refer("notice_choices", "site_id", "sites"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notice_choices_site_id", "notice_choices", ["site_id"])


def _make_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("comment_id", name="uq_subscriptions_comment_id"),
        _refer("subscriptions", "site_id", "sites"),
        _refer("subscriptions", "comment_id", "comments"),
    )
    op.create_index("ix_subscriptions_email", "subscriptions", ["site_id", "email"])
