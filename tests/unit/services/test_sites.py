import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.policy import Policy
from moderation.services.sites import add_site, find_site, is_own_page, set_site


def test_a_site_keeps_its_origins_in_their_one_form(session: Session) -> None:
    add_site(
        session,
        key="blog",
        name=" My blog ",
        origins=["HTTPS://Blog.example:443", "https://blog.example/", "http://a.test"],
    )

    site = find_site(session, "blog")

    assert site.name == "My blog"
    assert [row.origin for row in site.origins] == [
        "https://blog.example",
        "http://a.test",
    ]
    assert site.policy is Policy.HOLD_FIRST


@pytest.mark.parametrize(
    ("key", "name", "origin", "field"),
    [
        ("", "A", "https://a.test", "key"),
        ("My Blog", "A", "https://a.test", "key"),
        ("a/b", "A", "https://a.test", "key"),
        ("-a", "A", "https://a.test", "key"),
        ("a" * 64, "A", "https://a.test", "key"),
        # Taken.
        ("blog", "A", "https://a.test", "key"),
        ("a", "  ", "https://a.test", "name"),
        ("a", "A", "a.test", "origin"),
        ("a", "A", "https://a.test/blog", "origin"),
    ],
)
def test_what_is_wrong_is_named(
    session: Session, key: str, name: str, origin: str, field: str
) -> None:
    add_site(session, key="blog", name="A", origins=[])

    with pytest.raises(InvalidInputError) as caught:
        add_site(session, key=key, name=name, origins=[origin])

    assert set(caught.value.errors) == {field}


def test_only_what_is_given_changes(session: Session) -> None:
    add_site(session, key="blog", name="A", origins=["https://a.test"])

    set_site(session, "blog", policy=Policy.HOLD_ALL, origins=["https://b.test"])
    session.expire_all()

    site = find_site(session, "blog")
    assert (site.name, site.policy) == ("A", Policy.HOLD_ALL)
    assert [row.origin for row in site.origins] == ["https://b.test"]


def test_an_unknown_site_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError):
        set_site(session, "blog", name="B")


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://a.test/post?x#y", True),
        ("https://a.test:443/", True),
        # Another scheme, port or longer name is another origin.
        ("http://a.test/", False),
        ("https://a.test:8443/", False),
        ("https://a.test.evil.example/", False),
        ("https://a.test@evil.example/", False),
        ("//a.test/", False),
        ("", False),
    ],
)
def test_only_pages_on_its_origins_are_a_sites_own(
    session: Session, url: str, *, is_own: bool
) -> None:
    site = add_site(session, key="blog", name="A", origins=["https://a.test"])

    assert is_own_page(site, url) is is_own
