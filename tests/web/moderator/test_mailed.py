"""What links in mails to moderators do, and what looking at them does not."""

from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.notice_wishes import NoticePace
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.mail_links import Errand, MailLinks
from moderation.services.notice_choices import list_choices
from moderation.services.people import change_role
from moderation.services.reviews import decide_comments, list_history
from moderation.storage.models import Comment, Decision, Moderator, Thread
from moderation.storage.session import Database
from tests.factories import make_comment, make_moderator, make_site, make_thread
from tests.web.visiting import add_account, visit

KEY = "k" * 48
LINKS = MailLinks("", [KEY])
BODY = "A link http://evil.example/ and <b>more</b>"


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session))


@pytest.fixture
def comment(session: Session, thread: Thread) -> Comment:
    comment = make_comment(session, thread, body=BODY)
    session.commit()
    return comment


@pytest.fixture
def alice(session: Session, thread: Thread) -> Moderator:
    del thread
    alice = make_moderator(session, site_key="blog")
    session.commit()
    return alice


@pytest.fixture
def errand(comment: Comment, alice: Moderator) -> Errand:
    return Errand(
        comment_id=comment.id, version=1, action=Action.APPROVE, moderator_id=alice.id
    )


def read(database: Database, comment_id: int) -> tuple[Status, int]:
    with database.read() as session:
        comment = session.get_one(Comment, comment_id)
        return comment.status, comment.version


def read_last(database: Database, comment_id: int) -> Decision:
    with database.read() as session:
        return list_history(session, comment_id)[-1]


def test_looking_at_a_link_changes_nothing_however_it_is_done(
    client: FlaskClient, database: Database, errand: Errand
) -> None:
    # As scanners of mail do: again and again, by HEAD, ahead of time, as a robot.
    for method, headers in [
        ("GET", {}),
        ("HEAD", {}),
        ("GET", {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}),
        ("GET", {"User-Agent": "SafeLinks scanner"}),
        ("OPTIONS", {}),
    ] * 3:
        answer = client.open(LINKS.act(errand), method=method, headers=headers)
        assert answer.status_code == 200

    assert read(database, errand.comment_id) == (Status.HELD, 1)


def test_the_page_shows_the_comment_and_keeps_its_address_secret(
    client: FlaskClient, errand: Errand
) -> None:
    answer = client.get(LINKS.act(errand))

    assert "Approve this comment?" in answer.text
    assert "and &lt;b&gt;more&lt;/b&gt;" in answer.text
    assert "alice@example.org" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.APPROVE, Status.APPROVED),
        (Action.REJECT, Status.REJECTED),
        (Action.SPAM, Status.SPAM),
    ],
)
def test_the_button_decides_and_the_record_says_who_and_how(
    client: FlaskClient,
    database: Database,
    errand: Errand,
    action: Action,
    status: Status,
) -> None:
    link = LINKS.act(replace(errand, action=action))

    answer = client.post(link)

    page = client.get(answer.headers["Location"])
    last = read_last(database, errand.comment_id)
    assert answer.status_code == 303
    assert read(database, errand.comment_id) == (status, 2)
    assert (last.moderator_id, last.agent, last.why) == (
        errand.moderator_id,
        "mail",
        "",
    )
    assert "by <bdi>you by mail</bdi>, just now" in page.text


def test_a_link_that_is_used_twice_says_who_decided_what_and_when(
    client: FlaskClient, database: Database, errand: Errand
) -> None:
    link = LINKS.act(errand)
    client.post(link)

    again = client.post(link)
    other = client.post(LINKS.act(replace(errand, action=Action.SPAM)))

    assert (again.status_code, other.status_code) == (409, 409)
    for answer in (again, other):
        assert "Approved by <bdi>you by mail</bdi>, just now" in answer.text
    assert read(database, errand.comment_id) == (Status.APPROVED, 2)


def test_what_somebody_else_decided_first_stays_and_is_told(
    client: FlaskClient, session: Session, database: Database, errand: Errand
) -> None:
    bob = make_moderator(session, email="bob@example.org", role=Role.OWNER)
    actor = load_actor(session, bob.id)
    decide_comments(session, actor, {errand.comment_id: 1}, Action.SPAM)
    session.commit()

    answer = client.post(LINKS.act(errand))

    assert answer.status_code == 409
    assert "Marked as spam by <bdi>bob@example.org</bdi>" in answer.text
    assert read(database, errand.comment_id) == (Status.SPAM, 2)


def test_a_text_that_has_changed_since_is_not_decided_on(
    client: FlaskClient,
    session: Session,
    database: Database,
    comment: Comment,
    errand: Errand,
) -> None:
    comment.body, comment.version = "Something else", 2
    session.commit()

    answer = client.post(LINKS.act(errand))

    assert answer.status_code == 409
    assert "It has changed since" in answer.text
    assert read(database, comment.id) == (Status.HELD, 2)


def make_broken(errand: Errand, comment: Comment) -> dict[str, str]:
    good = LINKS.act(errand)
    act, token = good.rsplit("/", 1)
    payload, rest = token.split(".", 1)
    other = MailLinks("", ["o" * 48]).act(errand)
    elsewhere = LINKS.act(replace(errand, comment_id=comment.id + 1))
    spam = LINKS.act(replace(errand, action=Action.SPAM)).rsplit("/", 1)[1]
    return {
        "cut": good[:-3],
        "foreign key": other,
        "long": good + "x" * 1_000,
        "no letters": f"{act}/é",
        # The words of one link with the signature of another.
        "another action": f"{act}/{spam.split('.', 1)[0]}.{rest}",
        "another comment": f"{elsewhere.rsplit('.', 2)[0]}.{rest}",
        "another purpose": f"{act}/{LINKS.stop(1, 1).rsplit('/', 1)[1]}",
        "empty": f"{act}/.",
        "payload alone": f"{act}/{payload}",
    }


def test_a_link_that_is_none_of_ours_does_nothing(
    client: FlaskClient, database: Database, errand: Errand, comment: Comment
) -> None:
    for why, link in make_broken(errand, comment).items():
        looked, acted = client.get(link), client.post(link)

        assert (looked.status_code, acted.status_code) == (404, 404), why
        assert "Open the queue" in looked.text, why
        assert looked.headers["Referrer-Policy"] == "no-referrer", why
    assert read(database, comment.id) == (Status.HELD, 1)


def test_a_link_is_good_for_seven_days(
    client: FlaskClient, database: Database, comment: Comment, alice: Moderator
) -> None:
    errand = Errand(
        comment_id=comment.id, version=1, action=Action.SPAM, moderator_id=alice.id
    )
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        link = LINKS.act(errand)
    with time_machine.travel("2026-03-08T11:59:00Z", tick=False):
        shown = client.get(link)
    with time_machine.travel("2026-03-08T12:00:02Z", tick=False):
        late = client.post(link)

    assert shown.status_code == 200
    assert late.status_code == 404
    assert "older than 7 days" in late.text
    assert read(database, comment.id) == (Status.HELD, 1)


@pytest.mark.parametrize("loss", ["viewer", "no role", "closed", "gone"])
def test_who_may_not_decide_any_more_cannot_by_an_old_mail(
    *,
    client: FlaskClient,
    session: Session,
    database: Database,
    alice: Moderator,
    errand: Errand,
    loss: str,
) -> None:
    match loss:
        case "viewer":
            site_id = alice.memberships[0].site_id
            change_role(session, None, alice.id, site_id=site_id, role=Role.VIEWER)
        case "no role":
            alice.memberships.clear()
        case "closed":
            alice.active = False
        case "gone":
            session.delete(alice)
    session.commit()

    answer = client.post(LINKS.act(errand))

    assert answer.status_code in {403, 404}
    assert "Nothing was changed" in answer.text
    assert read(database, errand.comment_id) == (Status.HELD, 1)


def test_a_link_shows_no_address_of_the_author(
    client: FlaskClient, session: Session, comment: Comment, errand: Errand
) -> None:
    comment.email, comment.network = "carol@example.org", "203.0.113.0/24"
    session.commit()

    page = client.get(LINKS.act(errand))

    assert "carol@example.org" not in page.text
    assert "203.0.113" not in page.text


def stop(client: FlaskClient, link: str) -> TestResponse:
    """Do what mail programs do when somebody wants no more of these (RFC 8058)."""
    return client.post(
        link,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "null"},
        content_type="multipart/form-data",
    )


def find_pace(database: Database, moderator: Moderator) -> NoticePace:
    with database.read() as session:
        (choice,) = list_choices(session, load_actor(session, moderator.id))
        return choice.wish.pace


def test_one_click_ends_the_mails_without_a_login(
    client: FlaskClient, session: Session, database: Database
) -> None:
    make_site(session)
    owner = make_moderator(session, role=Role.OWNER, site_key="blog")
    session.commit()
    link = LINKS.stop(owner.id, 1)
    shown = [client.get(link), client.head(link)]
    before = find_pace(database, owner)

    answers = [stop(client, link), stop(client, link)]

    assert [answer.status_code for answer in shown + answers] == [200] * 4
    assert "No mails any more?" in shown[0].text
    assert "You get no mails about comments" in answers[1].text
    assert (before, find_pace(database, owner)) == (NoticePace.DIGEST, NoticePace.NONE)


def test_a_link_that_ends_mails_has_no_end_itself(
    client: FlaskClient, session: Session, database: Database
) -> None:
    make_site(session)
    owner = make_moderator(session, role=Role.OWNER, site_key="blog")
    session.commit()

    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        link = LINKS.stop(owner.id, 1)
    with time_machine.travel("2031-03-01T12:00:00Z", tick=False):
        answer = stop(client, link)

    assert answer.status_code == 200
    assert find_pace(database, owner) is NoticePace.NONE


def test_somebody_chooses_on_the_page_and_the_log_tells(
    app: Flask, session: Session, database: Database
) -> None:
    make_site(session)
    alice = add_account(app, session, role=Role.OWNER, site_key="blog")
    visitor = visit(app, "alice@example.org")
    given = {"site": "blog", "after_count": "5", "after_hours": "12"}

    wrong = visitor.post(
        "/moderate/account/notices", pace="digest", **{**given, "after_hours": "0"}
    )
    saved = visitor.post("/moderate/account/notices", pace="at-once", **given)
    page = visitor.get(saved.headers["Location"])
    log = visitor.get("/moderate/sites/blog/log")
    setup = visitor.get("/moderate/sites/blog/setup")

    assert (wrong.status_code, saved.status_code) == (422, 303)
    assert "Give from 1 to 168 hours." in wrong.text
    assert find_pace(database, alice) is NoticePace.AT_ONCE
    assert 'value="5"' in page.text
    assert "MODERATION_SMTP_URL" in page.text
    assert "No mail is sent" in setup.text
    assert "Mails about held comments to alice@example.org: at once." in log.text


def test_nobody_chooses_for_a_site_that_is_not_theirs(
    app: Flask, session: Session
) -> None:
    make_site(session)
    make_site(session, key="other")
    add_account(app, session, site_key="blog")
    add_account(
        app, session, email="eve@example.org", role=Role.VIEWER, site_key="other"
    )
    given = {"pace": "none", "after_count": "5", "after_hours": "12"}

    foreign = visit(app, "alice@example.org").post(
        "/moderate/account/notices", site="other", **given
    )
    viewer = visit(app, "eve@example.org").post(
        "/moderate/account/notices", site="other", **given
    )

    assert (foreign.status_code, viewer.status_code) == (404, 403)
