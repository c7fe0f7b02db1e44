"""Let secrets of webhooks be sealed, and signatures be verified by a public key.

What is there is sealed at the next start of the service, which knows the key.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SECRETS = sa.table(
    "endpoint_secrets",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("key", sa.LargeBinary),
    sa.column("is_sealed", sa.Boolean),
)
ENDPOINTS = sa.table(
    "endpoints",
    sa.column("id", sa.Integer),
    sa.column("headers", sa.JSON),
    sa.column("has_sealed_headers", sa.Boolean),
)


def upgrade() -> None:
    op.add_column("endpoint_secrets", _make_flag("is_sealed"))
    op.add_column(
        "endpoint_secrets", sa.Column("public_key", sa.LargeBinary(32), nullable=True)
    )
    op.add_column("endpoints", _make_flag("has_sealed_headers"))


def downgrade() -> None:
    unseal = context.config.attributes.get("unseal") or _refuse
    bind = op.get_bind()
    # Before this revision nothing else was known.
    bind.execute(sa.delete(SECRETS).where(SECRETS.c.kind != "v1"))
    for row in bind.execute(sa.select(SECRETS).where(SECRETS.c.is_sealed)).all():
        bind.execute(
            sa.update(SECRETS)
            .where(SECRETS.c.id == row.id)
            .values(key=bytes.fromhex(unseal(row.key.decode("ascii"))))
        )
    sealed = sa.select(ENDPOINTS).where(ENDPOINTS.c.has_sealed_headers)
    for row in bind.execute(sealed).all():
        headers = {name: unseal(value) for name, value in row.headers.items()}
        bind.execute(
            sa.update(ENDPOINTS).where(ENDPOINTS.c.id == row.id).values(headers=headers)
        )
    op.drop_column("endpoints", "has_sealed_headers")
    op.drop_column("endpoint_secrets", "public_key")
    op.drop_column("endpoint_secrets", "is_sealed")


def _make_flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _refuse(_: str) -> str:
    raise RuntimeError(
        "Secrets of webhooks are sealed: go back by `moderation db downgrade`, with "
        "the key they were sealed with."
    )
