import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.delivery.mailer import Mailer
from moderation.domain.pace import Pace
from moderation.services.mails import queue_mail
from moderation.services.outgoing_mails import claim_mails, forget_mails
from moderation.storage.models import Mail, MailState
from moderation.storage.models.base import now
from moderation.storage.session import Database

START = "2026-03-01T12:00:00Z"
LONG = f"<https://comments.example.org/m/act/{'t' * 400}>"


class Handler:
    """Takes mails, or answers what it is told to."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answers: list[str] = []

    async def handle_RCPT(  # noqa: N802 the library's name
        self, server: object, session: object, envelope: Envelope, *rest: object
    ) -> str:
        del server, session
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(str(rest[0]))
        return answer

    async def handle_DATA(  # noqa: N802 the library's name
        self, server: object, session: object, envelope: Envelope
    ) -> str:
        del server, session
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def server(handler: Handler) -> Iterator[Controller]:
    # The library wants to know the port before.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def make_mailer(database: Database, url: str) -> Mailer:
    return Mailer(
        database,
        url=url,
        find_sender=lambda: Address("A blog", addr_spec="comments@example.org"),
        pace=Pace(),
        is_stopping=threading.Event(),
    )


@pytest.fixture
def mailer(database: Database, server: Controller) -> Mailer:
    return make_mailer(database, find_url(server))


def find_url(server: Controller, scheme: str = "smtp", user: str = "") -> str:
    return f"{scheme}://{user}127.0.0.1:{server.port}"


def queue(
    session: Session, *, to: str = "ada@example.org", text: str = "Hello"
) -> None:
    queue_mail(
        session,
        to=to,
        subject="Grüße",
        text=text,
        html="<p>Hello</p>",
        headers={"List-Unsubscribe": LONG},
    )
    session.commit()


def read_mail(database: Database) -> Mail:
    with database.read() as session:
        return session.scalars(select(Mail)).one()


def test_a_mail_arrives_with_one_recipient_and_all_its_headers(
    session: Session, mailer: Mailer, handler: Handler
) -> None:
    queue(session)

    mailer.run()

    envelope = handler.taken[0]
    content = envelope.content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=default)
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert envelope.mail_from == "comments@example.org"
    assert message["From"] == "A blog <comments@example.org>"
    assert (message["To"], message["Subject"]) == ("ada@example.org", "Grüße")
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"List-Unsubscribe: {LONG}\r\n".encode() in content
    assert message["Date"]
    assert str(message["Message-ID"]).endswith("@example.org>")


def test_each_recipient_gets_a_mail_of_their_own(
    session: Session, mailer: Mailer, handler: Handler
) -> None:
    for number in range(25):
        queue(session, to=f"user{number}@example.org")

    mailer.run()

    recipients = [envelope.rcpt_tos for envelope in handler.taken]
    assert sorted(recipients) == sorted(
        [f"user{number}@example.org"] for number in range(25)
    )


def test_what_was_sent_is_not_kept(
    session: Session, mailer: Mailer, database: Database
) -> None:
    queue(session, text="https://comments.example.org/reset/secret")

    mailer.run()

    mail = read_mail(database)
    assert (mail.state, mail.text, mail.html) == (MailState.SENT, "", "")
    assert mail.sent_at is not None


def test_a_mail_that_is_refused_for_now_is_tried_again(
    session: Session, mailer: Mailer, handler: Handler, database: Database
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue(session)
        handler.answers = ["451 Try later"]
        mailer.run()
        first = read_mail(database)
        clock.shift(6)
        mailer.run()

    assert (first.state, first.attempts) == (MailState.WAITING, 1)
    assert "451" in first.error
    assert first.text == "Hello"
    assert len(handler.taken) == 1


def test_a_mail_to_nobody_is_given_up_and_the_next_is_sent(
    session: Session, mailer: Mailer, handler: Handler, database: Database
) -> None:
    queue(session, to="nobody@example.org")
    queue(session)
    handler.answers = ["550 No such user"]

    mailer.run()

    with database.read() as reader:
        states = list(reader.scalars(select(Mail.state).order_by(Mail.id)))
    assert states == [MailState.FAILED, MailState.SENT]
    assert [envelope.rcpt_tos for envelope in handler.taken] == [["ada@example.org"]]


def test_a_mail_server_that_is_down_costs_no_mail(
    session: Session, database: Database, mailer: Mailer
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue(session)
        make_mailer(database, "smtp://127.0.0.1:9").run()
        down = read_mail(database)
        clock.shift(6)
        mailer.run()

    assert (down.state, down.attempts) == (MailState.WAITING, 1)
    assert "mail server took nothing" in down.error
    assert read_mail(database).state is MailState.SENT


def test_a_password_is_sent_to_nobody_without_encryption(
    session: Session, database: Database, server: Controller, handler: Handler
) -> None:
    queue(session)

    make_mailer(database, find_url(server, user="me:secret@")).run()

    assert handler.taken == []
    assert "no encryption" in read_mail(database).error
    assert "secret" not in read_mail(database).error


def test_a_mail_is_given_up_after_three_days(
    session: Session, mailer: Mailer, handler: Handler, database: Database
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        queue(session)
        clock.shift(timedelta(days=3))
        mailer.run()

    mail = read_mail(database)
    assert handler.taken == []
    assert (mail.state, mail.text) == (MailState.FAILED, "")
    assert "three days" in mail.error


def test_nothing_is_done_without_a_mail_server(
    session: Session, database: Database
) -> None:
    queue(session)

    make_mailer(database, "").run()

    assert read_mail(database).attempts == 0


def test_two_workers_never_have_the_same_mail(
    session: Session, database: Database
) -> None:
    for _ in range(15):
        queue(session)
    with database.write() as writer:
        first = claim_mails(writer, at=now(), pace=Pace())
    with database.write() as writer:
        second = claim_mails(writer, at=now(), pace=Pace())

    assert len(first) == 10
    assert len(second) == 5
    assert not {mail.id for mail in first} & {mail.id for mail in second}


def test_a_mail_in_the_hands_of_a_dead_worker_is_sent_later(
    session: Session, mailer: Mailer, handler: Handler, database: Database
) -> None:
    pace = Pace()
    with time_machine.travel(START, tick=False) as clock:
        queue(session)
        with database.write() as writer:
            claim_mails(writer, at=now(), pace=pace)
        mailer.run()
        early = len(handler.taken)
        clock.shift(pace.lease)
        mailer.run()

    assert (early, len(handler.taken)) == (0, 1)


def test_old_mails_are_forgotten_but_those_that_wait(
    session: Session, mailer: Mailer, database: Database
) -> None:
    queue(session)
    mailer.run()
    queue(session)

    with database.write() as writer:
        forgotten = forget_mails(writer, at=now() + timedelta(days=15))

    assert forgotten == 1
    assert read_mail(database).state is MailState.WAITING
