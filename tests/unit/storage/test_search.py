"""The words of comments are kept in step with them, whatever happens to these."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from moderation.domain.words import cut_words
from moderation.storage.migrations import (
    downgrade_schema,
    ensure_schema,
    upgrade_schema,
)
from moderation.storage.models import Comment, Site, Thread
from moderation.storage.search import (
    Place,
    Term,
    find_key,
    scrub_words,
    select_matches,
)
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread
from tests.unit.storage.test_migrations import OLD_ROWS

EVERYWHERE = Place()


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session))


def find(
    session: Session, words: str, *, place: Place = EVERYWHERE, is_prefix: bool = False
) -> Sequence[int]:
    term = Term(words=cut_words(words, is_sought=True), is_prefix=is_prefix)
    query = select_matches(session, [term], place)
    return session.scalars(query.order_by(find_key(session).desc())).all()


def test_a_comment_is_found_by_what_its_public_fields_say(
    session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread, body="Rain in the garden", name="Zoë Ode")
    make_comment(session, thread, body="Sun")

    assert find(session, "GARDEN") == [comment.id]
    assert find(session, "zoe") == [comment.id]
    assert find(session, "the garden") == [comment.id]
    assert find(session, "garden the") == []
    assert find(session, "gard") == []
    assert find(session, "gard", is_prefix=True) == [comment.id]
    assert find(session, "ada@example.org") == []


def test_a_phrase_does_not_reach_from_one_field_to_the_next(
    session: Session, thread: Thread
) -> None:
    make_comment(session, thread, name="Ada Rain", body="garden path")

    assert find(session, "rain garden") == []


def test_a_changed_comment_is_found_by_its_new_words_alone(
    session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread, body="an old umbrella")

    comment.body = "a new hat"
    session.flush()

    assert find(session, "umbrella") == []
    assert find(session, "hat") == [comment.id]


def test_a_change_that_is_taken_back_changes_nothing(
    session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread, body="an old umbrella")
    session.commit()

    comment.body = "a new hat"
    session.flush()
    session.rollback()

    assert find(session, "umbrella") == [comment.id]
    assert find(session, "hat") == []


def test_a_deleted_comment_is_found_no_more(session: Session, thread: Thread) -> None:
    comment = make_comment(session, thread, body="umbrella")

    session.execute(delete(Comment).where(Comment.id == comment.id))

    assert count_found(session, "umbrella") == 0


def test_with_a_site_go_the_words_of_its_comments(
    session: Session, thread: Thread
) -> None:
    make_comment(session, thread, body="umbrella")
    assert count_found(session, "umbrella") == 1

    session.execute(delete(Site))

    assert session.scalars(select(Comment.id)).all() == []
    assert count_found(session, "umbrella") == 0


def count_found(session: Session, word: str) -> int:
    """Return how many rows of the search itself have a word."""
    query = "SELECT rowid FROM comment_search WHERE comment_search MATCH :word"
    if session.get_bind().dialect.name != "sqlite":
        query = (
            "SELECT comment_id FROM comment_words WHERE words @@ CAST(:word AS tsquery)"
        )
    return len(session.execute(text(query), {"word": word}).all())


def test_a_search_is_narrowed_to_a_place(session: Session, thread: Thread) -> None:
    other = make_thread(session, make_site(session, key="other"))
    here, there = (make_comment(session, one, body="rain") for one in (thread, other))
    here.network, there.network = "203.0.113.0/24", "2001:db8::/64"
    session.flush()

    assert find(session, "rain") == [there.id, here.id]
    for place in (
        Place(site_ids=[thread.site_id]),
        Place(thread_id=thread.id),
        Place(network="203.0.113.0/24"),
    ):
        assert find(session, "rain", place=place) == [here.id]
    assert find(session, "rain", place=Place(network="2001:db8::/64")) == [there.id]
    assert find(session, "rain", place=Place(site_ids=[1, 2])) == [there.id, here.id]


def test_what_is_erased_leaves_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    database = Database(f"sqlite:///{path}")
    ensure_schema(database)
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        for number in range(30):
            make_comment(session, thread, body=f"umbrella{number} in the rain")
        last = make_comment(session, thread, body="unmistakableword in the rain")
    assert b"unmistakableword" in read_bytes(path)

    with database.write() as session:
        session.execute(text("PRAGMA secure_delete = ON"))
        session.execute(delete(Comment).where(Comment.id == last.id))
        scrub_words(session)
    # With its last connection goes the log of what was written.
    database.close()

    assert b"unmistakableword" not in read_bytes(path)
    assert b"mistakableword" not in read_bytes(path)


def read_bytes(path: Path) -> bytes:
    """Return what is on the disk of a database."""
    return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))


def test_comments_made_before_are_found_after_the_migration(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    upgrade_schema(database, revision="0001")
    with database.alter() as connection:
        for statement in OLD_ROWS.split(";"):
            connection.execute(text(statement))
    ensure_schema(database)

    with database.read() as session:
        assert find(session, "hi") == [1]
    downgrade_schema(database, revision="0008")
    with database.engine.connect() as connection:
        left = connection.execute(
            text("SELECT name FROM sqlite_master WHERE name LIKE '%search%'")
        ).all()
    database.close()
    assert left == []


@pytest.mark.sqlite(reason="checks FTS5's own tables")
def test_the_search_is_whole_after_all_this(session: Session, thread: Thread) -> None:
    for body in ("one", "two three", "日本語"):
        make_comment(session, thread, body=body).body = f"{body} more"
        session.flush()

    # Raises if what is kept contradicts itself.
    session.execute(
        text(
            "INSERT INTO comment_search (comment_search, rank)"
            " VALUES ('integrity-check', 0)"
        )
    )

    assert sqlite3.sqlite_version_info >= (3, 40)
    assert find(session, "日本") == [3]
    assert find(session, "語", is_prefix=True) == [3]
