"""How authors ask for mails about replies, confirm, and end them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR
from moderation.services.disclosing import describe_person
from moderation.services.erasing import erase_person
from moderation.services.mail_links import MailLinks
from moderation.services.subscriptions import (
    PATIENCE,
    confirm,
    forget_subscriptions,
    set_offer,
    subscribe,
)
from moderation.storage.models import Comment, Notice, Subscription, Thread
from moderation.storage.models.base import now
from tests.factories import ORIGIN, make_comment
from tests.web.embed.posts import (
    EMAIL,
    JSON,
    PAGE,
    fetch_token,
    make_fields,
    post_form,
    post_json,
)
from tests.web.visiting import add_account, visit

BOX = 'name="subscribe"'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings with which mail can be sent."""
    return replace(settings, smtp_url="smtp://127.0.0.1:9", mail_from="a@example.org")


@pytest.fixture
def links(settings: Settings) -> MailLinks:
    return MailLinks("", settings.signing_keys)


@pytest.fixture
def comment(session: Session, thread: Thread) -> Comment:
    """Return a published comment whose author asked for mails about replies."""
    comment = make_comment(session, thread, status=Status.APPROVED)
    subscribe(session, comment)
    session.commit()
    return comment


def list_subscriptions(session: Session) -> list[Subscription]:
    session.rollback()
    return list(session.scalars(select(Subscription).order_by(Subscription.id)))


def post(client: FlaskClient, **changes: object) -> int:
    fields = make_fields(token=fetch_token(client), **changes)
    return post_json(client, fields).status_code


@pytest.mark.parametrize("value", ["yes", "on", "true", "1", True])
def test_who_ticks_the_box_is_noted_and_not_told_yet(
    client: FlaskClient, session: Session, thread: Thread, value: object
) -> None:
    del thread
    status = post(client, subscribe=value)

    (found,) = list_subscriptions(session)
    assert status == 201
    assert (found.email, found.confirmed_at, found.asked_at) == (EMAIL, None, None)


@pytest.mark.parametrize(
    "value",
    [
        # Not ticked, as a script may say that; nothing that can be made sense of.
        "",
        "false",
        False,
        None,
        ["yes", "yes"],
        {"yes": 1},
        7,
    ],
)
def test_without_a_tick_nobody_is_noted_and_nothing_refused(
    client: FlaskClient, session: Session, thread: Thread, value: object
) -> None:
    del thread
    status = post(client, subscribe=value)

    assert status == 201
    assert list_subscriptions(session) == []


def test_the_box_is_there_unticked_and_stays_ticked_in_a_preview(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    del thread
    page = client.get(PAGE)
    fields = make_fields(subscribe="yes", token=fetch_token(client, PAGE))
    preview = post_form(client, fields, origin=None)

    assert f'{BOX} value="yes">' in page.text
    assert f'{BOX} value="yes" checked>' in preview.text
    assert client.get(JSON, headers={"Origin": ORIGIN}).get_json()["replies"] is True
    assert list_subscriptions(session) == []


def test_a_site_that_offers_none_takes_none(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    del thread
    before = client.get(JSON, headers={"Origin": ORIGIN})
    set_offer(session, OPERATOR, "blog", is_offered=False)
    session.commit()

    post(client, subscribe="yes")

    again = {"Origin": ORIGIN, "If-None-Match": before.headers["ETag"]}
    listed = client.get(JSON, headers=again)
    assert "replies" not in listed.get_json()
    assert BOX not in client.get(PAGE).text
    assert list_subscriptions(session) == []


def test_one_who_is_published_at_once_is_asked_at_once(
    client: FlaskClient, session: Session, trusting_thread: Thread
) -> None:
    del trusting_thread
    post(client, subscribe="yes")

    session.rollback()
    assert [notice.kind for notice in session.scalars(select(Notice))] == ["ask"]


def test_looking_confirms_and_ends_nothing(
    client: FlaskClient, session: Session, comment: Comment, links: MailLinks
) -> None:
    for link in (
        links.confirm("blog", comment.id, "en"),
        links.unsubscribe("blog", comment.id, "en"),
    ):
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            answer = client.open(link, method=method)
            assert answer.status_code == 200
            assert answer.headers["X-Frame-Options"] == "DENY"

    (found,) = list_subscriptions(session)
    assert found.confirmed_at is None


def test_the_button_confirms_in_the_readers_language(
    client: FlaskClient, session: Session, comment: Comment, links: MailLinks
) -> None:
    link = links.confirm("blog", comment.id, "de")
    asked = client.get(link)

    answer = client.post(link)

    page = client.get(answer.headers["Location"])
    (found,) = list_subscriptions(session)
    assert "Warst du das?" in asked.text
    assert 'href="https://blog.example/post-1/"' in asked.text
    assert answer.status_code == 303
    assert "Du erfährst per E-Mail von Antworten." in page.text
    assert found.confirmed_at is not None


def test_one_click_ends_all_mails_of_a_site_to_an_address(
    client: FlaskClient, session: Session, comment: Comment, links: MailLinks
) -> None:
    thread = session.get_one(Thread, comment.thread_id)
    other = make_comment(session, thread, body="Another", status=Status.APPROVED)
    eve = make_comment(session, thread, email="eve@example.org")
    for row in (other, eve):
        subscribe(session, row)
    confirm(session, "blog", comment.id)
    session.commit()
    link = links.unsubscribe("blog", comment.id, "en")

    answers = [
        client.post(
            link,
            data={"List-Unsubscribe": "One-Click"},
            headers={"Origin": "null"},
            content_type="multipart/form-data",
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "You get no mails about replies" in answers[1].text
    found = list_subscriptions(session)
    assert [row.email for row in found if not row.ended_at] == ["eve@example.org"]


@pytest.mark.parametrize(
    ("is_confirmed", "days", "number"),
    [
        # Who never asked for it, and said so: somebody else gives the address.
        (False, 0, 0),
        (False, 29, 0),
        (False, 31, 1),
        # Who has read enough replies may want others.
        (True, 0, 1),
    ],
)
def test_who_said_no_to_the_first_mail_gets_no_other_for_a_month(
    *,
    client: FlaskClient,
    session: Session,
    thread: Thread,
    links: MailLinks,
    is_confirmed: bool,
    days: int,
    number: int,
) -> None:
    comment = make_comment(session, thread, email=EMAIL, status=Status.APPROVED)
    subscribe(session, comment)
    if is_confirmed:
        confirm(session, "blog", comment.id)
    session.commit()
    client.post(links.unsubscribe("blog", comment.id, "en"))

    with time_machine.travel(timedelta(days=days) + now(), tick=True):
        status = post(client, subscribe="yes")

    found = list_subscriptions(session)
    assert status == 201
    assert len([row for row in found if not row.ended_at]) == number


def test_a_link_is_for_one_purpose_site_and_comment(
    client: FlaskClient, session: Session, comment: Comment, links: MailLinks
) -> None:
    good = links.confirm("blog", comment.id, "en")
    token = links.unsubscribe("blog", comment.id, "en").rsplit("/", 1)[1]
    bad = [
        # For another purpose, a comment that is not there, another site, cut off.
        f"/embed/blog/confirm/{token}",
        links.confirm("blog", comment.id + 1, "en"),
        links.confirm("none", comment.id, "en"),
        good.replace("?", "x?"),
    ]

    statuses = [client.post(link).status_code for link in bad]

    (found,) = list_subscriptions(session)
    assert statuses == [404] * 4
    assert found.confirmed_at is None


def test_a_link_to_confirm_is_good_for_seven_days(
    client: FlaskClient, comment: Comment, links: MailLinks
) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        link = links.confirm("blog", comment.id, "en")
        end = links.unsubscribe("blog", comment.id, "en")
    with time_machine.travel("2026-03-08T12:00:02Z", tick=False):
        late, ended = client.post(link), client.post(end)

    assert late.status_code == 404
    assert "older than 7 days" in late.text
    # To end mails, a link is good as long as somebody keeps them.
    assert ended.status_code == 200


def test_who_is_erased_is_told_of_nothing_more(
    session: Session, comment: Comment
) -> None:
    told = describe_person(session, OPERATOR, "Ada@example.org")
    make_comment(
        session,
        session.get_one(Thread, comment.thread_id),
        parent=comment,
        status=Status.APPROVED,
        email="bob@example.org",
    )

    erase_person(session, OPERATOR, "Ada@example.org")

    assert [row["comment"] for row in told["subscriptions"]] == [comment.id]
    assert session.scalars(select(Subscription)).all() == []
    emptied = session.scalars(select(Comment.id).where(Comment.name == "Deleted"))
    assert emptied.all() == [comment.id]


@pytest.mark.parametrize(
    ("days", "is_asked", "is_confirmed", "number"),
    [
        # Not asked yet: its comment may still be published.
        (30, False, False, 0),
        # Asked, and never answered.
        (PATIENCE.days - 1, True, False, 0),
        (PATIENCE.days + 1, True, False, 1),
        # Confirmed: for a year.
        (364, True, True, 0),
        (366, True, True, 1),
    ],
)
def test_subscriptions_end_by_themselves(
    *,
    session: Session,
    comment: Comment,
    days: int,
    is_asked: bool,
    is_confirmed: bool,
    number: int,
) -> None:
    (found,) = list_subscriptions(session)
    found.asked_at = found.created_at if is_asked else None
    found.confirmed_at = found.created_at if is_confirmed else None
    session.flush()

    with time_machine.travel(now(), tick=False) as clock:
        clock.shift(days * 86_400)
        gone = forget_subscriptions(session, at=now())

    assert gone == number
    assert comment.status is Status.APPROVED


def test_an_owner_offers_mails_or_not_on_the_page_of_the_site(
    app: Flask, session: Session, thread: Thread
) -> None:
    add_account(app, session, role=Role.OWNER, site_key="blog")
    add_account(app, session, email="bob@example.org", site_key="blog")
    path = "/moderate/sites/blog/replies"
    alice = visit(app, "alice@example.org")

    refused = visit(app, "bob@example.org").post(path, offers_replies="no")
    saved = alice.post(path, offers_replies="no")

    session.expire_all()
    log = alice.get("/moderate/sites/blog/log")
    assert (refused.status_code, saved.status_code) == (403, 303)
    assert thread.site.offers_replies is False
    assert "Mails about replies: not offered any more." in log.text
