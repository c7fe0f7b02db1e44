"""Keep second factors, passkeys, links that are good once, and failed logins."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def refer(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """Return the constraint that rows go with the one they belong to."""
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.add_column("moderators", sa.Column("name", sa.String(100), nullable=True))
    op.add_column("moderators", sa.Column("totp_secret", sa.String(255), nullable=True))
    op.add_column("moderators", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column(
        "login_sessions",
        sa.Column("ip", sa.String(45), nullable=False, server_default=""),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", KEY, nullable=False),
        sa.Column("moderator_id", KEY, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", KEY, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        refer("passkeys", "moderator_id", "moderators"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_moderator_id"), "passkeys", ["moderator_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("moderator_id", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        refer("recovery_codes", "moderator_id", "moderators"),
        sa.PrimaryKeyConstraint(
            "moderator_id", "digest", name=op.f("pk_recovery_codes")
        ),
    )
    op.create_table(
        "account_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("moderator_id", KEY, nullable=True),
        sa.Column("site_id", KEY, nullable=True),
        sa.Column("role", sa.String(20), nullable=True),
        sa.Column("invited_by_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        refer("account_links", "moderator_id", "moderators"),
        refer("account_links", "site_id", "sites"),
        refer("account_links", "invited_by_id", "moderators"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_links_digest")),
    )
    op.create_index(op.f("ix_account_links_email"), "account_links", ["email"])
    op.create_index(
        op.f("ix_account_links_moderator_id"), "account_links", ["moderator_id"]
    )
    op.create_table(
        "login_throttles",
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_throttles")),
    )
    op.create_index(op.f("ix_login_throttles_seen_at"), "login_throttles", ["seen_at"])


def downgrade() -> None:
    op.drop_table("login_throttles")
    op.drop_table("account_links")
    op.drop_table("recovery_codes")
    op.drop_table("passkeys")
    op.drop_column("login_sessions", "ip")
    op.drop_column("moderators", "totp_step")
    op.drop_column("moderators", "totp_secret")
    op.drop_column("moderators", "name")
