import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.services.passkeys import (
    MOST_PASSKEYS,
    add_passkey,
    list_passkeys,
    remove_passkey,
)
from moderation.storage.models import Moderator, Passkey
from tests.factories import make_moderator


@pytest.fixture
def alice(session: Session) -> Moderator:
    return make_moderator(session)


def add(
    session: Session, moderator: Moderator, *, name: str = "", number: int = 0
) -> Passkey:
    return add_passkey(
        session,
        moderator.id,
        credential_id=b"%d" % number,
        public_key=b"k",
        sign_count=0,
        name=name,
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("My phone", "My phone"),
        ("", "Passkey"),
        (" \x00\n ", "Passkey"),
        # PostgreSQL takes no NUL, and a line is a line.
        ("a\x00b\nc\u2028d", "a b c d"),
        ("\ud800x", "x"),
        ("a" * 100, "a" * 60),
    ],
)
def test_a_name_is_a_line_of_text(
    session: Session, alice: Moderator, given: str, kept: str
) -> None:
    assert add(session, alice, name=given).name == kept


def test_a_passkey_is_of_one_moderator_alone(
    session: Session, alice: Moderator
) -> None:
    bob = make_moderator(session, email="bob@example.org")
    passkey = add(session, alice)

    with pytest.raises(InvalidInputError):
        add(session, bob)
    with pytest.raises(NotFoundError):
        remove_passkey(session, bob.id, passkey.id)

    assert [row.id for row in list_passkeys(session, alice.id)] == [passkey.id]


def test_there_is_an_end_to_passkeys(session: Session, alice: Moderator) -> None:
    for number in range(MOST_PASSKEYS):
        add(session, alice, number=number)

    with pytest.raises(InvalidInputError, match="Remove one first"):
        add(session, alice, number=MOST_PASSKEYS)
