"""The log of a site: who did what, told to whom."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from moderation.services import site_logs
from moderation.storage.models import Comment, Thread
from tests.factories import make_comment, make_site, make_thread
from tests.web.people import PEOPLE, add_person
from tests.web.visiting import Visitor, visit

LOG = "/moderate/sites/blog/log"


def list_entries(page: str) -> list[str]:
    """Return the entries of a page, without their times."""
    found = re.findall(r'<span class="log-who">(.*?)</li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", entry).split()) for entry in found]


@pytest.fixture
def comments(session: Session, thread: Thread) -> list[Comment]:
    comments = [make_comment(session, thread) for _ in range(5)]
    session.commit()
    return comments


def test_the_log_tells_who_did_what_the_last_first(
    alice: Visitor, bob: Visitor, comments: list[Comment]
) -> None:
    bob.decide("spam", *comments[:3])
    alice.post(
        "/moderate/sites/blog/rules",
        action="hold",
        kind="word",
        scope="any",
        value="casino",
    )
    alice.decide("approve", comments[3])

    assert list_entries(alice.get(LOG).text) == [
        "you Approved 1 comment",
        "you Added the rule “hold word: casino”.",
        "bob@example.org Marked as spam 3 comments",
    ]
    assert list_entries(alice.get(f"{LOG}?kind=change").text) == [
        "you Added the rule “hold word: casino”."
    ]
    assert list_entries(alice.get(f"{LOG}?kind=decision&who=2").text) == [
        "bob@example.org Marked as spam 3 comments"
    ]
    # Changes are for owners; a moderator is told the decisions.
    assert list_entries(bob.get(f"{LOG}?kind=").text) == [
        "alice@example.org Approved 1 comment",
        "you Marked as spam 3 comments",
    ]
    assert list_entries(bob.get(f"{LOG}?kind=change").text) == []


def test_the_log_goes_on_page_by_page(
    alice: Visitor,
    comments: list[Comment],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for comment in comments:
        alice.decide("reject", comment)
    defaults = site_logs.read_log.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "length", 2)

    entries, path = [], LOG
    for _ in range(5):
        page = alice.get(path).text
        entries += list_entries(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if older is None:
            break
        path = older[1].replace("&amp;", "&")

    assert entries == ["you Rejected 1 comment"] * 5


def test_what_is_done_elsewhere_is_not_told(
    app: Flask, alice: Visitor, session: Session, comments: list[Comment]
) -> None:
    other = make_thread(session, make_site(session, key="other"))
    theirs = make_comment(session, other)
    session.commit()
    outsider = add_person(app, session, "outsider")
    outsider.decide("spam", theirs)

    assert list_entries(alice.get(LOG).text) == []
    assert alice.get("/moderate/sites/other/log").status_code == 404
    assert len(list_entries(outsider.get("/moderate/sites/other/log").text)) == 1
    assert len(comments) == 5


@pytest.mark.parametrize(
    ("person", "status"),
    list(zip(PEOPLE, [200, 200, 200, 200, 404, 404, 302], strict=True)),
)
def test_who_may_see_the_log(
    app: Flask, session: Session, comments: list[Comment], person: str, status: int
) -> None:
    make_site(session, key="other")
    session.commit()

    assert add_person(app, session, person).get(LOG).status_code == status
    assert len(comments) == 5


@pytest.mark.parametrize(
    "query", ["kind=none", "who=x", "who=1&who=2", "before=yesterday", "who=٣"]
)
def test_what_makes_no_sense_is_refused(app: Flask, alice: Visitor, query: str) -> None:
    assert alice.get(f"{LOG}?{query}").status_code == 422
    assert visit(app, "alice@example.org").get(f"{LOG}?who=99").status_code == 200
