from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.services.access import OPERATOR
from moderation.services.endpoint_keys import (
    UnreadableSecretError,
    list_public_keys,
    unseal_endpoint,
)
from moderation.services.endpoint_wishes import Wish
from moderation.services.endpoints import rotate_secret, set_endpoint
from moderation.services.resealing import seal_again
from moderation.services.sealing import Sealer
from moderation.storage.models import Endpoint, Moderator
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import SEALER, SECRET_KEY, make_endpoint, make_moderator

NEW_KEY = "n" * 48
BOTH = Sealer([SECRET_KEY, NEW_KEY])
NEW = Sealer([NEW_KEY])
TOKEN = "Bearer abc"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Return a session that can be committed, since others are opened beside it."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def endpoint(session: Session) -> Endpoint:
    endpoint = make_endpoint(
        session, headers={"Authorization": TOKEN}, has_public_key=True
    )
    session.commit()
    return endpoint


def open_keys(session: Session, endpoint: Endpoint, keys: Sequence[str]) -> None:
    """Keep the secrets of an endpoint as they were kept before they were sealed."""
    for secret in endpoint.secrets:
        plain = bytes.fromhex(Sealer(keys).unseal(secret.key.decode()))
        secret.key, secret.is_sealed = plain, False
    endpoint.headers, endpoint.has_sealed_headers = {"Authorization": TOKEN}, False
    session.commit()


def read_all(session: Session) -> str:
    """Return everything that is kept of endpoints, as it is kept."""
    rows = session.execute(text("SELECT headers, key FROM endpoints, endpoint_secrets"))
    return " ".join(f"{row.headers} {bytes(row.key).hex()}" for row in rows).lower()


def test_nothing_secret_is_kept_as_it_is(session: Session, endpoint: Endpoint) -> None:
    unsealed = unseal_endpoint(endpoint, sealer=SEALER, at=now())

    kept = read_all(session)

    for key in (*unsealed.shared, *unsealed.private):
        assert key.hex() not in kept
        assert key.hex().encode().hex() not in kept
    assert TOKEN.lower() not in kept
    assert unsealed.headers == {"Authorization": TOKEN}


def test_what_was_kept_open_is_sealed_at_a_start(
    session: Session, database: Database, endpoint: Endpoint
) -> None:
    before = unseal_endpoint(endpoint, sealer=SEALER, at=now())
    open_keys(session, endpoint, [SECRET_KEY])
    assert unseal_endpoint(endpoint, sealer=SEALER, at=now()) == before

    numbers = [seal_again(database, SEALER), seal_again(database, SEALER)]

    session.refresh(endpoint)
    kept = read_all(session)
    # Two keys, and the headers; the second start finds all in order.
    assert numbers == [3, 0]
    assert unseal_endpoint(endpoint, sealer=SEALER, at=now()) == before
    assert before.shared[0].hex() not in kept
    assert TOKEN.lower() not in kept


def test_the_old_key_is_needed_for_one_start_only(
    session: Session, database: Database, endpoint: Endpoint
) -> None:
    before = unseal_endpoint(endpoint, sealer=SEALER, at=now())
    moderator = make_moderator(session)
    moderator.totp_secret = SEALER.seal("JBSWY3DP")
    session.commit()

    seal_again(database, BOTH)

    session.expire_all()
    assert unseal_endpoint(endpoint, sealer=NEW, at=now()) == before
    assert NEW.unseal(session.get_one(Moderator, moderator.id).totp_secret or "") == (
        "JBSWY3DP"
    )
    with pytest.raises(UnreadableSecretError):
        unseal_endpoint(endpoint, sealer=SEALER, at=now())


def test_without_its_key_a_secret_says_what_to_do(
    session: Session, database: Database
) -> None:
    endpoint = make_endpoint(session)
    session.commit()

    changed = seal_again(database, NEW)

    assert changed == 0
    with pytest.raises(UnreadableSecretError, match="Make a new secret"):
        unseal_endpoint(endpoint, sealer=NEW, at=now())
    new = rotate_secret(session, OPERATOR, endpoint.id, sealer=NEW)
    assert unseal_endpoint(endpoint, sealer=NEW, at=now()).shared == [new]


def test_without_their_key_headers_say_what_to_do(
    session: Session, endpoint: Endpoint
) -> None:
    rotate_secret(session, OPERATOR, endpoint.id, sealer=NEW)

    with pytest.raises(UnreadableSecretError, match="Set them again"):
        unseal_endpoint(endpoint, sealer=NEW, at=now())


def test_a_public_key_is_replaced_with_an_overlap(
    session: Session, endpoint: Endpoint
) -> None:
    (old,) = list_public_keys(endpoint, now())

    rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER)

    during = list_public_keys(endpoint, now())
    afterwards = list_public_keys(endpoint, now() + timedelta(hours=25))
    assert during == [old, *afterwards]
    assert len(afterwards) == 1


def test_a_public_key_comes_and_goes_as_its_owner_wishes(session: Session) -> None:
    endpoint = make_endpoint(session)

    found = [list_public_keys(endpoint, now())]
    for is_wanted in (True, True, False):
        wish = Wish(url=endpoint.url, has_public_key=is_wanted)
        set_endpoint(
            session,
            OPERATOR,
            endpoint.id,
            wish,
            version=endpoint.version,
            sealer=SEALER,
        )
        found.append(list_public_keys(endpoint, now()))

    assert [len(keys) for keys in found] == [0, 1, 1, 0]
    assert found[1] == found[2]


def test_headers_stay_unless_others_are_given(
    session: Session, endpoint: Endpoint
) -> None:
    kept = []
    for headers in (None, {"X-Own": "1"}, {}):
        wish = Wish(url=endpoint.url, headers=headers)
        set_endpoint(
            session,
            OPERATOR,
            endpoint.id,
            wish,
            version=endpoint.version,
            sealer=SEALER,
        )
        kept.append(unseal_endpoint(endpoint, sealer=SEALER, at=now()).headers)

    assert kept == [{"Authorization": TOKEN}, {"X-Own": "1"}, {}]
