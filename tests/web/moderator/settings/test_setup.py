import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.spam.care import SHIPPED_PHRASES
from moderation.storage.models import Site, Thread
from tests.factories import ORIGIN, make_comment, make_site, make_thread
from tests.web.conftest import CountQueries
from tests.web.visiting import Visitor, add_account, visit

BLOG = "/moderate/sites/blog"
HOSTILE = "\"><script>alert(1)</script>'onmouseover='x"
NEW = {
    "name": "Garden notes",
    "address": "https://www.garden.example/2026/hello",
    "key": "",
    "policy": "hold_all",
}


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session))


@pytest.fixture
def alice(app: Flask, session: Session, thread: Thread) -> Visitor:
    del thread
    add_account(app, session, role=Role.OWNER)
    return visit(app, "alice@example.org")


def load_site(session: Session, key: str = "blog") -> Site:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Site).where(Site.key == key)).one()


def test_a_site_is_added_from_the_address_of_a_page(
    alice: Visitor, session: Session
) -> None:
    answer = alice.post("/moderate/sites/new", **NEW)
    page = alice.get(answer.location)

    site = load_site(session, "garden-example")
    assert (site.name, site.policy) == ("Garden notes", "hold_all")
    assert [row.origin for row in site.origins] == ["https://www.garden.example"]
    assert "The site is added." in page.text
    assert "&lt;leave-a-reply site=&#34;garden-example&#34;" in page.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": " "}, "Give the site a name."),
        ({"key": "blog"}, "There is a site blog already."),
        ({"key": "Not a key"}, "Use up to 63 small letters"),
        ({"address": "javascript:alert(1)", "key": "x"}, "error"),
        ({"address": "", "key": "x"}, "error"),
        ({"policy": "none"}, "Choose one of"),
        ({"name": "a\x00b"}, "on one line"),
    ],
)
def test_what_can_be_no_site_is_shown_again_with_the_reason(
    alice: Visitor, session: Session, changed: dict[str, str], told: str
) -> None:
    page = alice.post("/moderate/sites/new", **(NEW | changed))

    assert page.status_code == 422
    assert told in page.text
    assert len(session.scalars(select(Site)).all()) == 1


@pytest.mark.parametrize("role", [Role.OWNER, Role.MODERATOR, Role.VIEWER])
def test_only_who_owns_everything_is_offered_another_site(
    app: Flask, session: Session, thread: Thread, role: Role
) -> None:
    del thread
    add_account(app, session, role=role, site_key="blog")
    visitor = visit(app, "alice@example.org")

    pages = [visitor.get("/moderate/sites/"), visitor.get("/moderate/sites/new")]
    posted = visitor.post("/moderate/sites/new", **NEW)

    assert "Add a site" not in pages[0].text
    assert [pages[1].status_code, posted.status_code] == [403, 403]


def test_a_site_is_renamed_and_closed(alice: Visitor, session: Session) -> None:
    answer = alice.post(
        f"{BLOG}/setup",
        name="My blog",
        is_open="no",
        seen_name="A blog",
        seen_is_open="yes",
    )

    site = load_site(session)
    assert answer.status_code == 303
    assert (site.name, site.is_open) == ("My blog", False)


def test_what_somebody_else_changed_is_not_overwritten(
    alice: Visitor, session: Session
) -> None:
    answer = alice.post(
        f"{BLOG}/setup", name="B", is_open="yes", seen_name="X", seen_is_open="yes"
    )

    assert answer.status_code == 412
    assert load_site(session).name == "A blog"


def test_origins_are_added_as_people_copy_them_and_removed(
    alice: Visitor, session: Session
) -> None:
    added = alice.post(
        f"{BLOG}/origins", change="add", origin="www.blog.example/2026/?x=1"
    )
    removed = alice.post(f"{BLOG}/origins", change="remove", origin=ORIGIN)
    last = alice.post(
        f"{BLOG}/origins", change="remove", origin="https://www.blog.example"
    )

    statuses = [answer.status_code for answer in (added, removed, last)]
    assert statuses == [303, 303, 422]
    assert "Add the new one first." in last.text
    origins = [row.origin for row in load_site(session).origins]
    assert origins == ["https://www.blog.example"]


def test_a_thread_is_closed_and_its_page_says_so(
    alice: Visitor, thread: Thread
) -> None:
    answer = alice.post(f"{BLOG}/threads/{thread.id}", is_open="no")

    assert answer.status_code == 303
    page = alice.get("/embed/blog?thread=post-1").text
    assert "Comments are closed" in page
    assert ">Open<" in alice.get(answer.location).text


@pytest.mark.parametrize("is_open", ["", "maybe"])
def test_a_thread_is_opened_or_closed_and_nothing_else(
    alice: Visitor, thread: Thread, is_open: str
) -> None:
    answer = alice.post(f"{BLOG}/threads/{thread.id}", is_open=is_open)

    assert answer.status_code == 422


def test_a_thread_of_another_site_is_not_there(
    alice: Visitor, session: Session
) -> None:
    other = make_thread(session, make_site(session, key="other"))
    session.commit()

    answer = alice.post(f"{BLOG}/threads/{other.id}", is_open="no")

    assert answer.status_code == 404


def test_the_embed_page_alone_may_show_frames_of_our_own(alice: Visitor) -> None:
    pages = [alice.get(f"{BLOG}/{name}") for name in ("embed", "setup", "care")]

    policies = [page.headers["Content-Security-Policy"] for page in pages]
    assert ["frame-src" in policy for policy in policies] == [True, False, False]
    assert "frame-src 'self'" in policies[0]
    frame = re.search(r'<iframe class="sample" src="([^"]+)"', pages[0].text)
    assert frame is not None
    assert alice.get(frame[1].replace("&amp;", "&")).status_code == 200


def test_what_is_copied_is_what_the_service_understands(alice: Visitor) -> None:
    page = alice.get(f"{BLOG}/embed").text

    for needed in (
        "http://localhost/embed.js",
        "http://localhost/embed-frame.js",
        "http://localhost/embed/blog/comments",
        "http://localhost/embed/blog?thread=%2Fmy-post%2F&amp;amp;url=",
    ):
        assert needed in page


def read_seen(page: str) -> dict[str, str]:
    fields = re.findall(r'type="hidden" name="(seen_\w+)" value="([^"]*)"', page)
    return {**dict(fields), "seen_phrases": "\r\n".join(SHIPPED_PHRASES)}


def test_care_is_switched_on_as_browsers_send_it(
    alice: Visitor, session: Session
) -> None:
    seen = read_seen(alice.get(f"{BLOG}/care").text)

    answer = alice.post(
        f"{BLOG}/care",
        **seen,
        is_on="on",
        phrases="\r\n".join(SHIPPED_PHRASES),
        help_text="Call 555.\r\nDay and night.",
    )

    site = load_site(session)
    assert answer.status_code == 303
    assert (site.is_care_on, site.care_phrases) == (True, None)
    assert site.care_help == "Call 555.\nDay and night."


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"is_on": "on", "phrases": ""}, "Give a phrase at least"),
        ({"phrases": "!?"}, "has no words in it"),
        ({"phrases": "a", "help_text": "x" * 1_001}, "Use up to 1,000 characters"),
        ({"phrases": "a\x00"}, "Use no control characters"),
    ],
)
def test_what_can_be_no_care_is_shown_again_with_the_reason(
    alice: Visitor, session: Session, fields: dict[str, str], told: str
) -> None:
    seen = read_seen(alice.get(f"{BLOG}/care").text)

    page = alice.post(f"{BLOG}/care", **seen, **fields)

    assert page.status_code == 422
    assert told in page.text
    assert not load_site(session).is_care_on


def test_nothing_anybody_wrote_becomes_markup(alice: Visitor, session: Session) -> None:
    site = load_site(session)
    site.name = site.care_help = site.care_phrases = HOSTILE
    hostile = make_thread(session, site, key=HOSTILE)
    hostile.title, hostile.url = HOSTILE, "javascript:alert(1)"
    make_comment(session, hostile, name=HOSTILE)
    session.commit()

    pages = [
        alice.get("/moderate/sites/"),
        alice.get("/moderate/statistics"),
        *(
            alice.get(f"{BLOG}/{name}")
            for name in ("setup", "embed", "threads", "care", "statistics")
        ),
        alice.post("/moderate/sites/new", name=HOSTILE, address=HOSTILE, key=HOSTILE),
        alice.post(f"{BLOG}/origins", change="add", origin=HOSTILE),
        alice.post(f"{BLOG}/setup", name="", is_open=HOSTILE),
    ]

    for page in pages:
        assert page.status_code in {200, 422}
        assert "<script>alert" not in page.text
        assert "'onmouseover='" not in page.text
        assert 'href="javascript' not in page.text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # Two are the login's; those of statistics are fixed, whatever the numbers.
        (f"{BLOG}/statistics", 12),
        ("/moderate/statistics", 12),
        (f"{BLOG}/threads", 7),
        (f"{BLOG}/setup", 7),
    ],
)
def test_what_a_page_asks_does_not_grow(
    alice: Visitor,
    session: Session,
    count_queries: CountQueries,
    path: str,
    most: int,
) -> None:
    alice.get(path)
    with count_queries() as few:
        alice.get(path)
    site = load_site(session)
    for number in range(20):
        make_comment(session, make_thread(session, site, key=f"p-{number}"))
    session.commit()

    with count_queries() as many:
        alice.get(path)

    assert len(many) == len(few) <= most
