from pathlib import Path

from sqlalchemy import select, text

from moderation.storage.migrations import (
    downgrade_schema,
    ensure_schema,
    upgrade_schema,
)
from moderation.storage.models import LoginSession, Moderator
from moderation.storage.session import Database

# As the version before wrote them.
ROWS = (
    "INSERT INTO moderators VALUES (1, 'a@example.org', 'hash', 1, 'u', '2026-01-01')",
    """INSERT INTO login_sessions
        VALUES (x'00', 1, '{}', 'browser', '2026-01-01', '2026-01-01')""",
)


def test_accounts_and_sessions_outlive_the_migration_both_ways(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    upgrade_schema(database, revision="0004")
    with database.alter() as connection:
        for statement in ROWS:
            connection.execute(text(statement))

    ensure_schema(database)

    with database.read() as session:
        moderator = session.scalars(select(Moderator)).one()
        assert (moderator.password, moderator.name) == ("hash", None)
        assert (moderator.totp_secret, moderator.totp_step) == (None, None)
        assert session.scalars(select(LoginSession.ip)).all() == [""]
    downgrade_schema(database, revision="0004")
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM moderators")).all()
        assert rows == [(1, "a@example.org", "hash", 1, "u", "2026-01-01")]
        sessions = connection.execute(text("SELECT user_agent FROM login_sessions"))
        assert sessions.scalars().all() == ["browser"]
    database.close()
