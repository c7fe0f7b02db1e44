"""Who may look at a site's controls, and who may change them: one table."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.roles import Role
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.services.access import OPERATOR
from moderation.services.rules import add_rule, parse_rule
from moderation.spam.care import SHIPPED_PHRASES
from moderation.storage.models import Rule, Site, SiteChange, Thread
from moderation.storage.session import Database
from tests.factories import make_site, make_thread
from tests.web.people import add_person, list_asked
from tests.web.visiting import Visitor

SETUP = {
    "name": "Another name",
    "is_open": "yes",
    "seen_name": "A blog",
    "seen_is_open": "yes",
}
NEW_ORIGIN = {"change": "add", "origin": "https://www.blog.example"}
SHIPPED = "\n".join(SHIPPED_PHRASES)
CARE = {"is_on": "on", "phrases": "no way out", "seen_phrases": SHIPPED}
PEOPLE = ("everywhere", "owner", "moderator", "viewer", "outsider", "stranger")
RULE = {"action": "hold", "kind": "word", "scope": "any", "value": "casino"}
FILTER = {
    "policy": "hold_all",
    "publish_below": "5",
    "spam_above": "99",
    "seen_policy": "hold_first",
    "seen_publish_below": "10",
    "seen_spam_above": "99",
}


@pytest.fixture
def rule(session: Session) -> Rule:
    make_thread(session, make_site(session))
    make_site(session, key="other")
    site_rule = parse_rule(
        action=RuleAction.HOLD,
        kind=RuleKind.WORD,
        scope=RuleScope.ANY,
        value="lottery",
    )
    rule = add_rule(session, OPERATOR, "blog", site_rule)
    session.commit()
    return rule


@pytest.fixture
def person(
    request: pytest.FixtureRequest, app: Flask, session: Session, rule: Rule
) -> Visitor:
    del rule
    return add_person(app, session, str(request.param), role=Role.OWNER)


@dataclass(frozen=True, kw_only=True)
class State:
    """What can be changed here, and how many changes were recorded."""

    rules: list[tuple[str, bool]]
    settings: tuple[object, ...]
    origins: list[str]
    threads: list[bool]
    changes: int


def look(database: Database) -> State:
    with database.read() as session:
        site = session.scalars(select(Site).where(Site.key == "blog")).one()
        return State(
            rules=[(row.value, row.is_active) for row in session.scalars(select(Rule))],
            settings=(
                site.policy,
                site.publish_below,
                site.spam_above,
                site.name,
                site.is_care_on,
                site.care_phrases,
            ),
            origins=[row.origin for row in site.origins],
            threads=list(session.scalars(select(Thread.is_open))),
            changes=len(session.scalars(select(SiteChange)).all()),
        )


Ask = Callable[[Visitor, str], TestResponse]


def open_rules(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/rules")


def open_filter(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/filter")


def open_accuracy(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/accuracy")


def preview_rule(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/rules/preview", **RULE)


def save_rule(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/rules", **RULE)


def rest_rule(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/rules/1", change="off")


def delete_rule(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/rules/1", change="delete")


def preview_filter(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/filter/preview", **FILTER)


def save_filter(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/filter", **FILTER)


def open_setup(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/setup")


def open_embed(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/embed")


def open_threads(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/threads")


def open_care(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/care")


def open_statistics(visitor: Visitor, site: str) -> TestResponse:
    return visitor.get(f"/moderate/sites/{site}/statistics")


def save_setup(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/setup", **SETUP)


def add_origin(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/origins", **NEW_ORIGIN)


def close_thread(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/threads/1", is_open="no")


def save_care(visitor: Visitor, site: str) -> TestResponse:
    return visitor.post(f"/moderate/sites/{site}/care", **CARE)


LOOKS = (
    open_rules,
    open_filter,
    open_accuracy,
    open_setup,
    open_embed,
    open_threads,
    open_care,
    open_statistics,
)
TRIES = (preview_rule, preview_filter)
CHANGES = (
    save_rule,
    rest_rule,
    delete_rule,
    save_filter,
    save_setup,
    add_origin,
    close_thread,
    save_care,
)

# What each of PEOPLE is answered, in that order.
TABLE: list[tuple[tuple[Ask, ...], tuple[int, ...]]] = [
    # All who see the site's comments see by what they are judged.
    (LOOKS, (200, 200, 200, 200, 404, 302)),
    # Trying reads a thousand comments: it is for who could save what comes of it.
    (TRIES, (200, 200, 403, 403, 404, 302)),
    (CHANGES, (303, 303, 403, 403, 404, 302)),
]


ASKED = list_asked(
    ((ask, statuses) for asks, statuses in TABLE for ask in asks), PEOPLE
)
DONE = 303


@pytest.mark.parametrize(
    ("person", "ask"),
    [
        pytest.param(name, ask, id=f"{ask.__name__}-{name}")
        for name, asked in ASKED.items()
        for ask, status in asked
        if status == DONE
    ],
    indirect=["person"],
)
def test_who_may_change_what(person: Visitor, ask: Ask, database: Database) -> None:
    before = look(database)

    answer = ask(person, "blog")

    assert answer.status_code == DONE
    after = look(database)
    assert after != before
    assert after.changes - before.changes == 1


@pytest.mark.parametrize(
    ("person", "asked"),
    [
        pytest.param(name, [row for row in asked if row[1] != DONE], id=name)
        for name, asked in ASKED.items()
    ],
    indirect=["person"],
)
def test_nobody_else_changes_anything(
    person: Visitor, asked: list[tuple[Ask, int]], database: Database
) -> None:
    before = look(database)

    for ask, status in asked:
        answer = ask(person, "blog")

        assert (ask.__name__, answer.status_code) == (ask.__name__, status)
        assert (ask.__name__, look(database)) == (ask.__name__, before)


@pytest.mark.parametrize("person", ["owner"], indirect=True)
@pytest.mark.parametrize("site", ["other", "none", "BLOG", "blog%2F..%2Fother", "%00"])
def test_other_sites_are_not_there(
    person: Visitor, site: str, database: Database
) -> None:
    before = look(database)

    for ask in (*LOOKS, *TRIES, *CHANGES):
        answer = ask(person, site)

        assert (ask.__name__, answer.status_code) == (ask.__name__, 404)
        assert (ask.__name__, look(database)) == (ask.__name__, before)


@pytest.mark.parametrize("person", ["outsider"], indirect=True)
def test_a_rule_is_not_reached_through_another_site(
    person: Visitor, database: Database
) -> None:
    before = look(database)

    answer = delete_rule(person, "other")

    assert answer.status_code == 404
    assert look(database) == before


@pytest.mark.parametrize("person", ["owner"], indirect=True)
def test_the_list_has_ones_own_sites_alone(person: Visitor) -> None:
    page = person.get("/moderate/sites/").text

    assert "/moderate/sites/blog/rules" in page
    assert "/moderate/sites/other/" not in page


@pytest.mark.parametrize("person", ["moderator", "viewer"], indirect=True)
def test_who_may_not_change_anything_is_offered_no_buttons(person: Visitor) -> None:
    pages = [ask(person, "blog").text for ask in LOOKS]

    assert "lottery" in pages[0]
    for page in pages:
        assert "Try it first" not in page
        assert 'name="change"' not in page
        assert ">Save<" not in page
        assert ">Close<" not in page


@pytest.mark.parametrize("person", ["owner"], indirect=True)
def test_a_change_without_the_pages_token_is_refused(
    person: Visitor, database: Database
) -> None:
    before = look(database)
    paths = [
        "rules/preview",
        "rules",
        "rules/1",
        "filter",
        "setup",
        "origins",
        "threads/1",
        "care",
    ]

    for path in paths:
        answer = person.client.post(
            f"/moderate/sites/blog/{path}", data={**RULE, **FILTER, "change": "delete"}
        )

        assert (path, answer.status_code) == (path, 400)
        assert look(database) == before
