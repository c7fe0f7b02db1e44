"""Whom the worker tells of comments by mail, of what, and when."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.delivery.notifier import DIGEST, Notifier
from moderation.domain.campaigns import CampaignKind
from moderation.domain.notice_wishes import NoticePace, NoticeWish
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.services import held_letters
from moderation.services.access import OPERATOR, load_actor
from moderation.services.comment_notices import note_approvals, note_held
from moderation.services.erasing import erase_person
from moderation.services.mails import make_message
from moderation.services.notice_choices import set_choice
from moderation.services.reviews import decide_comments, list_history, undo_batch
from moderation.services.subscriptions import confirm, set_offer, subscribe
from moderation.spam.care import CARE
from moderation.storage.models import (
    Campaign,
    CampaignMember,
    Comment,
    Job,
    Mail,
    Moderator,
    Notice,
    SignalEvidence,
    Site,
    Subscription,
    Thread,
    WaitingNotice,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_comment, make_moderator, make_site, make_thread

BASE = "https://comments.example.org"
START = datetime.fromisoformat("2026-03-01T12:00:00Z")
EVIL = "http://x/?'onmouseover='alert(1)'x=' <img src=\"http://evil.example/a.png\"> <a href=\"https://evil.example\">www.evil.example</a> bob@evil.example\r\nBcc: all@evil.example"  # noqa: E501
AT_ONCE = NoticeWish(pace=NoticePace.AT_ONCE)
LINK = re.compile(r'(?:href|src)="([^"]+)"')


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a database without the app on it: that takes longer than the test."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def thread(session: Session, clock: time_machine.Traveller) -> Thread:
    del clock
    return make_thread(session, make_site(session))


@pytest.fixture
def owner(session: Session, thread: Thread) -> Moderator:
    del thread
    return make_moderator(session, role=Role.OWNER)


@pytest.fixture
def notifier(database: Database, settings: Settings) -> Notifier:
    given = replace(settings, base_url=BASE, smtp_url="smtp://localhost")
    return Notifier(database, given, is_stopping=threading.Event())


def hold(session: Session, thread: Thread, **given: object) -> Comment:
    comment = make_comment(session, thread, **given)  # type: ignore[arg-type]
    note_held(session, comment)
    session.commit()
    return comment


def choose(session: Session, moderator: Moderator, wish: NoticeWish) -> None:
    set_choice(session, OPERATOR, moderator.id, "blog", wish)
    session.commit()


def list_mails(database: Database) -> list[Mail]:
    with database.read() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def count(database: Database, model: type[Notice | WaitingNotice]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def mark(session: Session, comment: Comment, name: str, reason: str) -> None:
    session.add(
        SignalEvidence(
            comment_id=comment.id, position=0, name=name, weight=1.0, reason=reason
        )
    )
    session.commit()


def test_who_wants_to_know_at_once_is_told_at_once(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    comment = hold(session, thread, body="What about cake?")
    (arrival,) = list_history(session, comment.id)
    arrival.why = "Spam score 20%. This site holds every comment."
    mark(session, comment, "question", "It asks a question.")

    notifier.run()
    notifier.run()

    (mail,) = list_mails(database)
    assert mail.recipient == "alice@example.org"
    assert mail.subject == "A comment waits on A blog"
    for part in (mail.text, mail.html):
        assert "What about cake?" in part
        assert "It asks a question." in part
        assert "spam score 20%" in part
        assert "Held: This site holds every comment." in part
    assert len(re.findall(rf"{BASE}/m/act/[\w.-]+", mail.text)) == 3
    assert count(database, Notice) == count(database, WaitingNotice) == 0


@pytest.mark.parametrize(
    ("role", "number"),
    [
        # By default owners get digests; who has not chosen anything else gets nothing.
        (Role.OWNER, 1),
        (Role.MODERATOR, 0),
        # Who may not decide could not follow the links.
        (Role.VIEWER, 0),
    ],
)
def test_owners_get_a_digest_unless_they_choose_otherwise(
    *,
    session: Session,
    thread: Thread,
    notifier: Notifier,
    database: Database,
    clock: time_machine.Traveller,
    role: Role,
    number: int,
) -> None:
    make_moderator(session, role=role, site_key="blog")
    hold(session, thread)
    hold(session, thread, body="Another one")
    notifier.run()
    before = list_mails(database)

    clock.shift(timedelta(hours=24))
    notifier.run()

    subjects = [mail.subject for mail in list_mails(database)]
    assert before == []
    assert subjects == ["2 comments wait on A blog"] * number


def test_a_digest_is_sent_when_enough_wait(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    wish = NoticeWish(pace=NoticePace.DIGEST, after_count=3, after_hours=99)
    choose(session, owner, wish)
    numbers = []

    for number in range(7):
        hold(session, thread, body=f"Number {number}")
        notifier.run()
        numbers.append(len(list_mails(database)))

    assert numbers == [0, 0, 1, 1, 1, 2, 2]
    assert "Number 5" in list_mails(database)[1].text
    assert "Number 2" not in list_mails(database)[1].text


def test_what_came_of_telling_moderators_is_seen_as_a_job(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
    clock: time_machine.Traveller,
) -> None:
    choose(session, owner, AT_ONCE)
    notifier.run()
    before = find_digest(database)

    hold(session, thread, body="First")
    hold(session, thread, body="Second")
    notifier.run()
    clock.shift(timedelta(hours=1))
    again = notifier.write_letters()

    assert before is None
    assert again == "No mail was due."
    assert len(list_mails(database)) == 2
    job = find_digest(database)
    assert job is not None
    assert (job.result, job.error, job.ended_at) == ("Wrote 2 mails.", "", START)


def test_mails_that_could_not_be_written_are_seen_as_a_job_that_failed(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    owner.email = "no address"
    hold(session, thread)

    notifier.run()

    job = find_digest(database)
    assert job is not None
    assert job.error == "Wrote 0 mails. 1 more could not be written; the log has why."


def find_digest(database: Database) -> Job | None:
    with database.read() as session:
        return session.get(Job, DIGEST)


def test_what_is_decided_before_the_digest_is_not_in_it(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
    clock: time_machine.Traveller,
) -> None:
    decided = hold(session, thread, body="Decided soon")
    hold(session, thread, body="Left waiting")
    notifier.run()
    actor = load_actor(session, owner.id)
    decide_comments(session, actor, {decided.id: 1}, Action.APPROVE)
    session.commit()

    clock.shift(timedelta(hours=24))
    notifier.run()

    (mail,) = list_mails(database)
    assert "Left waiting" in mail.text
    assert "Decided soon" not in mail.text


def test_almost_certain_spam_is_told_to_nobody_and_counted(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    wish = NoticeWish(pace=NoticePace.DIGEST, after_count=1)
    choose(session, owner, wish)
    hold(session, thread, body="Surely spam", score=0.999)
    notifier.run()
    before = list_mails(database)

    hold(session, thread)
    notifier.run()

    (mail,) = list_mails(database)
    assert before == []
    assert "Surely spam" not in mail.text
    assert "1 comment almost certainly spam is held, too." in mail.text


def test_who_may_be_in_danger_waits_for_no_digest(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    del owner
    hold(session, thread)
    comment = make_comment(session, thread, body="I want to die", score=0.999)
    mark(session, comment, CARE, "Its words suggest danger.")
    note_held(session, comment)
    session.commit()

    notifier.run()

    (mail,) = list_mails(database)
    assert mail.subject == "A comment needs a person soon on A blog"
    assert "Please read it soon" in mail.text
    assert "Please read it soon" in mail.html
    assert count(database, WaitingNotice) == 1


def test_nobody_waits_for_the_database_while_no_mail_is_due(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, NoticeWish(pace=NoticePace.DIGEST, after_count=9))
    hold(session, thread)
    notifier.run()
    writer = make_comment(session, thread, body="Another writer is at it")
    session.flush()

    # It would wait for the lock, and fail.
    notifier.run()

    session.commit()
    assert writer.id is not None
    assert count(database, WaitingNotice) == 1


def test_a_flood_of_words_of_danger_is_no_flood_of_mails(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    for number in range(45):
        comment = make_comment(session, thread, body=f"I want to die {number}")
        mark(session, comment, CARE, "Its words suggest danger.")
        note_held(session, comment)
        session.commit()
        if number >= 5:
            notifier.run()

    mails = list_mails(database)
    assert [mail.subject for mail in mails[:4]] == [
        *["A comment needs a person soon on A blog"] * 3,
        "3 comments wait on A blog",
    ]
    assert len(mails) == 40
    assert count(database, WaitingNotice) > 0


def test_what_is_noted_while_a_mail_is_written_is_in_the_next(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose(session, owner, NoticeWish(pace=NoticePace.DIGEST, after_count=2))
    for number in range(2):
        hold(session, thread, body=f"Number {number}")
    late = make_comment(session, thread, body="Came late")
    session.commit()
    load = held_letters._load  # noqa: SLF001 between its steps lies the race

    def load_late(work: Session, ids: Sequence[int]) -> Sequence[Comment]:
        work.add(WaitingNotice(moderator_id=owner.id, comment_id=late.id))
        work.flush()
        return load(work, ids)

    monkeypatch.setattr(held_letters, "_load", load_late)

    notifier.run()

    (mail,) = list_mails(database)
    assert mail.subject == "2 comments wait on A blog"
    assert count(database, WaitingNotice) == 1


def test_a_flood_of_comments_is_no_flood_of_mails(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
    clock: time_machine.Traveller,
) -> None:
    choose(session, owner, AT_ONCE)
    for number in range(30):
        hold(session, thread, body=f"Number {number}")
        notifier.run()
    before = len(list_mails(database))

    clock.shift(timedelta(hours=1, seconds=1))
    notifier.run()

    mails = list_mails(database)
    assert before == 20
    assert [mail.subject for mail in mails[20:]] == ["10 comments wait on A blog"]


def test_a_digest_lists_twenty_and_says_how_many_more_wait(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    for number in range(25):
        note_held(session, make_comment(session, thread, body=f"Number {number}"))
    session.commit()

    notifier.run()

    (mail,) = list_mails(database)
    assert mail.text.count("/m/act/") == 60
    assert "5 more comments wait." in mail.text


def test_a_digest_of_very_many_is_one_mail(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    wish = NoticeWish(pace=NoticePace.DIGEST, after_count=310)
    choose(session, owner, wish)
    for number in range(310):
        note_held(session, make_comment(session, thread, body=f"Number {number}"))
    session.commit()

    notifier.run()
    notifier.run()

    (mail,) = list_mails(database)
    assert mail.subject == "310 comments wait on A blog"
    assert "290 more comments wait." in mail.text


def test_nothing_of_a_comment_is_more_than_text_in_a_mail(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    thread.title = EVIL
    comment = hold(session, thread, body=EVIL, name=EVIL[:200])
    mark(session, comment, "website", f"It links to {EVIL}")

    notifier.run()

    (mail,) = list_mails(database)
    message = make_message(mail)
    assert message.get_all("Bcc") is None
    assert message["To"] == "alice@example.org"
    assert all(link.startswith(f"{BASE}/m") for link in LINK.findall(mail.html))
    for part in (mail.text, mail.html):
        strange = part.replace(BASE, "")
        assert "://" not in strange
        assert "www." not in strange
        assert "@evil" not in strange
        assert "evil.example" not in strange
        assert "evil[.]example" in strange
    assert "<img" not in mail.html
    assert "evil" not in mail.subject


def test_the_mail_offers_to_end_mails_with_one_click(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    hold(session, thread)

    notifier.run()

    (mail,) = list_mails(database)
    sent = make_message(mail).as_bytes().decode()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in sent
    assert re.search(rf"List-Unsubscribe: <{BASE}/m/stop/[\w.-]+>\r\n", sent)


def test_who_is_erased_is_told_of_in_no_mail_that_waits(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    hold(session, thread, body="One\nTwo lines, and http://ada.example/")
    hold(session, thread, body="Of somebody else", email="bob@example.org")
    notifier.run()

    erase_person(session, OPERATOR, "ada@example.org")
    session.commit()

    (mail,) = list_mails(database)
    assert "Of somebody else" in mail.text


@pytest.mark.parametrize(
    "missing",
    [
        # No mail server; no address that links could lead to.
        {"smtp_url": "", "base_url": BASE},
        {"smtp_url": "smtp://localhost", "base_url": Settings.base_url},
    ],
)
def test_without_mail_or_address_nothing_is_told_or_kept(
    *,
    session: Session,
    thread: Thread,
    owner: Moderator,
    database: Database,
    settings: Settings,
    missing: dict[str, str],
) -> None:
    choose(session, owner, AT_ONCE)
    hold(session, thread)
    given = replace(settings, **missing)  # type: ignore[arg-type]

    Notifier(database, given, is_stopping=threading.Event()).run()

    assert list_mails(database) == []
    assert count(database, Notice) == 0


@pytest.fixture
def asked(session: Session, thread: Thread) -> Comment:
    """Return a published comment whose author wants to be told of replies."""
    comment = make_comment(session, thread, status=Status.APPROVED)
    subscribe(session, comment, language="de")
    session.commit()
    return comment


def answer(session: Session, parent: Comment, **given: object) -> Comment:
    thread = session.get_one(Thread, parent.thread_id)
    given = {"email": "bob@example.org", "name": "Bob", **given}
    reply = make_comment(
        session,
        thread,
        parent=parent,
        status=Status.APPROVED,
        **given,  # type: ignore[arg-type]
    )
    note_approvals(session, [reply])
    session.commit()
    return reply


def test_an_address_is_asked_when_its_comment_is_published_not_before(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    comment = make_comment(session, thread)
    subscribe(session, comment)
    session.commit()
    notifier.run()
    before = list_mails(database)

    decide_comments(
        session, load_actor(session, owner.id), {comment.id: 1}, Action.APPROVE
    )
    session.commit()
    notifier.run()

    (mail,) = list_mails(database)
    assert before == []
    assert mail.recipient == "ada@example.org"
    assert f"{BASE}/embed/blog/confirm/" in mail.text


def test_a_reply_is_told_once_confirmed_in_the_readers_language(
    session: Session,
    asked: Comment,
    notifier: Notifier,
    database: Database,
) -> None:
    notifier.run()
    confirm(session, "blog", asked.id)

    answer(session, asked, body="See http://evil.example <b>now</b>")
    notifier.run()

    ask, mail = list_mails(database)
    assert ask.subject == "Antworten auf A blog: bitte bestätigen"
    assert mail.subject == "Eine Antwort auf A blog"
    assert "> See hxxp[:]//evil[.]example <b>now</b>" in mail.text
    assert "&lt;b&gt;now" in mail.html
    assert "bob@" not in mail.text + mail.html
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/embed/blog/unsubscribe/" in mail.headers["List-Unsubscribe"]
    assert "https://blog.example/post-1/#comment-2" in mail.text


def test_a_reply_that_is_faster_than_the_confirmation_is_told_after_it(
    session: Session,
    asked: Comment,
    notifier: Notifier,
    database: Database,
) -> None:
    answer(session, asked, body="A quick answer")
    notifier.run()
    notifier.run()
    before = [mail.subject for mail in list_mails(database)]

    for _ in range(2):
        confirm(session, "blog", asked.id)
        session.commit()
        notifier.run()

    after = [mail.subject for mail in list_mails(database)]
    assert before == ["Antworten auf A blog: bitte bestätigen"]
    assert after == [*before, "Eine Antwort auf A blog"]


def test_an_address_that_has_not_confirmed_gets_nothing_that_visitors_wrote(
    session: Session,
    asked: Comment,
    notifier: Notifier,
    database: Database,
) -> None:
    thread = session.get_one(Thread, asked.thread_id)
    thread.title, asked.name = "Buy pills", "Pill seller"
    session.commit()

    notifier.run()

    (mail,) = list_mails(database)
    told = mail.subject + mail.text + mail.html
    assert "pill" not in told.lower()
    assert asked.body not in told


def test_what_breaks_down_keeps_nobody_else_waiting(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    bob = make_moderator(session, email="bob@example.org", site_key="blog")
    choose(session, bob, AT_ONCE)
    owner.email = "no address"
    hold(session, thread)

    notifier.run()

    assert [mail.recipient for mail in list_mails(database)] == ["bob@example.org"]
    assert count(database, Notice) == count(database, WaitingNotice) == 0


@pytest.mark.parametrize(
    ("email", "status", "is_offered"),
    [
        # One's own reply, however the address is written.
        ("ADA@example.org", Status.APPROVED, True),
        # A reply to what is not shown any more.
        ("bob@example.org", Status.REJECTED, True),
        # The site tells of replies no more.
        ("bob@example.org", Status.APPROVED, False),
    ],
)
def test_nobody_is_told_who_should_not_be(
    *,
    session: Session,
    asked: Comment,
    notifier: Notifier,
    database: Database,
    email: str,
    status: Status,
    is_offered: bool,
) -> None:
    confirm(session, "blog", asked.id)
    asked.status = status
    set_offer(session, OPERATOR, "blog", is_offered=is_offered)
    session.execute(delete(Notice))

    answer(session, asked, email=email)
    notifier.run()

    assert list_mails(database) == []


def test_a_reply_that_is_approved_twice_is_told_once(
    session: Session,
    asked: Comment,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    confirm(session, "blog", asked.id)
    session.execute(delete(Notice))
    thread = session.get_one(Thread, asked.thread_id)
    reply = make_comment(session, thread, parent=asked, email="bob@example.org")
    actor = load_actor(session, owner.id)

    for _ in range(2):
        versions = {reply.id: reply.version}
        outcome = decide_comments(session, actor, versions, Action.APPROVE)
        session.commit()
        notifier.run()
        undo_batch(session, actor, outcome.batch)
        session.commit()

    assert len(list_mails(database)) == 1


def test_an_address_is_asked_once_a_day(
    session: Session,
    asked: Comment,
    notifier: Notifier,
    database: Database,
    clock: time_machine.Traveller,
) -> None:
    notifier.run()
    thread = session.get_one(Thread, asked.thread_id)
    for number in range(3):
        other = make_comment(
            session, thread, body=f"Number {number}", status=Status.APPROVED
        )
        subscribe(session, other)
    session.commit()

    notifier.run()
    same_day = len(list_mails(database))
    clock.shift(timedelta(days=1, seconds=1))
    notifier.run()

    assert same_day == 1
    assert len(list_mails(database)) == 2


def test_one_confirmation_is_for_all_that_was_asked_for(
    session: Session, asked: Comment
) -> None:
    thread = session.get_one(Thread, asked.thread_id)
    shown = make_comment(session, thread, body="Shown", status=Status.APPROVED)
    waiting = make_comment(session, thread, body="Waiting")
    other = make_comment(
        session, thread, email="eve@example.org", status=Status.APPROVED
    )
    for comment in (shown, waiting, other):
        subscribe(session, comment)

    confirm(session, "blog", asked.id)

    confirmed = session.scalars(
        select(Subscription.comment_id).where(Subscription.confirmed_at == now())
    ).all()
    assert set(confirmed) == {asked.id, shown.id}


def test_comments_that_share_something_are_told_in_one_line(
    session: Session,
    thread: Thread,
    owner: Moderator,
    notifier: Notifier,
    database: Database,
) -> None:
    choose(session, owner, AT_ONCE)
    comments = [make_comment(session, thread, body=f"Buy {n}") for n in range(4)]
    gather(session, thread.site, comments)
    for comment in comments:
        note_held(session, comment)
    note_held(session, make_comment(session, thread, body="An honest one"))
    session.commit()

    notifier.run()

    (mail,) = list_mails(database)
    assert mail.subject == "5 comments wait on A blog"
    assert "4 comments link to evil[.]example" in mail.text
    assert "Buy" not in mail.text
    assert "An honest one" in mail.text


def gather(session: Session, site: Site, comments: list[Comment]) -> None:
    campaign = Campaign(
        site_id=site.id,
        kind=CampaignKind.DOMAIN,
        key="evil.example",
        members=len(comments),
        held=len(comments),
        first_at=now(),
        last_at=now(),
    )
    session.add(campaign)
    session.flush()
    session.add_all(
        CampaignMember(campaign_id=campaign.id, comment_id=row.id, is_held=True)
        for row in comments
    )
