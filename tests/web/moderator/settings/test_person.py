"""Who may hand out or erase what is kept, and who runs the service: one table."""

import json
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.storage.models import Comment, Job
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread
from tests.web.people import add_person
from tests.web.visiting import Visitor

EMAIL = "ada@example.org"
PEOPLE = ("everywhere", "owner", "moderator", "viewer", "outsider", "stranger")
PAGES = ("person", "person/export", "person/erase")


@pytest.fixture
def person(request: pytest.FixtureRequest, app: Flask, session: Session) -> Visitor:
    thread = make_thread(session, make_site(session))
    make_comment(session, thread)
    other = make_thread(session, make_site(session, key="other"))
    make_comment(session, other, email="b@c.example")
    session.commit()
    return add_person(app, session, str(request.param), role=Role.OWNER)


def count(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(Comment)).all())


OWNERS = ("everywhere", "owner")
# What others are answered, and owners about a site that there is not.
REFUSED = {"stranger": {302}, "outsider": {404}}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("site", ["blog", ""])
@pytest.mark.parametrize("person", OWNERS, indirect=True)
def test_owners_see_or_erase_what_is_kept(
    database: Database, person: Visitor, page: str, site: str
) -> None:
    answer = person.post(f"/moderate/{page}", email=EMAIL, site=site, sure="yes")

    assert answer.status_code == 200
    assert count(database) == (1 if page == "person/erase" else 2)


@pytest.mark.parametrize("person", PEOPLE, indirect=True)
def test_nobody_else_sees_or_erases_what_is_kept(
    request: pytest.FixtureRequest, database: Database, person: Visitor
) -> None:
    name = request.node.callspec.params["person"]
    sites = ["none"] if name in OWNERS else ["blog", "", "none"]

    for page, site in product(PAGES, sites):
        answer = person.post(f"/moderate/{page}", email=EMAIL, site=site, sure="yes")

        # Of all of their own sites there is nothing.
        has_nothing = name == "outsider" and not site
        refused = {200} if has_nothing else REFUSED.get(name, {403, 404})
        assert answer.status_code in refused, (page, site)
        assert count(database) == 2, (page, site)
        assert "What you wrote" not in answer.text or page != "person/export"


@pytest.mark.parametrize("person", PEOPLE, indirect=True)
def test_only_owners_of_everything_see_operations_and_run_jobs(
    request: pytest.FixtureRequest, database: Database, person: Visitor
) -> None:
    name = request.node.callspec.params["person"]

    shown = person.get("/moderate/operations")
    run = person.post("/moderate/operations", job="retention")

    expected = {"everywhere": (200, 303), "stranger": (302, 302)}
    assert (shown.status_code, run.status_code) == expected.get(name, (403, 403))
    with database.read() as session:
        assert (session.get(Job, "retention") is not None) == (name == "everywhere")


@pytest.mark.parametrize("person", ["owner"], indirect=True)
def test_erasing_needs_to_be_meant(database: Database, person: Visitor) -> None:
    found = person.post("/moderate/person", email=EMAIL, site="")
    unsure = person.post("/moderate/person/erase", email=EMAIL, site="")
    sure = person.post("/moderate/person/erase", email=EMAIL, site="", sure="yes")

    assert "1 comment by" in found.text
    assert (unsure.status_code, sure.status_code) == (422, 200)
    assert "can’t be undone" in unsure.text
    assert "Erased: 1 comment deleted" in sure.text
    assert EMAIL not in sure.text
    assert count(database) == 1
    with database.read() as session:
        assert session.get(Job, "scrub") is not None


@pytest.mark.parametrize("person", ["owner"], indirect=True)
def test_what_is_kept_is_a_file_to_hand_out(person: Visitor) -> None:
    answer = person.post("/moderate/person/export", email=EMAIL, site="blog")

    told = json.loads(answer.text)
    assert [comment["email"] for comment in told["comments"]] == [EMAIL]
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("email", ["", "ada", "<script>@", "a\x00@b.example"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("person", ["owner"], indirect=True)
def test_what_is_no_address_is_told_so(
    database: Database, person: Visitor, page: str, email: str
) -> None:
    answer = person.post(f"/moderate/{page}", email=email, site="", sure="yes")

    assert answer.status_code == 422
    assert "<script>@" not in answer.text
    assert count(database) == 2


@pytest.mark.parametrize("person", ["everywhere"], indirect=True)
def test_a_job_that_is_none_is_not_run(person: Visitor) -> None:
    answer = person.post("/moderate/operations", job="everything")

    assert answer.status_code == 422


@pytest.mark.parametrize("person", ["everywhere"], indirect=True)
def test_a_worker_that_does_not_run_is_told_of(person: Visitor) -> None:
    page = person.get("/moderate/operations")

    assert "No worker runs" in page.text
    assert "No backups are made by themselves" in page.text
