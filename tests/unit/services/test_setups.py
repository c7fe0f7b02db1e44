from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.access import load_actor
from moderation.services.setups import (
    derive_key,
    drop_setup_code,
    is_setup_code,
    keep_setup_code,
    needs_setup,
    set_up,
)
from moderation.storage.models import Moderator, Site
from tests.factories import make_moderator


def set_up_blog(
    session: Session,
    *,
    email: str = "alice@example.org",
    name: str = "Alice",
    site_name: str = "A blog",
    site_address: str = "https://blog.example.org/about",
    site_key: str = "",
) -> Moderator:
    return set_up(
        session,
        email=email,
        name=name,
        password_hash="h",
        site_name=site_name,
        site_address=site_address,
        site_key=site_key,
    )


def test_the_first_run_makes_an_owner_and_a_site(session: Session) -> None:
    owner = set_up_blog(session)

    assert load_actor(session, owner.id).roles == {None: Role.OWNER}
    site = session.scalars(select(Site)).one()
    assert (site.key, site.origins[0].origin) == (
        "blog-example-org",
        "https://blog.example.org",
    )
    assert not needs_setup(session)


def test_there_is_no_second_first_run(session: Session) -> None:
    make_moderator(session).active = False

    with pytest.raises(NotFoundError):
        set_up_blog(session)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "alice"}, "email"),
        ({"name": " "}, "name"),
        ({"site_name": ""}, "site_name"),
        ({"site_address": "no address"}, "site_address"),
        ({"site_address": ""}, "site_address"),
        ({"site_key": "Not a key"}, "site_key"),
    ],
)
def test_what_can_not_be_taken_is_named_as_in_the_form(
    session: Session, given: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        set_up_blog(session, **given)

    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.example.org/blog/", "example-org"),
        ("blog.example.org", "blog-example-org"),
        ("http://localhost:8080", "localhost-8080"),
        ("", "blog"),
        (f"https://{'a' * 70}.example", "a" * 63),
    ],
)
def test_a_key_is_made_of_the_address(address: str, key: str) -> None:
    assert derive_key(address) == key


def test_the_code_is_kept_until_it_is_dropped(tmp_path: Path) -> None:
    code = keep_setup_code(tmp_path / "data")

    assert keep_setup_code(tmp_path / "data") == code
    assert is_setup_code(tmp_path / "data", f" {code}\n")
    for wrong in ("", code[:-1], code + "x", code.swapcase(), "é"):
        assert not is_setup_code(tmp_path / "data", wrong)
    drop_setup_code(tmp_path / "data")
    assert keep_setup_code(tmp_path / "data") != code
