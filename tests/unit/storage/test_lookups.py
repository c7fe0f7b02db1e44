from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from moderation.storage.bulk import insert_rows
from moderation.storage.lookups import look_up
from moderation.storage.models import Thread
from tests.factories import make_site, make_thread

FIND = select(Thread.id).where(Thread.key == bindparam("key"))


def test_what_is_stored_past_the_session_is_undone_with_its_savepoint(
    session: Session,
) -> None:
    first = make_thread(session, make_site(session), key="first")
    look_up(session, FIND, {"key": "first"})

    with session.begin_nested() as tried:
        row = {"site_id": first.site_id, "key": "second", "url": "", "title": ""}
        insert_rows(session, Thread, [row])
        tried.rollback()

    assert [
        len(look_up(session, FIND, {"key": key})) for key in ("first", "second")
    ] == [
        1,
        0,
    ]
