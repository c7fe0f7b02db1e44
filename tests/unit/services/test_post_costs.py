"""What a post costs: no more in a flood, and nothing that can be done once for all."""

import sqlite3
from collections.abc import Mapping

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.rules import add_rule, parse_rule
from moderation.services.submissions import submit_comment
from moderation.storage.models import Comment
from moderation.storage.session import Database
from tests.factories import make_site

# What SQLite does is counted in steps of its machine, which are the same each time.
pytestmark = pytest.mark.sqlite

FEW, MANY = 700, 3_500
BODY = (
    "I have to say that this is one of the most helpful posts about home insurance "
    "that I have read in a long time, and I will be sure to tell all of my friends "
    "about it. Please keep up the good work at https://insurance.example/home too."
)
OTHER_BODY = (
    "My mother started lithium last spring, and what nobody had told us is how much "
    "water she would need. The nurse at the group noticed it before we did, and it was "
    "a hard summer. See https://garden.example/summer for how she does by now."
)
RULE = parse_rule(
    action=RuleAction.HOLD,
    kind=RuleKind.WORD,
    scope=RuleScope.ANY,
    value="casino",
)
# All of the same moment, which is less than ten minutes ago.
COPY_COMMENTS = """
    WITH RECURSIVE places (place) AS (
        SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < :number
    )
    INSERT INTO comments (
        site_id, thread_id, status, version, name, email, website, body, html, digest,
        ip, network, user_agent, score, failures, verdict, is_author_known, created_at,
        due_at
    )
    SELECT site_id, thread_id,
        CASE place % 3 WHEN 0 THEN 'held' WHEN 1 THEN 'approved' ELSE 'spam' END,
        version, name, email, website, body, html, randomblob(32), ip, network,
        user_agent, score, failures, verdict, is_author_known, created_at, due_at
    FROM comments, places WHERE comments.id = :first ORDER BY place
"""
COPY_BELONGINGS = (
    """
    INSERT INTO text_bands (site_id, band, comment_id)
    SELECT text_bands.site_id, band, comments.id FROM text_bands, comments
    WHERE comment_id = :first AND comments.id > :last
    """,
    """
    INSERT INTO campaign_members (campaign_id, comment_id, is_held)
    SELECT campaign_id, comments.id, is_held FROM campaign_members, comments
    WHERE comment_id = :first AND comments.id > :last
    """,
)


def submit(
    session: Session,
    *,
    body: str = BODY,
    name: str = "Ada",
    email: str = "ada@example.org",
    thread: str = "post-1",
    ip: str = "203.0.113.7",
) -> Comment:
    draft = prepare_draft(thread=thread, name=name, email=email, body=body)
    return submit_comment(session, "blog", draft, Arrival(ip=ip))


def flood(session: Session, first: Comment, number: int) -> None:
    """Store copies of a comment, as if they had been posted, of all kinds by turns."""
    last = session.execute(text("SELECT max(id) FROM comments")).scalar_one()
    given = {"first": first.id, "number": number, "last": last}
    for statement in (COPY_COMMENTS, *COPY_BELONGINGS):
        session.execute(text(statement), given)


def count_steps(session: Session, **changed: str) -> int:
    """Return how many steps SQLite takes for a post, which is not kept."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    steps = 0

    def note() -> None:
        nonlocal steps
        steps += 1

    with session.begin_nested() as tried:
        driver.set_progress_handler(note, 1)
        try:
            submit(session, **changed)
        finally:
            driver.set_progress_handler(None, 1)
        tried.rollback()
    return steps


@pytest.mark.parametrize(
    "changed",
    [
        # All alike, as by a program that sends one text, but for a space.
        {"body": f"{BODY} Bye"},
        # From one network, by one author, in one thread.
        {"body": OTHER_BODY},
        # By others who have all the same address, as if it were theirs.
        {"body": OTHER_BODY, "name": "Bo"},
        # Others' in another thread, from another network: only the site is the same.
        {
            "body": OTHER_BODY,
            "name": "Bo",
            "email": "bo@example.org",
            "thread": "post-2",
            "ip": "198.51.100.7",
        },
    ],
)
def test_a_post_in_a_long_flood_costs_no_more_than_in_a_short_one(
    session: Session, changed: Mapping[str, str]
) -> None:
    make_site(session, policy=Policy.HOLD_SUSPECT)
    first = submit(session)
    flood(session, first, FEW)
    few = count_steps(session, **changed)

    flood(session, first, MANY)

    assert count_steps(session, **changed) <= 1.05 * few


def test_nothing_that_a_post_asks_of_comments_is_planned_anew(session: Session) -> None:
    make_site(session, policy=Policy.HOLD_SUSPECT)
    driver = session.connection().connection.driver_connection
    assert driver is not None
    planned: list[str | None] = []

    def note(action: int, table: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table == "comments":
            planned.append(table)
        return sqlite3.SQLITE_OK

    driver.set_authorizer(note)
    submit(session)
    assert planned
    planned.clear()

    submit(session, body=OTHER_BODY, email="bo@example.org")

    driver.set_authorizer(None)
    assert planned == []


@pytest.mark.parametrize("policy", [Policy.HOLD_ALL, Policy.HOLD_SUSPECT])
@pytest.mark.parametrize(
    "body",
    [
        # By itself, and in a flood of one text.
        OTHER_BODY,
        f"{BODY} Bye",
    ],
)
def test_a_post_runs_nothing_but_what_is_spelled_once(
    database: Database, policy: Policy, body: str
) -> None:
    with database.write() as session:
        site = make_site(session, policy=policy)
        site.publish_below = site.spam_above = 1.0
        add_rule(session, OPERATOR, "blog", RULE)
    with database.write() as session:
        first = submit(session)
        first.status = Status.APPROVED
        submit(session, body=f"{BODY} Hey")
    answer = prepare_draft(
        thread="post-1",
        name="Bo",
        email="bo@example.org",
        body=body,
        parent=first.id,
    )
    composed = []

    def note(*arguments: object) -> None:
        composed.append(str(arguments[1]))

    event.listen(database.engine, "before_execute", note)
    with database.write() as session:
        arrival = Arrival(author_comment=first.id)
        comment = submit_comment(session, "blog", answer, arrival)

    assert composed == []
    assert (comment.status is Status.HELD) is (policy is Policy.HOLD_ALL)
