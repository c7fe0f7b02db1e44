"""Who may do what: every route for every kind of person, as one table."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.statuses import Action
from moderation.services.access import load_actor
from moderation.services.reviews import decide_comments
from moderation.storage.models import Comment, Note, Thread
from moderation.storage.session import Database
from moderation.web.moderator import GREATEST_ID
from tests.factories import make_comment, make_moderator, make_site
from tests.web.moderator.conftest import State
from tests.web.people import add_person, list_asked
from tests.web.visiting import Visitor, name_version

COMMENT = "/moderate/comments/<int(max=9223372036854775807):comment_id>"
CAMPAIGN = "/moderate/campaigns/<int(max=9223372036854775807):campaign_id>"
SITE = "/moderate/sites/<site_key>"
UPLOAD = f"{SITE}/import/<int(max=9223372036854775807):upload_id>"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A held comment, and one that was approved: by whose batch and decision."""

    held: Comment
    approved: Comment
    batch: str
    decision_id: int


@pytest.fixture
def case(session: Session, thread: Thread) -> Case:
    held, approved = make_comment(session, thread), make_comment(session, thread)
    make_site(session, key="other")
    decider = make_moderator(session, email="decider@example.org")
    outcome = decide_comments(
        session,
        load_actor(session, decider.id),
        {approved.id: approved.version},
        Action.APPROVE,
    )
    session.commit()
    return Case(
        held=held,
        approved=approved,
        batch=outcome.batch,
        # Both comments' arrivals come first.
        decision_id=3,
    )


@pytest.fixture
def person(
    request: pytest.FixtureRequest, app: Flask, session: Session, case: Case
) -> Visitor:
    del case
    return add_person(app, session, str(request.param))


Request = Callable[[Visitor, Case], TestResponse]


def open_home(visitor: Visitor, case: Case) -> TestResponse:
    del case
    return visitor.get("/")


def open_queue(visitor: Visitor, case: Case) -> TestResponse:
    del case
    return visitor.get("/moderate/")


def open_comment(visitor: Visitor, case: Case) -> TestResponse:
    return visitor.get(f"/moderate/comments/{case.held.id}")


def decide(visitor: Visitor, case: Case) -> TestResponse:
    return visitor.decide("spam", case.held)


def ask_for_news(visitor: Visitor, case: Case) -> TestResponse:
    del case
    return visitor.get("/moderate/news")


def preview(visitor: Visitor, case: Case) -> TestResponse:
    return visitor.post(
        "/moderate/preview", action="spam", comment=name_version(case.held)
    )


def reply(visitor: Visitor, case: Case) -> TestResponse:
    path = f"/moderate/comments/{case.held.id}/reply"
    return visitor.post(path, seen="1", name="Al", reply="Thank you.")


def write_note(visitor: Visitor, case: Case) -> TestResponse:
    path = f"/moderate/comments/{case.held.id}/note"
    return visitor.post(path, version="0", note="A regular.")


def undo_batch(visitor: Visitor, case: Case) -> TestResponse:
    return visitor.post("/moderate/undo", batch=case.batch)


def undo_on_campaigns(visitor: Visitor, case: Case) -> TestResponse:
    return visitor.post("/moderate/campaigns/undo", batch=case.batch)


def undo_decision(visitor: Visitor, case: Case) -> TestResponse:
    return visitor.post("/moderate/undo", decision=str(case.decision_id))


def log_out(visitor: Visitor, case: Case) -> TestResponse:
    del case
    return visitor.post("/logout")


# What each of PEOPLE is answered, in that order; and whether those who may read but
# not more leave everything as it was is seen to below.
TABLE: list[tuple[Request, tuple[int, ...]]] = [
    # Leads to the queue, which leads to the login.
    (open_home, (302, 302, 302, 302, 302, 302, 302)),
    # A queue of one's own, maybe empty.
    (open_queue, (200, 200, 200, 200, 200, 200, 302)),
    # Not there for those of other sites, as if it did not exist.
    (open_comment, (200, 200, 200, 200, 404, 404, 302)),
    # A viewer sees and decides nothing; strangers are sent to log in.
    (decide, (303, 303, 303, 403, 404, 404, 302)),
    (reply, (303, 303, 303, 403, 404, 404, 302)),
    (write_note, (303, 303, 303, 403, 404, 404, 302)),
    # Of one's own sites; nothing is told of others.
    (ask_for_news, (200, 200, 200, 200, 200, 200, 302)),
    (preview, (200, 200, 200, 200, 404, 404, 302)),
    (undo_batch, (303, 303, 303, 403, 404, 404, 302)),
    (undo_on_campaigns, (303, 303, 303, 403, 404, 404, 302)),
    (undo_decision, (303, 303, 303, 403, 404, 404, 302)),
    # Logging out needs no role, nor a login; after it nothing more is asked.
    (log_out, (302, 302, 302, 302, 302, 302, 302)),
]


ASKED = list_asked(TABLE)
DONE = 303


@pytest.fixture
def look_at_all(
    case: Case, look: Callable[[Comment], State], database: Database
) -> Callable[[], tuple[State, State, int]]:
    """Return what tells the states of both comments, and how many notes there are."""

    def read() -> tuple[State, State, int]:
        with database.read() as session:
            notes = session.scalar(select(func.count()).select_from(Note)) or 0
        return look(case.held), look(case.approved), notes

    return read


@pytest.mark.parametrize(
    ("person", "request_page"),
    [
        pytest.param(name, ask, id=f"{ask.__name__}-{name}")
        for name, asked in ASKED.items()
        for ask, status in asked
        if status == DONE
    ],
    indirect=["person"],
)
def test_who_may_do_what(
    person: Visitor,
    request_page: Request,
    case: Case,
    look_at_all: Callable[[], object],
) -> None:
    before = look_at_all()

    answer = request_page(person, case)

    assert answer.status_code == DONE
    assert look_at_all() != before


@pytest.mark.parametrize(
    ("person", "asked"),
    [
        pytest.param(name, [row for row in asked if row[1] != DONE], id=name)
        for name, asked in ASKED.items()
    ],
    indirect=["person"],
)
def test_nobody_else_does_anything(
    person: Visitor,
    asked: list[tuple[Request, int]],
    case: Case,
    look_at_all: Callable[[], object],
) -> None:
    before = look_at_all()

    for ask, status in asked:
        answer = ask(person, case)

        assert (ask.__name__, answer.status_code) == (ask.__name__, status)
        assert (ask.__name__, look_at_all()) == (ask.__name__, before)


def test_every_route_is_in_the_table(app: Flask) -> None:
    routes = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith(("moderator.", "security.", "home"))
    }

    assert routes == {
        ("/", "GET"),
        ("/moderate/", "GET"),
        (COMMENT, "GET"),
        ("/moderate/decisions", "POST"),
        ("/moderate/undo", "POST"),
        ("/moderate/campaigns/undo", "POST"),
        # test_campaigns.py
        ("/moderate/campaigns", "GET"),
        (CAMPAIGN, "GET"),
        (f"{CAMPAIGN}/decisions", "POST"),
        # settings/test_access.py
        ("/moderate/sites/", "GET"),
        (f"{SITE}/rules", "GET"),
        (f"{SITE}/rules", "POST"),
        (f"{SITE}/rules/preview", "POST"),
        (f"{SITE}/rules/<int(max=9223372036854775807):rule_id>", "POST"),
        (f"{SITE}/filter", "GET"),
        (f"{SITE}/filter", "POST"),
        (f"{SITE}/filter/preview", "POST"),
        (f"{SITE}/accuracy", "GET"),
        (f"{SITE}/setup", "GET"),
        (f"{SITE}/setup", "POST"),
        (f"{SITE}/origins", "POST"),
        (f"{SITE}/embed", "GET"),
        (f"{SITE}/threads", "GET"),
        (f"{SITE}/threads/<int(max={GREATEST_ID}):thread_id>", "POST"),
        (f"{SITE}/care", "GET"),
        (f"{SITE}/care", "POST"),
        (f"{SITE}/statistics", "GET"),
        # settings/test_setup.py, embed/test_consent.py, test_statistics.py
        ("/moderate/sites/new", "GET"),
        ("/moderate/sites/new", "POST"),
        (f"{SITE}/consent", "POST"),
        # tests/web/embed/test_subscribing.py
        (f"{SITE}/replies", "POST"),
        ("/moderate/statistics", "GET"),
        # settings/test_opinion.py
        (f"{SITE}/opinion", "GET"),
        (f"{SITE}/opinion", "POST"),
        (f"{SITE}/opinion/secret", "POST"),
        # settings/test_moving.py
        (f"{SITE}/import", "GET"),
        (f"{SITE}/import", "POST"),
        (f"{UPLOAD}/piece", "POST"),
        (f"{UPLOAD}/progress", "GET"),
        (f"{UPLOAD}/accept", "POST"),
        (f"{UPLOAD}/cancel", "POST"),
        (f"{SITE}/export", "POST"),
        # settings/test_person.py
        ("/moderate/person", "GET"),
        ("/moderate/person", "POST"),
        ("/moderate/person/erase", "POST"),
        ("/moderate/person/export", "POST"),
        ("/moderate/operations", "GET"),
        ("/moderate/operations", "POST"),
        ("/moderate/news", "GET"),
        # test_find.py
        ("/moderate/find", "GET"),
        # test_site_log.py
        (f"{SITE}/log", "GET"),
        # test_authors.py
        ("/moderate/authors/<seal>", "GET"),
        (f"{COMMENT}/rule", "GET"),
        (f"{COMMENT}/rule", "POST"),
        ("/moderate/preview", "POST"),
        (f"{COMMENT}/reply", "POST"),
        (f"{COMMENT}/note", "POST"),
        ("/logout", "POST"),
        # tests/web/accounts
        ("/login", "GET"),
        ("/login", "POST"),
    }


@pytest.mark.parametrize("person", ["outsider", "nowhere"], indirect=True)
def test_nothing_of_another_site_is_shown(person: Visitor, case: Case) -> None:
    queries = [
        "",
        "?status=approved",
        f"?done={case.batch}",
        "?select=all",
        "?site=blog",
        "?site=1",
        "?after=2000-01-01T00:00:00Z_0",
    ]

    for query in queries:
        page = person.get(f"/moderate/{query}")

        assert page.status_code == 200, query
        assert "What you wrote helped me." not in page.text
        assert "Approved 1 comment" not in page.text
        assert "decider@example.org" not in page.text


@pytest.mark.parametrize("person", ["outsider"], indirect=True)
def test_a_selection_across_sites_is_refused_whole(
    person: Visitor,
    case: Case,
    session: Session,
    thread: Thread,
    look: Callable[[Comment], State],
) -> None:
    own_thread = Thread(site_id=2, key="theirs", url="", title="", is_open=True)
    session.add(own_thread)
    session.flush()
    own = make_comment(session, own_thread)
    session.commit()
    assert own.site_id != thread.site_id

    answer = person.decide("approve", own, case.held)

    assert answer.status_code == 404
    assert (look(own)[0], look(case.held)[0]) == ("held", "held")


@pytest.mark.parametrize("person", ["viewer"], indirect=True)
def test_a_viewer_is_offered_no_buttons(person: Visitor, case: Case) -> None:
    queue = person.get("/moderate/").text
    page = person.get(f"/moderate/comments/{case.approved.id}").text

    assert "What you wrote helped me." in queue
    for shown in (queue, page):
        assert 'name="action"' not in shown
        assert "<button>Undo</button>" not in shown
        assert "Select all" not in shown
