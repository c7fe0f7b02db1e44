"""By the token of an earlier comment a browser proves who its author is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.reviews import decide_comments
from moderation.storage.models import Comment, Site, Thread
from moderation.web.embed.author_tokens import (
    LIFETIME_SECONDS,
    read_author,
    sign_author,
)
from moderation.web.embed.tokens import CLOCK_SLACK_SECONDS, Claims, Kind, sign_claims
from tests.factories import make_moderator, make_site
from tests.web.embed.posts import (
    EMAIL,
    PAGE,
    fetch_token,
    find_comments,
    find_value,
    make_fields,
    post_form,
    post_json,
    read_json,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = timedelta(seconds=LIFETIME_SECONDS)
OLD, NEW = "o" * 48, "n" * 48
LINKED = "There is more on https://notes.example.org/trees about them."


@pytest.fixture(autouse=True)
def _thread(session: Session, site: Site, thread: Thread) -> None:
    """Make the thread that is written to; here the filter trusts nearly everything."""
    del thread
    site.publish_below = 0.9
    session.commit()


def post(client: FlaskClient, **fields: object) -> dict[str, Any]:
    answer = post_json(client, make_fields(token=fetch_token(client), **fields))
    assert answer.status_code == 201, answer.text
    return read_json(answer)


def decide(session: Session, comment: int, action: Action) -> None:
    """Let a moderator decide on a comment."""
    stored = session.get_one(Comment, comment)
    moderator = make_moderator(session, email=f"{action}{stored.version}@example.org")
    decide_comments(
        session,
        load_actor(session, moderator.id),
        {comment: stored.version},
        action,
    )
    session.commit()


def earn_token(client: FlaskClient, session: Session) -> str:
    """Return the token of a comment that a moderator has approved."""
    first = post(client)
    decide(session, first["id"], Action.APPROVE)
    return str(first["author_token"])


def find_proof(session: Session) -> bool:
    """Return whether the last comment's author counts as confirmed."""
    names = find_signals(session)
    assert names & {"author_confirmed", "author_approved"}
    return "author_confirmed" in names


def find_signals(session: Session) -> set[str]:
    """Return the signals of the last comment; leave the database to the app."""
    names = {signal.name for signal in find_comments(session)[-1].signals}
    session.commit()
    return names


def test_the_browser_of_an_approved_comment_confirms_its_author(
    client: FlaskClient, session: Session
) -> None:
    token = earn_token(client, session)

    answer = post(client, comment=LINKED, author_token=token)

    assert find_proof(session)
    assert answer["status"] == "approved"


def test_a_name_and_address_alone_do_not_publish_links(
    client: FlaskClient, session: Session
) -> None:
    earn_token(client, session)

    answer = post(client, comment=LINKED)

    assert not find_proof(session)
    assert answer["status"] == "held"


def test_a_name_and_address_alone_publish_what_leads_nowhere(
    client: FlaskClient, session: Session
) -> None:
    earn_token(client, session)

    answer = post(client, comment="I think the second half was better, by the way.")

    assert answer["status"] == "approved"


@pytest.mark.parametrize(
    "sent",
    [
        # Absent, empty, doubled, of another type: none of them is an error.
        None,
        "",
        ["{token}", "{token}"],
        [],
        7,
        {"a": "{token}"},
        # Forged, cut off, with an odd character, far too long.
        "forged.forged.forged",
        "{token}x",
        "{token}\u00e9",
        "x" * 100_000,
    ],
)
def test_a_token_that_is_no_good_counts_as_none(
    client: FlaskClient, session: Session, sent: object
) -> None:
    token = earn_token(client, session)
    if isinstance(sent, str):
        sent = sent.format(token=token)
    if isinstance(sent, list):
        sent = [text.format(token=token) for text in sent]

    answer = post(client, comment=LINKED, author_token=sent)

    assert not find_proof(session)
    assert answer.keys() >= {"id", "status", "author_token"}


def test_a_form_may_send_the_token_and_not_twice(
    client: FlaskClient, session: Session
) -> None:
    token = earn_token(client, session)
    form = make_fields(token=fetch_token(client, PAGE), remark="")

    post_form(client, {**form, "comment": "Once.", "author_token": token})
    is_proven_once = find_proof(session)
    post_form(client, {**form, "comment": "Twice.", "author_token": [token, token]})

    assert is_proven_once
    assert not find_proof(session)


def test_a_form_shown_again_keeps_the_token(client: FlaskClient) -> None:
    answer = post_form(client, make_fields(author_token='a"><b', email="bob"))

    assert find_value(answer.text, "author_token") == 'a"><b'


def test_a_token_proves_one_address_only(client: FlaskClient, session: Session) -> None:
    token = earn_token(client, session)
    other = post(client, name="Eve", email="eve@example.org", comment="Hello there.")
    decide(session, other["id"], Action.APPROVE)

    post(client, name="Eve", email="eve@example.org", author_token=token)
    is_other_proven = find_proof(session)
    post(client, email=EMAIL.upper(), comment="Again.", author_token=token)

    assert not is_other_proven
    assert find_proof(session)


@pytest.mark.parametrize("action", [Action.SPAM, Action.REJECT])
def test_a_comment_no_longer_approved_proves_nothing(
    client: FlaskClient, session: Session, action: Action
) -> None:
    token = earn_token(client, session)
    for n in range(3):
        more = post(client, comment=f"More of it, {n}.")
        if more["status"] == "held":
            decide(session, more["id"], Action.APPROVE)
    decide(session, find_comments(session)[0].id, action)

    post(client, comment=LINKED, author_token=token)

    assert "author_confirmed" not in find_signals(session)


def test_what_the_filter_published_proves_nothing(
    client: FlaskClient, session: Session
) -> None:
    earn_token(client, session)
    published = post(client, comment="I typed the name and address of another.")
    assert published["status"] == "approved"

    answer = post(client, comment=LINKED, author_token=published["author_token"])

    assert not find_proof(session)
    assert answer["status"] == "held"


def test_a_token_of_another_site_proves_nothing(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    make_site(session, key="other", origins=["https://other.example"])
    session.commit()
    earn_token(client, session)
    foreign = sign_author(settings.signing_keys, "other", find_comments(session)[0].id)

    post(client, comment=LINKED, author_token=foreign)

    assert not find_proof(session)


def test_a_confirmed_author_is_heard_in_a_flood(
    client: FlaskClient, session: Session, site: Site
) -> None:
    token = earn_token(client, session)
    for number in range(31):
        comment = find_comments(session)[0]
        session.add(
            Comment(
                site_id=site.id,
                thread_id=comment.thread_id,
                status=Status.HELD,
                name="Mallory",
                email="m@example.org",
                body="Flood",
                html="Flood",
                digest=number.to_bytes(32, "big"),
                score=0.5,
            )
        )
    session.commit()

    typed = post(client, comment="I only typed it.")
    proven = post(client, comment="It is me.", author_token=token)

    assert (typed["status"], proven["status"]) == ("held", "approved")


def test_a_token_says_neither_address_nor_name(client: FlaskClient) -> None:
    token = post(client)["author_token"]

    assert "bob" not in token.lower()
    assert len(token) < 200


@pytest.mark.parametrize(
    ("age", "comment"),
    [
        (timedelta(0), 7),
        (YEAR, 7),
        (YEAR + timedelta(seconds=1), None),
        # A clock that was put back.
        (timedelta(seconds=-CLOCK_SLACK_SECONDS), 7),
        (timedelta(seconds=-CLOCK_SLACK_SECONDS - 1), None),
    ],
)
def test_a_token_is_good_for_a_year(age: timedelta, comment: int | None) -> None:
    with time_machine.travel(NOON, tick=False):
        token = sign_author([NEW], "blog", 7)

    with time_machine.travel(NOON + age, tick=False):
        assert read_author([NEW], "blog", token) == comment


@pytest.mark.parametrize(
    ("keys", "site_key", "comment"),
    [
        # The key was replaced, and the old one kept; or not.
        ([OLD, NEW], "blog", 7),
        ([NEW], "blog", None),
        ([OLD], "other", None),
    ],
)
def test_a_token_is_bound_to_key_and_site(
    keys: list[str], site_key: str, comment: int | None
) -> None:
    token = sign_author([OLD], "blog", 7)

    assert read_author(keys, site_key, token) == comment


def test_the_token_of_a_form_is_no_token_of_an_author() -> None:
    token = sign_claims([NEW], Claims(place="blog", kind=Kind.PAGE))

    assert read_author([NEW], "blog", token) is None
