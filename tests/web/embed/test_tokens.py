from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from moderation.web.embed.tokens import (
    LONGEST_TOKEN,
    Claims,
    Kind,
    TokenError,
    digest_place,
    hash_network,
    make_tag,
    read_claims,
    sign_claims,
)

OLD, NEW, OTHER = "o" * 48, "n" * 48, "x" * 48
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLAIMS = Claims(
    place=digest_place("blog", "post-1"),
    kind=Kind.PREVIEW,
    shown_at=1,
    has_honeypot=True,
    network="abc",
    is_from_blog=True,
)


def test_a_token_says_what_was_signed() -> None:
    token = sign_claims([NEW], CLAIMS)

    assert read_claims([NEW], token) == CLAIMS


def test_no_two_tokens_are_alike() -> None:
    assert sign_claims([NEW], CLAIMS) != sign_claims([NEW], CLAIMS)


def test_a_token_is_short_however_long_the_thread() -> None:
    claims = replace(CLAIMS, place=digest_place("b" * 63, "𝔸" * 500))

    assert len(sign_claims([NEW], claims)) < LONGEST_TOKEN / 4


def test_keys_are_rotated_with_grace() -> None:
    token = sign_claims([OLD], CLAIMS)

    assert read_claims([OLD, NEW], token) == CLAIMS
    with pytest.raises(TokenError):
        read_claims([NEW], token)
    with pytest.raises(TokenError):
        read_claims([OLD], sign_claims([OLD, NEW], CLAIMS))


@pytest.mark.parametrize(
    ("later", "is_good"),
    [
        # Good for 24 hours, to the second.
        (timedelta(hours=24), True),
        (timedelta(hours=24, seconds=1), False),
        # The clock was put back an hour; or stood a year ahead when it was signed.
        (-timedelta(hours=1), True),
        (-timedelta(days=365), False),
    ],
)
def test_a_token_has_its_time(later: timedelta, *, is_good: bool) -> None:
    with time_machine.travel(NOON, tick=False):
        token = sign_claims([NEW], CLAIMS)

    with time_machine.travel(NOON + later, tick=False):
        try:
            read_claims([NEW], token)
        except TokenError:
            assert not is_good
        else:
            assert is_good


@pytest.mark.parametrize(
    "forge",
    [
        # Nothing, or nothing of ours.
        lambda _: "",
        lambda _: "a.b.c",
        lambda _: "....",
        lambda _: "\ud800",
        lambda _: "ü",
        lambda _: "x" * 1_000_000,
        # One letter changed, at the front and at the end; cut; lengthened.
        lambda token: ("a" if token[0] != "a" else "b") + token[1:],
        lambda token: token[:-2] + ("aa" if token[-2:] != "aa" else "bb"),
        lambda token: token[:-1],
        lambda token: token + "a",
        # Signed with a key of somebody else.
        lambda _: sign_claims([OTHER], CLAIMS),
    ],
)
def test_a_forged_token_is_refused(forge: Callable[[str], str]) -> None:
    token = forge(sign_claims([NEW], CLAIMS))

    with pytest.raises(TokenError):
        read_claims([NEW], token)


def test_places_are_told_apart() -> None:
    places = [("blog", "a"), ("blog", "b"), ("other", "a"), ("blog", "\ud800")]

    assert len({digest_place(*place) for place in places}) == len(places)


def test_a_network_is_hashed_with_every_key() -> None:
    hashes = hash_network([OLD, NEW], "192.0.2.0/24")

    assert hashes == [
        *hash_network([OLD], "192.0.2.0/24"),
        *hash_network([NEW], "192.0.2.0/24"),
    ]
    assert hash_network([NEW], "198.51.100.0/24")[0] not in hashes
    assert hash_network([NEW], "") == []


def test_a_tag_changes_with_all_it_stands_for() -> None:
    tags = [
        make_tag([NEW], 1, 2),
        make_tag([NEW], 12),
        make_tag([NEW], 1, 3),
        make_tag([OLD], 1, 2),
    ]

    assert len(set(tags)) == len(tags)
    assert make_tag([OLD, NEW], 1, 2) == tags[0]
