from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.roles import Role
from moderation.services.access import OPERATOR, Actor, load_actor
from moderation.services.site_setups import (
    Basics,
    add_origin,
    find_thread_key,
    list_threads,
    remove_origin,
    set_basics,
    set_origins,
    set_thread_open,
    set_up_site,
)
from moderation.services.sites import MOST_ORIGINS
from moderation.storage.models import Site, SiteChange
from tests.factories import ORIGIN, make_moderator, make_site, make_thread

WWW = "https://www.blog.example"


def read_changes(session: Session) -> list[str]:
    return list(session.scalars(select(SiteChange.text).order_by(SiteChange.id)))


def read_origins(site: Site) -> list[str]:
    return [row.origin for row in site.origins]


def test_every_change_is_recorded_in_words(session: Session, site: Site) -> None:
    set_basics(session, OPERATOR, "blog", Basics(name="My blog", is_open=False))
    add_origin(session, OPERATOR, "blog", f"{WWW}/")
    remove_origin(session, OPERATOR, "blog", ORIGIN)
    set_thread_open(session, OPERATOR, "blog", "post-1", is_open=False)

    assert (site.name, site.is_open, read_origins(site)) == ("My blog", False, [WWW])
    assert read_changes(session) == [
        "Renamed the site from “A blog” to “My blog”.",
        "Closed the site for comments.",
        f"Added the origin {WWW}.",
        f"Removed the origin {ORIGIN}.",
        "Closed the thread post-1.",
    ]


def test_what_is_so_already_is_not_recorded(session: Session, site: Site) -> None:
    set_basics(session, OPERATOR, "blog", Basics(name=site.name, is_open=True))
    set_origins(session, OPERATOR, "blog", [ORIGIN, f"{ORIGIN}/"])
    set_thread_open(session, OPERATOR, "blog", "post-1", is_open=True)

    assert read_changes(session) == []


@pytest.mark.parametrize(
    "wanted",
    [
        # No origin, with a path, one that is there, and nothing.
        "blog.example",
        f"{ORIGIN}/posts",
        "javascript:alert(1)",
        ORIGIN,
        "",
    ],
)
def test_what_can_be_no_further_origin_is_refused(
    session: Session, site: Site, wanted: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        add_origin(session, OPERATOR, "blog", wanted)

    assert list(caught.value.errors) == ["origin"]
    assert read_origins(site) == [ORIGIN]


@pytest.mark.parametrize("gone", [ORIGIN, WWW, "none"])
def test_neither_the_last_origin_nor_one_that_is_none_is_removed(
    session: Session, site: Site, gone: str
) -> None:
    with pytest.raises(InvalidInputError):
        remove_origin(session, OPERATOR, "blog", gone)

    assert read_origins(site) == [ORIGIN]


def test_a_site_has_a_bounded_number_of_origins(session: Session, site: Site) -> None:
    many = [f"https://{n}.example" for n in range(MOST_ORIGINS + 1)]

    with pytest.raises(InvalidInputError, match="at most"):
        set_origins(session, OPERATOR, "blog", many)

    assert read_origins(site) == [ORIGIN]


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\x00b", "a\u202eb"])
def test_what_can_be_no_name_is_refused(
    session: Session, site: Site, name: str
) -> None:
    with pytest.raises(InvalidInputError):
        set_basics(session, OPERATOR, "blog", Basics(name=name, is_open=True))

    assert site.name == "A blog"


def test_what_somebody_else_changed_is_not_overwritten(
    session: Session, site: Site
) -> None:
    seen = Basics(name=site.name, is_open=True)
    set_basics(session, OPERATOR, "blog", Basics(name="B", is_open=True), seen=seen)

    with pytest.raises(ChangedMeanwhileError):
        set_basics(session, OPERATOR, "blog", Basics(name="C", is_open=True), seen=seen)

    assert site.name == "B"


def test_threads_are_paged_newest_first(session: Session, site: Site) -> None:
    made = [make_thread(session, site, key=f"post-{n}") for n in range(5)]
    make_thread(session, make_site(session, key="other"), key="elsewhere")

    first = list_threads(session, OPERATOR, "blog", length=3)
    rest = list_threads(session, OPERATOR, "blog", before=first.next, length=3)

    shown = [thread.key for page in (first, rest) for thread in page.threads]
    assert shown == [thread.key for thread in reversed(made)]
    assert rest.next is None


def test_a_thread_of_another_site_is_not_there(session: Session, site: Site) -> None:
    other = make_thread(session, make_site(session, key="other"))

    with pytest.raises(NotFoundError):
        find_thread_key(session, OPERATOR, site.key, other.id)


Change = Callable[[Session, Actor], object]
CHANGES: tuple[Change, ...] = (
    lambda session, actor: set_basics(
        session, actor, "blog", Basics(name="B", is_open=True)
    ),
    lambda session, actor: set_origins(session, actor, "blog", [WWW]),
    lambda session, actor: add_origin(session, actor, "blog", WWW),
    lambda session, actor: remove_origin(session, actor, "blog", ORIGIN),
    lambda session, actor: set_thread_open(
        session, actor, "blog", "post-1", is_open=False
    ),
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("member", "error"),
    [
        ((Role.VIEWER, "blog"), NotAllowedError),
        ((Role.MODERATOR, "blog"), NotAllowedError),
        ((Role.OWNER, "other"), NotFoundError),
    ],
)
def test_only_owners_of_the_site_change_it(
    session: Session,
    site: Site,
    change: Change,
    member: tuple[Role, str],
    error: type[Exception],
) -> None:
    make_site(session, key="other")
    role, site_key = member
    moderator = make_moderator(session, role=role, site_key=site_key)
    actor = load_actor(session, moderator.id)

    with pytest.raises(error):
        change(session, actor)

    assert (site.name, read_origins(site)) == ("A blog", [ORIGIN])
    assert read_changes(session) == []


def test_only_owners_of_everything_add_sites(session: Session, site: Site) -> None:
    owners = [
        load_actor(
            session,
            make_moderator(
                session, email=f"{n}@example.org", role=Role.OWNER, site_key=key
            ).id,
        )
        for n, key in enumerate((None, site.key))
    ]

    added = set_up_site(session, owners[0], key="new", name="New", origins=[ORIGIN])
    with pytest.raises(NotAllowedError):
        set_up_site(session, owners[1], key="newer", name="New", origins=[ORIGIN])

    assert added.key == "new"
    assert session.scalars(select(Site.key)).all() == ["blog", "new"]
