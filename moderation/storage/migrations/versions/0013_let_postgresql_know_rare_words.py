"""Let PostgreSQL know rare words from frequent ones; nothing to do on SQLite.

With its usual statistics it takes any word it has no number of for so frequent that it
reads comments from the newest on until it has a page: among a million, 1.6 s for a word
that is nowhere. With those of 10,000 words it asks the index: 0.4 ms.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SET = "ALTER TABLE comment_words ALTER COLUMN words SET STATISTICS {}"
MANY, USUAL = 1_000, -1


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(SET.format(MANY)))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(SET.format(USUAL)))
