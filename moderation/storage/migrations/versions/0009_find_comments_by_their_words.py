"""Find comments by their words, an author's by time, and what moderators did.

SQLite keeps the words in an FTS5 table without content, in step by triggers; they cut
texts with `search_words`, which `moderation.storage.session` gives each connection.
PostgreSQL keeps them in a table of their own, written by `moderation.storage.search`.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from alembic import op

from moderation.domain.words import cut_words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Since this version FTS5 can overwrite what it deletes.
SECURE_DELETE = (3, 42)
ROWS_AT_ONCE = 1_000
MOST_WORDS = 15_000
COLUMNS = "rowid, name, website, body, email, place"
FIELDS = ("name", "website", "body", "email")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()
    op.drop_index("ix_comments_author", table_name="comments")
    op.create_index(
        "ix_comments_author",
        "comments",
        ["site_id", "email", "status", "created_at", "id"],
    )
    is_by_moderator = sa.text("moderator_id IS NOT NULL")
    op.create_index(
        "ix_decisions_people",
        "decisions",
        ["created_at", "id"],
        sqlite_where=is_by_moderator,
        postgresql_where=is_by_moderator,
    )


def downgrade() -> None:
    op.drop_index("ix_decisions_people", table_name="decisions")
    op.drop_index("ix_comments_author", table_name="comments")
    op.create_index("ix_comments_author", "comments", ["site_id", "email", "status"])
    if op.get_bind().dialect.name != "sqlite":
        op.drop_table("comment_words")
        return
    for moment in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER comment_search_{moment}")
    op.execute("DROP TABLE comment_search")


def _values(row: str) -> str:
    """Return what is kept of a row: its words, and its place in words of our own."""
    words = ", ".join(f"search_words({row}{field})" for field in FIELDS)
    network = f"{row}network"
    for mark in "./:":
        network = f"replace({network}, '{mark}', 'x')"
    place = f"'s' || {row}site_id || ' t' || {row}thread_id || ' n' || {network}"
    return f"{row}id, {words}, {place}"


def _upgrade_sqlite() -> None:
    op.execute(
        f"CREATE VIRTUAL TABLE comment_search USING fts5({COLUMNS.split(', ', 1)[1]},"
        " content='', columnsize=0, tokenize='ascii', prefix='3')"
    )
    if sqlite3.sqlite_version_info >= SECURE_DELETE:
        op.execute(
            "INSERT INTO comment_search (comment_search, rank)"
            " VALUES ('secure-delete', 1)"
        )
    op.execute(
        f"INSERT INTO comment_search ({COLUMNS})"  # noqa: S608 our own text
        f" SELECT {_values('')} FROM comments ORDER BY id"
    )
    forget = (
        f"INSERT INTO comment_search (comment_search, {COLUMNS})"  # noqa: S608 our own text
        f" VALUES ('delete', {_values('OLD.')});"
    )
    learn = f"INSERT INTO comment_search ({COLUMNS}) VALUES ({_values('NEW.')});"  # noqa: S608 our own text
    changed = "name, website, body, email, network, site_id, thread_id"
    for moment, event, doing in (
        ("insert", "INSERT", learn),
        ("update", f"UPDATE OF {changed}", forget + learn),
        ("delete", "DELETE", forget),
    ):
        op.execute(
            f"CREATE TRIGGER comment_search_{moment} AFTER {event} ON comments"
            f" BEGIN {doing} END"
        )


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE TABLE comment_words (comment_id BIGINT NOT NULL"
        " CONSTRAINT pk_comment_words PRIMARY KEY"
        " CONSTRAINT fk_comment_words_comment_id"
        " REFERENCES comments (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
    )
    connection, last = op.get_bind(), 0
    while rows := _read_rows(connection, last):
        connection.execute(
            sa.text("INSERT INTO comment_words VALUES (:id, CAST(:words AS tsvector))"),
            [{"id": row.id, "words": _write_vector(row)} for row in rows],
        )
        last = rows[-1].id
    op.execute("CREATE INDEX ix_comment_words ON comment_words USING gin (words)")


def _read_rows(connection: sa.Connection, last: int) -> list[sa.Row[Any]]:
    query = sa.text(
        "SELECT id, name, website, body, email FROM comments WHERE id > :last"
        " ORDER BY id LIMIT :most"
    )
    return list(connection.execute(query, {"last": last, "most": ROWS_AT_ONCE}))


def _write_vector(row: sa.Row[Any]) -> str:
    """Return the words of a row as a tsvector; A, B, C, D are the fields."""
    parts, place = [], 0
    for field, weight in zip(FIELDS, "ABCD", strict=True):
        for word in cut_words(getattr(row, field))[:MOST_WORDS]:
            place += 1
            parts.append(f"'{word}':{min(place, 16_383)}{weight}")
        # No phrase begins in one field and ends in the next.
        place += 1
    return " ".join(parts)
