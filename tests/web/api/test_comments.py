"""Reads and decides on comments by the package's own client, mostly."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.client import ApiError
from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.access import Actor
from moderation.services.moves import list_last_decisions
from moderation.storage.models import Comment, Decision, Scope, Thread
from moderation.web.moderator.wording import describe_decider
from tests.factories import make_comment, make_site, make_thread
from tests.web.api.conftest import MakeClient, MakeToken
from tests.web.conftest import CountQueries


@pytest.fixture(autouse=True)
def thread(session: Session) -> Thread:
    thread = make_thread(session, make_site(session))
    session.commit()
    return thread


def add(session: Session, thread: Thread, number: int, **more: object) -> list[Comment]:
    comments = [make_comment(session, thread, **more) for _ in range(number)]  # type: ignore[arg-type]
    session.commit()
    return comments


def test_pages_give_every_comment_once_the_newest_first(
    session: Session, thread: Thread, make_client: MakeClient
) -> None:
    comments = add(session, thread, 7)
    client = make_client(Scope.READ)

    found = [comment.id for comment in client.list_comments(site="blog", limit=3)]

    assert found == [comment.id for comment in reversed(comments)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "spam"}, [2]),
        ({"thread": "post-1", "site": "blog"}, [3, 2, 1]),
        ({"thread": "none", "site": "blog"}, []),
        ({"text": "Zorbel"}, [3]),
        ({"text": "Zorbel", "status": "spam"}, []),
    ],
)
def test_filters_narrow_each_other(
    session: Session,
    thread: Thread,
    make_client: MakeClient,
    filters: dict[str, str],
    expected: list[int],
) -> None:
    add(session, thread, 1)
    add(session, thread, 1, status=Status.SPAM)
    add(session, thread, 1, body="About the Zorbel")

    found = [one.id for one in make_client(Scope.READ).list_comments(**filters)]

    assert found == expected


def test_a_list_links_to_its_next_page_by_the_address_that_was_set(
    session: Session, thread: Thread, client: FlaskClient, make_headers: MakeToken
) -> None:
    add(session, thread, 2)
    headers = make_headers(Scope.READ)

    page = client.get(
        "/api/v1/comments?limit=1", headers=headers, base_url="http://evil.example"
    )
    address = page.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    last = client.get(address, headers=headers)

    assert address.startswith("http://localhost/api/v1/comments?limit=1&after=")
    assert last.json is not None
    assert last.json["next"] is None
    assert "Link" not in last.headers


@pytest.mark.parametrize("number", [2, 20])
def test_a_page_costs_as_many_queries_however_long_it_is(
    session: Session,
    thread: Thread,
    client: FlaskClient,
    make_headers: MakeToken,
    count_queries: CountQueries,
    *,
    number: int,
) -> None:
    add(session, thread, number)
    headers = make_headers(Scope.READ)
    client.get("/api/v1/comments", headers=headers)

    with count_queries() as statements:
        client.get("/api/v1/comments", headers=headers)

    assert len(statements) <= 8


def test_a_decision_is_made_under_the_tokens_name(
    session: Session, thread: Thread, make_client: MakeClient
) -> None:
    (comment,) = add(session, thread, 1)
    client = make_client(Scope.DECIDE)

    seen = client.get_comment(comment.id)
    done = client.decide(seen, "approved", why="Fine.")

    (decision,) = list_last_decisions(session, [comment.id])
    alice = Actor(moderator_id=1, email="", roles={None: Role.OWNER})
    assert (done.status, done.version) == ("approved", seen.version + 1)
    assert (decision.agent, decision.moderator_id, decision.why) == (
        "A bot",
        None,
        "Fine.",
    )
    assert describe_decider(decision, alice) == "the program “A bot”"


def test_a_change_of_what_was_changed_meanwhile_is_refused(
    session: Session, thread: Thread, make_client: MakeClient
) -> None:
    (comment,) = add(session, thread, 1)
    client = make_client(Scope.DECIDE)
    seen = client.get_comment(comment.id)
    client.write_note(seen, "Looks fine.")

    with pytest.raises(ApiError) as refusal:
        client.decide(seen, "spam")

    again = client.get_comment(comment.id)
    assert refusal.value.status == 412
    assert (again.status, again.note) == ("held", "Looks fine.")


def test_a_change_that_does_not_say_what_it_saw_is_refused(
    session: Session, thread: Thread, client: FlaskClient, make_headers: MakeToken
) -> None:
    add(session, thread, 1)

    answer = client.patch(
        "/api/v1/comments/1",
        json={"status": "spam"},
        headers=make_headers(Scope.DECIDE),
    )

    assert answer.status_code == 428


def test_many_are_decided_on_and_those_others_changed_are_told(
    session: Session, thread: Thread, make_client: MakeClient
) -> None:
    add(session, thread, 3)
    client = make_client(Scope.DECIDE)
    seen = list(client.list_comments())
    client.decide(seen[0], "rejected")

    outcome = client.decide_many(seen, "spam")

    assert sorted(outcome.decided) == [1, 2]
    assert outcome.stale == [3]
    assert client.get_comment(3).status == "rejected"


def test_a_batch_with_one_that_is_not_there_does_nothing(
    session: Session, thread: Thread, client: FlaskClient, make_headers: MakeToken
) -> None:
    add(session, thread, 1)
    seen = [{"id": 1, "version": 1}, {"id": 99, "version": 1}]

    answer = client.post(
        "/api/v1/comments:batch",
        json={"status": "spam", "comments": seen},
        headers=make_headers(Scope.DECIDE),
    )

    assert answer.status_code == 404
    assert session.scalars(select(Decision.to_status)).all() == [Status.HELD]
