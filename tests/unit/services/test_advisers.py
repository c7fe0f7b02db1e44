import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError
from moderation.services.access import OPERATOR
from moderation.services.advisers import (
    AdviserWish,
    read_key,
    renew_secret,
    set_adviser,
    unseal_keys,
)
from moderation.services.resealing import seal_again
from moderation.services.sealing import Sealer
from moderation.storage.migrations import downgrade_schema, upgrade_schema
from moderation.storage.models import Adviser
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import SEALER, SECRET_KEY, make_site

NEW_KEY = "n" * 48
URL = "https://classifier.example.org/opinion"


def test_the_old_key_is_needed_for_one_start_only(database: Database) -> None:
    with database.write() as session:
        make_site(session)
        wish = AdviserWish(url=URL)
        old = set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER)
        new = renew_secret(session, OPERATOR, "blog", sealer=SEALER)

    both = Sealer([SECRET_KEY, NEW_KEY])
    numbers = [seal_again(database, both), seal_again(database, both)]

    with database.read() as session:
        adviser = session.scalars(select(Adviser)).one()
    keys = unseal_keys(adviser, sealer=Sealer([NEW_KEY]), at=now())
    assert numbers == [1, 0]
    assert keys == [read_key(new), read_key(old)]
    assert {len(key) for key in keys} == {32}


def test_what_is_set_again_as_it_is_changes_nothing(session: Session) -> None:
    make_site(session)
    wish = AdviserWish(url=URL)
    set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER)

    again = set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER, seen=1)

    assert again == ""
    assert session.scalars(select(Adviser.version)).one() == 1


@pytest.mark.parametrize(
    "url", ["", "classifier", "ftp://a.example/", "https://a.example/" + "x" * 2_000]
)
def test_what_is_no_address_is_refused(session: Session, url: str) -> None:
    make_site(session)

    with pytest.raises(InvalidInputError):
        set_adviser(session, OPERATOR, "blog", AdviserWish(url=url), sealer=SEALER)


def test_after_going_back_a_revision_only_the_new_secret_signs(
    database: Database,
) -> None:
    with database.write() as session:
        make_site(session)
        wish = AdviserWish(url=URL)
        set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER)
        new = renew_secret(session, OPERATOR, "blog", sealer=SEALER)

    downgrade_schema(database, revision="0022")
    upgrade_schema(database)

    with database.read() as session:
        adviser = session.scalars(select(Adviser)).one()
        keys = unseal_keys(adviser, sealer=SEALER, at=now())
    assert keys == [read_key(new)]
    assert adviser.url == URL
