import base64

import pytest

from moderation.domain.one_time_codes import (
    compute_code,
    find_step,
    make_address,
    make_secret,
)

SECRET = base64.b32encode(b"12345678901234567890").decode()
# 2026-05-01 12:00:00 UTC, the beginning of a step.
NOW = 1_777_636_800
STEP = NOW // 30


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        # RFC 6238, appendix B (SHA-1), the last six digits of its eight.
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert compute_code(SECRET, seconds // 30) == code


@pytest.mark.parametrize(
    ("steps_ago", "is_taken"),
    [
        (0, True),
        # Typed slowly, or on a phone that is slow, or fast.
        (1, True),
        (-1, True),
        (2, False),
        (-2, False),
    ],
)
def test_a_code_is_good_for_about_now(steps_ago: int, *, is_taken: bool) -> None:
    code = compute_code(SECRET, STEP - steps_ago)

    found = find_step(SECRET, code, at=NOW, after=None)

    assert (found == STEP - steps_ago) is is_taken


def test_a_code_is_not_good_twice_nor_one_before_it() -> None:
    used, before = compute_code(SECRET, STEP), compute_code(SECRET, STEP - 1)

    assert find_step(SECRET, used, at=NOW, after=STEP) is None
    assert find_step(SECRET, before, at=NOW, after=STEP) is None
    assert find_step(SECRET, used, at=NOW, after=STEP - 1) == STEP


@pytest.mark.parametrize(
    "typed", ["", "12345", "abcdef", "é", "１２３４５６", "0" * 99]
)
def test_what_is_no_code_is_not_taken(typed: str) -> None:
    assert find_step(SECRET, typed, at=NOW, after=None) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = compute_code(SECRET, STEP)

    assert find_step(SECRET, f" {code[:3]} {code[3:]}", at=NOW, after=None) == STEP


def test_a_new_secret_has_160_bits_and_is_new() -> None:
    assert len(base64.b32decode(make_secret())) == 20
    assert make_secret() != make_secret()


def test_the_address_for_apps_names_the_service_and_the_account() -> None:
    address = make_address(SECRET, "a&b@example.org")

    assert address == (
        "otpauth://totp/Leave%20a%20Reply%3Aa%26b@example.org"
        f"?secret={SECRET}&issuer=Leave+a+Reply"
    )
