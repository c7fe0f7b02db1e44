from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError
from moderation.domain.one_time_codes import STEP_SECONDS, compute_code, make_secret
from moderation.services.sealing import Sealer
from moderation.services.second_steps import (
    CODES,
    count_recovery_codes,
    make_recovery_codes,
    pass_second_step,
    turn_off_app,
    turn_on_app,
)
from moderation.storage.models import Moderator
from tests.factories import make_moderator

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECRET = make_secret()
SEALER = Sealer(["k" * 48])


def show_code(at: datetime) -> str:
    return compute_code(SECRET, int(at.timestamp()) // STEP_SECONDS)


def turn_on(session: Session, moderator: Moderator) -> list[str]:
    return list(
        turn_on_app(
            session,
            moderator.id,
            secret=SECRET,
            code=show_code(START),
            sealer=SEALER,
            at=START,
        )
    )


def enter(session: Session, moderator: Moderator, code: str, at: datetime) -> bool:
    return pass_second_step(session, moderator.id, code, sealer=SEALER, at=at)


@pytest.fixture
def alice(session: Session) -> Moderator:
    return make_moderator(session)


def test_an_app_is_asked_for_once_it_showed_the_right_code(
    session: Session, alice: Moderator
) -> None:
    with pytest.raises(InvalidInputError):
        turn_on_app(
            session,
            alice.id,
            secret=SECRET,
            code="000000" if show_code(START) != "000000" else "111111",
            sealer=SEALER,
            at=START,
        )
    assert alice.totp_secret is None

    turn_on(session, alice)

    assert alice.totp_secret is not None


def test_a_code_passes_once(session: Session, alice: Moderator) -> None:
    turn_on(session, alice)
    later = START + timedelta(seconds=STEP_SECONDS)

    # The code it was set up with is used up as well.
    passed = [
        enter(session, alice, show_code(START), START),
        enter(session, alice, show_code(later), later),
        enter(session, alice, show_code(later), later),
    ]

    assert passed == [False, True, False]


def test_each_recovery_code_passes_once_however_it_is_typed(
    session: Session, alice: Moderator
) -> None:
    first, second, *_ = turn_on(session, alice)

    passed = [
        enter(session, alice, first, START),
        enter(session, alice, first, START),
        enter(session, alice, second.upper().replace("-", " "), START),
    ]

    assert passed == [True, False, True]
    assert count_recovery_codes(session, alice.id) == CODES - 2


def test_new_recovery_codes_replace_the_old(session: Session, alice: Moderator) -> None:
    old, *_ = turn_on(session, alice)

    new, *_ = make_recovery_codes(session, alice.id)

    assert not enter(session, alice, old, START)
    assert enter(session, alice, new, START)


def test_codes_of_one_moderator_are_nothing_to_another(
    session: Session, alice: Moderator
) -> None:
    code, *_ = turn_on(session, alice)
    bob = make_moderator(session, email="bob@example.org")
    turn_on(session, bob)

    assert not enter(session, bob, code, START)


def test_without_the_key_recovery_codes_still_pass(
    session: Session, alice: Moderator
) -> None:
    code, *_ = turn_on(session, alice)
    later = START + timedelta(seconds=STEP_SECONDS)
    other = Sealer(["n" * 48])

    passed = [
        pass_second_step(session, alice.id, typed, sealer=other, at=later)
        for typed in (show_code(later), code)
    ]

    assert passed == [False, True]


def test_turned_off_nothing_passes(session: Session, alice: Moderator) -> None:
    code, *_ = turn_on(session, alice)

    turn_off_app(session, alice.id)

    later = START + timedelta(minutes=1)
    assert not enter(session, alice, show_code(later), later)
    assert not enter(session, alice, code, START)


def test_the_database_holds_neither_secret_nor_codes(
    session: Session, alice: Moderator
) -> None:
    codes = turn_on(session, alice)
    session.flush()

    rows = [
        str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 ours
        for table in ("moderators", "recovery_codes")
    ]
    assert SECRET not in "".join(rows)
    for code in codes:
        assert code not in rows[1]
        assert code.replace("-", "") not in rows[1]


def test_secrets_can_be_read_after_the_key_was_replaced() -> None:
    sealed = SEALER.seal(SECRET)

    assert Sealer(["k" * 48, "n" * 48]).unseal(sealed) == SECRET
    with pytest.raises(InvalidToken):
        Sealer(["n" * 48]).unseal(sealed)
