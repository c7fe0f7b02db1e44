import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.outcomes import Said
from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.access import OPERATOR
from moderation.services.rules import add_rule, parse_rule
from moderation.spam.verdict import Verdict
from moderation.storage.models import Rule, Site, SiteDay, Thread
from moderation.storage.models.base import now
from tests.factories import make_comment, make_site, make_thread
from tests.web.conftest import CountQueries
from tests.web.moderator.settings.test_access import FILTER, RULE
from tests.web.visiting import Visitor, add_account, visit

RULES = "/moderate/sites/blog/rules"
FILTERING = "/moderate/sites/blog/filter"
HOSTILE = "\"><script>alert(1)</script>'onmouseover='x"


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session, policy=Policy.HOLD_SUSPECT))


@pytest.fixture
def alice(app: Flask, session: Session, thread: Thread) -> Visitor:
    del thread
    add_account(app, session, role=Role.OWNER, site_key="blog")
    return visit(app, "alice@example.org")


def add_decided(
    session: Session, thread: Thread, body: str, *, name: str = "Ada"
) -> int:
    comment = make_comment(session, thread, body=body, name=name, score=0.05)
    comment.said, comment.reviewed_at = Said.APPROVED, now()
    session.commit()
    return comment.id


def read_rules(session: Session) -> list[tuple[str, bool]]:
    """Return the rules there are, leaving the database to others."""
    rules = [(rule.value, rule.is_active) for rule in session.scalars(select(Rule))]
    session.rollback()
    return rules


def read_hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page, but the token."""
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrf_token"}


def test_a_rule_is_tried_then_saved_with_what_was_tried(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comment_id = add_decided(session, thread, "The casino of my home town")

    tried = alice.post(f"{RULES}/preview", **RULE)
    unsaved = read_rules(session)
    saved = alice.post(RULES, **read_hidden(tried.text))
    shown = alice.get(saved.location)

    sentence = "On your last decision this would hold 1 more instead of publishing"
    assert sentence in tried.text
    assert f'href="/moderate/comments/{comment_id}"' in tried.text
    assert unsaved == []
    assert saved.status_code == 303
    assert "The rule is saved" in shown.text
    assert read_rules(session) == [("casino", True)]


@pytest.mark.parametrize("path", [RULES, f"{RULES}/preview"])
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"value": "!?"}, "Give a word or a few"),
        ({"value": ""}, "Give a word or a few"),
        ({"value": "a\x00b"}, "on one line"),
        ({"value": "a" * 501}, "on one line"),
        ({"kind": "regex"}, "Choose one of word, domain"),
        ({"kind": "network", "value": "0.0.0.0/0"}, "much of the Internet"),
        ({"kind": "network", "scope": "name", "value": "10.0.0.0/8"}, "stand there"),
        ({"action": "delete"}, "Choose one of allow"),
    ],
)
def test_what_can_be_no_rule_is_shown_again_with_the_reason(
    alice: Visitor, session: Session, path: str, changed: dict[str, str], told: str
) -> None:
    page = alice.post(path, **(RULE | changed))

    assert page.status_code == 422
    assert told in page.text
    assert "Try it first" in page.text
    assert read_rules(session) == []


@pytest.mark.parametrize("path", [RULES, f"{RULES}/preview"])
def test_a_field_given_twice_is_refused(alice: Visitor, path: str) -> None:
    page = alice.post(path, **{**RULE, "value": ["casino", "garden"]})

    assert page.status_code == 422


def test_a_rule_that_is_there_is_named(alice: Visitor) -> None:
    alice.post(RULES, **RULE)

    page = alice.post(RULES, **{**RULE, "action": "spam"})

    assert page.status_code == 422
    assert "There is the rule “hold word: casino”." in page.text


def test_nothing_anybody_wrote_becomes_markup(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    site = session.scalars(select(Site)).one()
    site.name = HOSTILE
    add_decided(session, thread, f"casino {HOSTILE}", name=HOSTILE)
    rule = {**RULE, "value": f"casino{HOSTILE}"}

    pages = [
        alice.get("/moderate/sites/"),
        alice.get(RULES),
        alice.post(f"{RULES}/preview", **RULE),
        alice.post(f"{RULES}/preview", **rule),
        alice.post(f"{RULES}/preview", **{**rule, "kind": HOSTILE}),
        alice.post(
            f"{FILTERING}/preview",
            **{**FILTER, "seen_policy": "hold_suspect", "policy": "hold_all"},
        ),
        alice.post(f"{FILTERING}/preview", **{**FILTER, "publish_below": HOSTILE}),
        alice.get("/moderate/sites/blog/accuracy"),
    ]

    for page in pages:
        assert page.status_code in {200, 422}
        assert "<script>alert" not in page.text
        assert "'onmouseover='" not in page.text


def test_a_rule_rests_works_again_and_is_deleted(
    alice: Visitor, session: Session
) -> None:
    alice.post(RULES, **RULE)
    states = []

    for change in ("off", "on", "delete"):
        answer = alice.post(f"{RULES}/1", change=change)
        states.append([is_active for _, is_active in read_rules(session)])
        assert answer.status_code == 303

    assert states == [[False], [True], []]
    assert alice.post(f"{RULES}/1", change="off").status_code == 404
    assert alice.post(f"{RULES}/1", change="burn").status_code == 422


def test_settings_are_tried_then_saved(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    add_decided(session, thread, "Hello")
    form = read_hidden(alice.get(FILTERING).text)

    tried = alice.post(
        f"{FILTERING}/preview",
        **form,
        policy="hold_suspect",
        publish_below="2,5",
        spam_above="99.9%",
    )
    saved = alice.post(FILTERING, **read_hidden(tried.text))

    assert "publish below from 10% to 2.5%, spam above from 99% to 99.9%" in tried.text
    assert "hold 1 more instead of publishing" in tried.text
    assert saved.status_code == 303
    site = session.scalars(select(Site)).one()
    session.refresh(site)
    assert (site.publish_below, site.spam_above) == (0.025, 0.999)


def test_settings_somebody_else_changed_are_not_overwritten(
    alice: Visitor, session: Session
) -> None:
    form = read_hidden(alice.get(FILTERING).text)
    site = session.scalars(select(Site)).one()
    site.policy = Policy.HOLD_ALL
    session.commit()

    answer = alice.post(FILTERING, **{**FILTER, **form})

    session.refresh(site)
    assert answer.status_code == 412
    assert "Nothing was saved" in answer.text
    assert site.policy is Policy.HOLD_ALL


@pytest.mark.parametrize(
    "changed",
    [
        {"publish_below": "99.5"},
        {"publish_below": "-1"},
        {"publish_below": "1e1"},
        {"publish_below": "nan"},
        {"spam_above": "101"},
        {"spam_above": ""},
        {"policy": "none"},
        {"seen_policy": ""},
    ],
)
def test_settings_that_cannot_be_are_refused(
    alice: Visitor, changed: dict[str, str]
) -> None:
    form = FILTER | {"seen_policy": "hold_suspect"} | changed

    answers = [alice.post(path, **form) for path in (FILTERING, f"{FILTERING}/preview")]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_the_record_is_told_in_words_and_drawn(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    for verdict, said, number in (
        (Verdict.PUBLISH, Said.SPAM, 2),
        (Verdict.HOLD, Said.APPROVED, 3),
        (Verdict.SPAM, Said.NOTHING, 5),
    ):
        session.add(
            SiteDay(
                site_id=thread.site_id,
                day=now().date(),
                verdict=verdict,
                said=said,
                number=number,
            )
        )
    session.commit()

    page = alice.get("/moderate/sites/blog/accuracy").text

    assert "published 2, held 3 and filed 5 as spam" in page
    assert "Moderators decided on 5 of them." in page
    assert page.count("<rect") == 3 + 3
    assert 'height="60.0"' in page
    assert "style=" not in page


@pytest.mark.parametrize("path", [RULES, FILTERING, "/moderate/sites/blog/accuracy"])
def test_a_page_takes_few_queries_however_much_there_is(
    alice: Visitor,
    session: Session,
    thread: Thread,
    count_queries: CountQueries,
    path: str,
) -> None:
    for number in range(20):
        rule = parse_rule(
            action=RuleAction.HOLD,
            kind=RuleKind.WORD,
            scope=RuleScope.ANY,
            value=f"word {number}",
        )
        add_rule(session, OPERATOR, "blog", rule)
        add_decided(session, thread, f"Hello word {number}")

    with count_queries() as statements:
        alice.get(path)

    assert len(statements) <= 12
