import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from moderation.domain.policy import Policy
from moderation.domain.statuses import Action
from moderation.domain.turns import find_turn
from moderation.services.access import load_actor
from moderation.services.account_events import note_event
from moderation.services.calls import add_calls, make_call, read_calls
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import (
    decide_comments,
    list_history,
    undo_decisions,
)
from moderation.services.submissions import submit_comment
from moderation.services.subscriptions import unsubscribe
from moderation.spam.learning import Label
from moderation.storage.migrations import (
    VERSIONS,
    SchemaError,
    downgrade_schema,
    ensure_schema,
    find_head,
    find_revision,
    is_known_revision,
    upgrade_schema,
)
from moderation.storage.models import (
    AccountEventKind,
    Adviser,
    Base,
    CallKind,
    Comment,
    Decision,
    Lesson,
    Moderator,
    ModeratorDay,
    Notice,
    NoticeKind,
    OpinionRequest,
    Site,
    SiteDay,
    Subscription,
    Upload,
    WaitDay,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_comment, make_moderator, make_site, make_thread

# As the first version wrote them.
OLD_ROWS = """
    INSERT INTO sites
        VALUES (1, 'blog', 'A', 'hold_all', 0.1, 0.99, 1, '2026-01-01');
    INSERT INTO threads
        VALUES (1, 1, 'post-1', '', '', 1, 0, 0, '2026-01-01');
    INSERT INTO comments (
        id, site_id, thread_id, status, version, name, email, website, body, html,
        digest, ip, network, user_agent, score, failures, created_at
    ) VALUES (
        1, 1, 1, 'held', 1, 'Ada', 'a@example.org', '', 'Hi', 'Hi',
        x'00', '', '', '', 0.5, '[]', '2026-01-01'
    );
    INSERT INTO decisions (
        id, comment_id, to_status, version, why, batch, created_at
    ) VALUES (1, 1, 'held', 1, 'kind', '', '2026-01-01')
"""
SEARCH_TABLES = {"comment_search"} | {
    f"comment_search_{part}" for part in ("config", "data", "idx")
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """Return a database without any table."""
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    yield database
    database.close()


@pytest.fixture
def current(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    """Return a database with the tables of now, and nothing in them."""
    database = Database(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield database
    database.close()


@pytest.fixture
def filled(current: Database) -> Database:
    """Return a database with a moderator, and a comment that answers another."""
    with current.write() as session:
        make_moderator(session)
        thread = make_thread(session, make_site(session))
        make_comment(session, thread, parent=make_comment(session, thread))
    return current


def fill_old(database: Database, revision: str, *rows: str) -> None:
    """Bring an empty database to an old shape, and run statements in it."""
    upgrade_schema(database, revision=revision)
    with database.alter() as connection:
        for statement in chain.from_iterable(given.split(";") for given in rows):
            connection.execute(text(statement))


def go_back_and_forth(
    database: Database, revision: str
) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many rows the tables had, and have after going to a shape and back."""
    before = count_rows(database)
    downgrade_schema(database, revision=revision)
    ensure_schema(database)
    return before, count_rows(database)


def alter_and_fail(database: Database) -> None:
    with database.alter() as connection:
        connection.execute(text("CREATE TABLE sites (id INTEGER)"))
        raise RuntimeError


def count_rows(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return {
            table.name: connection.execute(
                text(f"SELECT count(*) FROM {table.name}")  # noqa: S608 our own names
            ).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    ensure_schema(empty)

    with empty.engine.connect() as connection:
        # No model has the tables of the search: each database has its own.
        options = {"include_name": lambda name, *_: name not in SEARCH_TABLES}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    assert find_revision(empty) == find_head()


def test_a_database_with_data_is_upgraded_again_without_change(
    filled: Database,
) -> None:
    before = count_rows(filled)

    upgrade_schema(filled)

    assert count_rows(filled) == before
    assert before["comments"] == 2


def test_sites_can_learn_in_a_database_made_before_they_could(
    empty: Database,
) -> None:
    fill_old(empty, "0001", OLD_ROWS)

    ensure_schema(empty)

    with empty.read() as session:
        comment = session.scalars(select(Comment)).one()
        decision = session.scalars(select(Decision)).one()
        assert (comment.inputs, comment.audit) == ([], None)
        assert decision.label is None
    downgrade_schema(empty, revision="0001")
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT body FROM comments")).all() == [("Hi",)]
        assert connection.execute(text("SELECT why FROM decisions")).all() == [
            ("kind",)
        ]


# Beside the held comment of OLD_ROWS: one published, then called spam; one filed as
# spam, approved by mistake, and undone.
DECIDED_ROWS = """
    INSERT INTO comments (
        id, site_id, thread_id, status, version, name, email, website, body, html,
        digest, ip, network, user_agent, score, failures, inputs, created_at
    ) VALUES
        (2, 1, 1, 'spam', 2, 'Bo', 'b@example.org', '', 'Hi', 'Hi',
        x'01', '', '', '', 0.5, '[]', '[]', '2026-01-02 23:59:59.000000'),
        (3, 1, 1, 'spam', 3, 'Cy', 'c@example.org', '', 'Hi', 'Hi',
        x'02', '', '', '', 0.5, '[]', '[]', '2026-01-03 00:00:01.000000');
    INSERT INTO decisions (
        id, comment_id, from_status, to_status, version, why, batch, undoes_id, label,
        created_at
    ) VALUES
        (2, 2, NULL, 'approved', 1, '', '', NULL, NULL, '2026-01-02'),
        (3, 2, 'approved', 'spam', 2, '', '', NULL, 'spam', '2026-01-04'),
        (4, 3, NULL, 'spam', 1, '', '', NULL, NULL, '2026-01-03'),
        (5, 3, 'spam', 'approved', 2, '', '', NULL, 'ham', '2026-01-05'),
        (6, 3, 'approved', 'spam', 3, '', '', 5, NULL, '2026-01-05')
"""


def test_what_moderators_said_before_it_was_kept_is_read_from_decisions(
    empty: Database,
) -> None:
    fill_old(empty, "0002", OLD_ROWS, DECIDED_ROWS)

    ensure_schema(empty)

    with empty.read() as session:
        found = session.execute(
            select(Comment.verdict, Comment.said).order_by(Comment.id)
        ).all()
        days = session.scalars(select(SiteDay).order_by(SiteDay.day)).all()
        moments = session.scalars(select(Comment.reviewed_at).order_by(Comment.id))
        assert [moment and moment.day for moment in moments] == [None, 4, None]
    assert found == [("hold", "nothing"), ("publish", "spam"), ("spam", "nothing")]
    assert [(row.day.day, row.verdict, row.said, row.number) for row in days] == [
        (1, "hold", "nothing", 1),
        (2, "publish", "spam", 1),
        (3, "spam", "nothing", 1),
    ]


def test_going_back_to_the_beginning_leaves_nothing(filled: Database) -> None:
    downgrade_schema(filled, revision="base")

    assert set(inspect(filled.engine).get_table_names()) == {"alembic_version"}


def test_an_unfinished_migration_leaves_nothing_and_can_be_repeated(
    empty: Database,
) -> None:
    with pytest.raises(RuntimeError):
        alter_and_fail(empty)

    ensure_schema(empty)

    assert find_revision(empty) == find_head()


def test_foreign_keys_hold_again_after_a_migration(empty: Database) -> None:
    ensure_schema(empty)

    with empty.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_database_of_a_later_version_is_left_alone(current: Database) -> None:
    with current.alter() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaError, match="later one"):
        ensure_schema(current)


def test_the_files_tell_the_revisions_that_alembic_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    revisions = [script.revision for script in scripts.walk_revisions()]

    assert (find_head(), len(revisions)) == (
        scripts.get_current_head(),
        int(find_head()),
    )
    assert all(map(is_known_revision, revisions))


def test_what_is_up_to_date_is_told_without_alembic(current: Database) -> None:
    url = current.url.render_as_string(hide_password=False)
    program = (
        "import sys\n"
        "from moderation.storage.migrations import ensure_schema\n"
        "from moderation.storage.session import Database\n"
        f"ensure_schema(Database({url!r}))\n"
        "print('alembic' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    # It takes 10 MB.
    assert done.stdout == "False\n"


def test_campaigns_begin_empty_and_leave_comments_as_they_were(
    empty: Database,
) -> None:
    fill_old(empty, "0001", OLD_ROWS)

    ensure_schema(empty)
    before = count_rows(empty)
    downgrade_schema(empty, revision="0003")
    ensure_schema(empty)

    assert (before["campaigns"], before["campaign_members"]) == (0, 0)
    assert before["comments"] == 1
    assert count_rows(empty) == before


@pytest.mark.parametrize(
    "score",
    [
        # A clear case of spam, one of an honest comment, and what takes thought; and
        # where these begin.
        0.95,
        0.9,
        0.05,
        0.1,
        0.5,
    ],
)
def test_comments_made_before_get_the_turn_they_would_get_now(
    empty: Database, score: float
) -> None:
    fill_old(empty, "0001", OLD_ROWS)
    with empty.alter() as connection:
        connection.execute(
            text("UPDATE comments SET score = :score, created_at = :at"),
            {"score": score, "at": "2026-03-01 12:30:15.123000"},
        )

    ensure_schema(empty)

    with empty.read() as session:
        comment = session.scalars(select(Comment)).one()
        assert comment.due_at == find_turn(comment.created_at, score)


def test_work_done_before_it_was_counted_is_counted(current: Database) -> None:
    with current.write() as session:
        make_site(session, policy=Policy.HOLD_ALL)
        actor = load_actor(session, make_moderator(session).id)
        for number, days in enumerate((0, 2, 9)):
            draft = prepare_draft(
                thread="post-1", name="Ada", email="a@example.org", body=f"Hi {number}"
            )
            arrival = Arrival(at=now() - timedelta(days=days))
            comment = submit_comment(session, "blog", draft, arrival)
            decide_comments(session, actor, {comment.id: 1}, Action.APPROVE)
            # The first stays decided on, the second is undone, the third done again.
            for _ in range(number):
                last = list_history(session, comment.id)[-1]
                undo_decisions(session, actor, [last.id])
    before = read_work(current)

    downgrade_schema(current, revision="0009")
    ensure_schema(current)

    assert read_work(current) == before
    assert len(before) == 3


def read_work(database: Database) -> list[tuple[object, ...]]:
    """Return what is counted of moderators' work, but for noughts."""
    with database.read() as session:
        waits = session.execute(
            select(WaitDay.site_id, WaitDay.day, WaitDay.wait, WaitDay.number)
            .where(WaitDay.number != 0)
            .order_by(WaitDay.wait)
        )
        decisions = session.execute(
            select(*ModeratorDay.__table__.columns).where(ModeratorDay.number != 0)
        )
        return [*map(tuple, waits), *map(tuple, decisions)]


def test_notices_begin_empty_and_go_without_a_trace(filled: Database) -> None:
    with filled.write() as session:
        comment = session.scalars(select(Comment)).first()
        assert comment is not None
        session.add(Notice(comment_id=comment.id, kind=NoticeKind.HELD))

    before, after = go_back_and_forth(filled, "0014")

    assert (before.pop("notices"), after.pop("notices")) == (1, 0)
    assert after == before
    with filled.read() as session:
        assert session.scalars(select(Site.offers_replies)).all() == [True]


def test_lessons_made_before_are_counted_and_those_that_are_not_go_back_out(
    filled: Database,
) -> None:
    lesson = {"label": Label.HAM, "words": b"", "features": {}, "terms": []}
    with filled.write() as session:
        comment = session.scalars(select(Comment)).first()
        assert comment is not None
        other = make_comment(session, comment.thread)
        session.add(Lesson(comment_id=comment.id, **lesson))
        session.add(Lesson(comment_id=other.id, is_counted=False, **lesson))

    downgrade_schema(filled, revision="0016")
    ensure_schema(filled)

    with filled.read() as session:
        left = session.execute(select(Lesson.comment_id, Lesson.is_counted)).all()
    assert [tuple(row) for row in left] == [(comment.id, True)]


def test_a_database_whose_site_asks_outside_can_go_back_and_forth(
    filled: Database,
) -> None:
    with filled.write() as session:
        comment = session.scalars(select(Comment).order_by(Comment.id)).first()
        assert comment is not None
        session.add(
            Adviser(site_id=comment.site_id, url="https://a.example", secret="")
        )
        session.add(
            OpinionRequest(comment_id=comment.id, site_id=comment.site_id, version=1)
        )

    before, after = go_back_and_forth(filled, "0017")

    # What waited goes on being held.
    assert after == {**before, "advisers": 0, "opinion_requests": 0}
    assert (before["advisers"], before["opinion_requests"]) == (1, 1)


def test_uploads_go_without_a_trace(filled: Database) -> None:
    with filled.write() as session:
        site = session.scalars(select(Site)).one()
        session.add(Upload(site_id=site.id, size=1))

    before, after = go_back_and_forth(filled, "0018")

    assert (before.pop("uploads"), after.pop("uploads")) == (1, 0)
    assert after == before


def test_calls_are_counted_from_nought_after_going_back_and_forth(
    filled: Database,
) -> None:
    with filled.write() as session:
        site_id = session.scalars(select(Site.id)).one()
        call = make_call(site_id, CallKind.SPAM, at=now())
        add_calls(session, {call: 2})
        add_calls(session, {call: 3})
    with filled.read() as session:
        assert read_calls(session, site_id, call.month)[CallKind.SPAM] == 5

    before, after = go_back_and_forth(filled, "0019")

    assert after == {**before, "call_months": 0}
    assert before["call_months"] == 1


def test_who_said_no_to_mails_is_told_of_nothing_after_going_back(
    filled: Database,
) -> None:
    with filled.write() as session:
        first, second = session.scalars(select(Comment).order_by(Comment.id))
        for comment in (first, second):
            given = {"site_id": comment.site_id, "comment_id": comment.id}
            session.add(Subscription(email=f"{comment.id}@example.org", **given))
        session.flush()
        assert unsubscribe(session, "blog", second.id) == 1

    downgrade_schema(filled, revision="0020")
    ensure_schema(filled)

    with filled.read() as session:
        (left,) = session.scalars(select(Subscription))
        assert (left.email, left.ended_at) == ("1@example.org", None)


def test_logins_are_kept_anew_after_going_back_and_forth(filled: Database) -> None:
    with filled.write() as session:
        moderator_id = session.scalars(select(Moderator.id)).one()
        note_event(
            session,
            moderator_id,
            AccountEventKind.LOGIN,
            network="192.0.2.0/24",
            user_agent="",
        )

    before, after = go_back_and_forth(filled, "0021")

    assert before["account_events"] == 1
    assert after == {**before, "account_events": 0}
