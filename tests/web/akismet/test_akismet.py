"""Asks as Akismet's clients do: PyPI `akismet`, npm `akismet-api` and others."""

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.access import OPERATOR
from moderation.services.meters import METER
from moderation.services.rules import add_rule, parse_rule
from moderation.services.tokens import TokenWish, add_token
from moderation.storage.models import Comment, ForeignLesson, LearntSite, Scope
from tests.factories import make_site
from tests.web.conftest import CountQueries

ASKED = {
    "blog": "https://blog.example/",
    "user_ip": "198.51.100.7",
    "user_agent": "Mozilla/5.0",
    "comment_type": "comment",
    "comment_author": "Ada",
    "comment_author_email": "ada@reader.example.com",
    "comment_content": "How did you measure this? My numbers differ on the old one.",
}
SPAM = {
    **ASKED,
    "comment_author": "Cheap Pills",
    "comment_author_url": "https://pills.example.top/",
    "comment_content": "Buy cheap viagra casino <a href=https://pills.example.top>"
    "best price</a> call +1 555 123 4567 now, write to me@pills.example.top",
}
CHECK = "/1.1/comment-check"


@pytest.fixture(autouse=True)
def site(session: Session) -> int:
    return make_site(session).id


def make_key(
    session: Session, *scopes: Scope, sites: tuple[str, ...] = ("blog",)
) -> str:
    wish = TokenWish(name="A", site_keys=sites, scopes=scopes or (Scope.FILTER,))
    _, secret = add_token(session, OPERATOR, wish)
    session.commit()
    return secret.removeprefix("lr_")


@pytest.fixture
def key(session: Session) -> str:
    return make_key(session)


def ask(
    client: FlaskClient, key: str, path: str = CHECK, **fields: str
) -> TestResponse:
    return client.post(path, data={**ASKED, "api_key": key, **fields})


def test_the_key_is_found_in_each_of_its_places(client: FlaskClient, key: str) -> None:
    answers = [
        client.post("/1.1/verify-key", data={"key": key, "blog": "https://b.example"}),
        client.post(CHECK, data={**ASKED, "api_key": key}),
        client.post(CHECK, data=ASKED, base_url=f"http://{key}.comments.example"),
        client.post(f"/k/{key}{CHECK}", data=ASKED),
        # As it was printed, and as some programs write what they are given.
        client.post(CHECK, data={**ASKED, "api_key": f"lr_{key.upper()}"}),
    ]

    assert [answer.text for answer in answers] == ["valid"] + ["false"] * 4
    assert {answer.mimetype for answer in answers} == {"text/plain"}


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        # What Akismet's own documentation has clients test with.
        ({"comment_author": "viagra-test-123"}, "true"),
        ({"comment_author_email": "akismet-guaranteed-spam@example.com"}, "true"),
        ({**SPAM, "user_role": "administrator"}, "false"),
        ({**SPAM}, "true"),
        ({}, "false"),
        # Programs send things the filter has no use for.
        ({"honeypot_field_name": "x", "comment_context[]": "cooking"}, "false"),
    ],
)
def test_a_comment_is_spam_or_not(
    client: FlaskClient, key: str, fields: dict[str, str], answer: str
) -> None:
    found = ask(client, key, **fields)

    assert found.text == answer
    assert found.headers["X-akismet-guid"]
    # Some clients take any help for a failure.
    assert "X-akismet-debug-help" not in found.headers
    assert "X-akismet-pro-tip" not in found.headers


def test_what_the_owner_is_certain_of_may_be_thrown_away(
    client: FlaskClient, session: Session, key: str
) -> None:
    rule = parse_rule(
        action=RuleAction.SPAM,
        kind=RuleKind.WORD,
        scope=RuleScope.ANY,
        value="measure",
    )
    add_rule(session, OPERATOR, "blog", rule)
    session.commit()

    found = ask(client, key)

    assert (found.text, found.headers["X-akismet-pro-tip"]) == ("true", "discard")


@pytest.mark.parametrize(
    ("fields", "help_"),
    [
        ({"api_key": ""}, "The key is missing"),
        ({"api_key": "0" * 48}, "The key is missing, unknown"),
        ({"blog": ""}, 'Empty "blog" value'),
        ({"user_ip": " "}, 'Empty "user_ip" value'),
    ],
)
def test_what_can_not_be_answered_is_invalid_and_says_why(
    client: FlaskClient, key: str, fields: dict[str, str], help_: str
) -> None:
    found = ask(client, key, **fields)

    assert found.text == "invalid"
    assert found.headers["X-akismet-debug-help"].startswith(help_)


def test_a_field_given_twice_is_invalid(client: FlaskClient, key: str) -> None:
    data = {**ASKED, "api_key": key, "comment_author": ["Ada", "Eve"]}

    found = client.post(CHECK, data=data)

    assert found.text == "invalid"
    assert "comment_author" in found.headers["X-akismet-debug-help"]


def test_a_key_is_a_token_for_the_filter_of_one_site(
    client: FlaskClient, session: Session
) -> None:
    make_site(session, key="other")
    several = make_key(session, Scope.FILTER, sites=("blog", "other"))
    reader = make_key(session, Scope.MANAGE)

    answers = [ask(client, key) for key in (several, reader)]

    assert [answer.text for answer in answers] == ["invalid", "invalid"]


def test_what_is_told_is_learnt_once_and_can_be_taken_back(
    client: FlaskClient, session: Session, key: str
) -> None:
    spam, ham = "/1.1/submit-spam", "/1.1/submit-ham"

    answers = [ask(client, key, path, **SPAM) for path in (spam, spam, ham, ham, spam)]

    sums = session.scalars(select(LearntSite)).one()
    assert {answer.text for answer in answers} == {
        "Thanks for making the web a better place."
    }
    assert (sums.spam, sums.ham) == (1, 0)
    assert len(session.scalars(select(ForeignLesson)).all()) == 1
    assert session.scalars(select(Comment)).all() == []


def test_what_was_learnt_changes_the_answer(client: FlaskClient, key: str) -> None:
    text = "Zorbel quax for the flimdon, every day and night"
    for number in range(12):
        ask(client, key, "/1.1/submit-spam", comment_content=f"{text} {number}")
        honest = f"I disagree with point {number}, here is my reason for it."
        ask(client, key, "/1.1/submit-ham", comment_content=honest)

    found = ask(client, key, comment_content=f"{text} again", comment_author="Zo")

    assert found.text == "true"


@pytest.mark.parametrize(
    "fields",
    [{"is_test": "1"}, {"is_test": "true"}, {"comment_author": "viagra-test-123"}],
)
def test_a_test_teaches_nothing(
    client: FlaskClient, session: Session, key: str, fields: dict[str, str]
) -> None:
    answer = ask(client, key, "/1.1/submit-spam", **fields)

    assert answer.text.startswith("Thanks")
    assert session.scalars(select(ForeignLesson)).all() == []


def read_usage(client: FlaskClient, key: str) -> int:
    usage = client.get(f"/1.2/usage-limit?api_key={key}").json
    assert usage is not None
    assert usage["limit"] == "none"
    number: int = usage["usage"]
    return number


def test_usage_and_sites_are_told(client: FlaskClient, key: str) -> None:
    for fields in (SPAM, ASKED, ASKED, SPAM | {"user_role": "administrator"}):
        ask(client, key, **fields)
    ask(client, key, "/1.1/submit-spam", **SPAM)
    ask(client, key, "/1.1/submit-ham")
    # What is no answer, or was a test only, is not counted.
    ask(client, key, is_test="1")
    ask(client, key, "/1.1/submit-spam", is_test="1")
    ask(client, "0" * 48)
    client.post("/1.1/verify-key", data={"key": key, "blog": "https://b.example"})

    sites = client.get(f"/1.2/key-sites?api_key={key}").json
    table = client.get(f"/1.2/key-sites?api_key={key}&format=csv").text

    assert sites is not None
    assert read_usage(client, key) == 6
    (month,) = [value for value in sites.values() if isinstance(value, list)]
    assert month == [
        {
            "site": "https://blog.example",
            "api_calls": "6",
            "spam": "1",
            "ham": "3",
            "missed_spam": "1",
            "false_positives": "1",
            "is_revoked": False,
        }
    ]
    assert "https://blog.example,6,1,3,1,1" in table


def test_each_month_and_each_site_has_its_own_count(
    client: FlaskClient, session: Session, key: str
) -> None:
    make_site(session, key="other")
    other = make_key(session, sites=("other",))
    ask(client, other)
    with time_machine.travel("2026-01-31T23:59:59Z", tick=False):
        ask(client, key)
    with time_machine.travel("2026-02-01T00:00:00Z", tick=False):
        ask(client, key)
        ask(client, key)
        usage = read_usage(client, key)

    path = f"/1.2/key-sites?api_key={key}&month="
    before = client.get(f"{path}2026-01").json
    nonsense = client.get(f"{path}2026-13")

    assert usage == 2
    assert before is not None
    assert before["2026-01"][0]["api_calls"] == "1"
    assert nonsense.text == "invalid"


def test_checks_are_written_down_together_not_each(
    client: FlaskClient, key: str, count_queries: CountQueries
) -> None:
    # The first is written down at once; it is the next ones that wait.
    ask(client, key).close()

    with count_queries() as statements:
        for _ in range(5):
            ask(client, key).close()

    assert not [one for one in statements if "call_months" in one]
    assert read_usage(client, key) == 6


def test_what_can_not_be_written_down_is_not_lost(
    app: Flask, client: FlaskClient, session: Session, key: str
) -> None:
    meter = app.extensions[METER]
    ask(client, key)
    session.execute(text("ALTER TABLE call_months RENAME TO elsewhere"))
    session.commit()

    meter.flush()

    session.execute(text("ALTER TABLE elsewhere RENAME TO call_months"))
    session.commit()
    assert read_usage(client, key) == 1


@pytest.mark.parametrize(
    "content",
    ["", "\x00" * 9, "[" * 20_000, "a@b " * 5_000, "\U0001f600" * 70_000, "<" * 9_999],
)
def test_no_text_breaks_it(client: FlaskClient, key: str, content: str) -> None:
    answers = [
        ask(client, key, path, comment_content=content)
        for path in (CHECK, "/1.1/submit-spam", "/1.1/submit-ham")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_a_body_too_large_is_no_answer(client: FlaskClient, key: str) -> None:
    found = ask(client, key, comment_content="a" * 1_100_000)

    assert found.status_code == 413
    assert found.headers["X-akismet-error"] == "413"
    assert found.text not in {"true", "false"}
