import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from moderation.storage.failures import is_overtaken, is_unwritable
from moderation.storage.models import SiteSequence
from tests.factories import make_site


@pytest.mark.parametrize(
    ("site_id", "last", "is_others"),
    [
        # Somebody else has just made the same.
        (1, 1, True),
        # What it belongs to has just been removed.
        (99, 1, True),
        # What must be given is not: a mistake of ours.
        (1, None, False),
    ],
)
def test_who_was_overtaken_is_told_from_a_mistake_of_ours(
    session: Session, site_id: int, last: int | None, *, is_others: bool
) -> None:
    assert make_site(session).id == 1
    session.execute(insert(SiteSequence).values(site_id=1, last=1))

    with pytest.raises(IntegrityError) as caught:
        session.execute(insert(SiteSequence).values(site_id=site_id, last=last))

    assert is_overtaken(caught.value) == is_others


def test_a_database_that_can_only_be_read_is_told_from_one_that_is_not_there(
    session: Session,
) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    session.execute(
        text("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY")
    )

    with pytest.raises(DBAPIError) as caught:
        make_site(session)

    assert is_unwritable(caught.value)
