import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError
from moderation.services.mails import MAILS, make_message, queue_mail
from moderation.storage.models import Mail, MailState
from moderation.storage.session import Database

LONG = f"<https://comments.example.org/m/act/{'t' * 400}>"


def queue_and_fail(database: Database) -> None:
    with database.write() as session:
        queue_mail(session, to="ada@example.org", subject="Hi", text="Hello")
        raise RuntimeError


def test_a_mail_waits_in_the_outbox_until_it_is_sent(session: Session) -> None:
    number = queue_mail(session, to="ada@example.org", subject="Hi", text="Hello")

    mail = session.scalars(select(Mail)).one()
    assert mail.id == number
    assert (mail.state, mail.attempts) == (MailState.WAITING, 0)


def test_the_worker_is_told_when_a_mail_is_committed(database: Database) -> None:
    told: list[object] = []
    database.on_work = told.append

    with database.write() as session:
        queue_mail(session, to="ada@example.org", subject="Hi", text="Hello")
        before = list(told)

    assert (before, told) == ([], [{MAILS}])


def test_the_worker_is_not_told_of_what_was_rolled_back(database: Database) -> None:
    told: list[object] = []
    database.on_work = told.append

    with pytest.raises(RuntimeError):
        queue_and_fail(database)

    assert told == []


@pytest.mark.parametrize(
    "to",
    [
        # More than one recipient.
        "ada@example.org, bob@example.org",
        "ada@example.org;bob@example.org",
        # A header of their own.
        "ada@example.org\r\nBcc: bob@example.org",
        "ada@example.org\nbob@example.org",
        # A group, and a name.
        "all:ada@example.org;",
        "Ada <ada@example.org>",
        "ada",
        "",
    ],
)
def test_a_mail_has_exactly_one_recipient(session: Session, to: str) -> None:
    with pytest.raises(InvalidInputError):
        queue_mail(session, to=to, subject="Hi", text="Hello")


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Hi\r\nBcc: bob@example.org", {}),
        ("Hi\nthere", {}),
        ("Hi\x00", {}),
        ("Hi\u2028there", {}),
        ("Hi", {"List-Id": "blog\r\nBcc: bob@example.org"}),
        ("Hi", {"X-A\r\nBcc": "bob@example.org"}),
        # What we write ourselves.
        ("Hi", {"Bcc": "bob@example.org"}),
        ("Hi", {"content-type": "text/html"}),
        ("Hi", {"from": "bob@example.org"}),
    ],
)
def test_no_header_can_be_smuggled_in(
    session: Session, subject: str, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidInputError):
        queue_mail(
            session, to="ada@example.org", subject=subject, text="", headers=headers
        )


def test_a_long_header_stays_on_one_line(session: Session) -> None:
    headers = {"List-Unsubscribe": LONG}
    queue_mail(session, to="ada@example.org", subject="Hi", text="x", headers=headers)

    message = make_message(session.scalars(select(Mail)).one())

    assert f"List-Unsubscribe: {LONG}\r\n" in message.as_string()


def test_both_forms_of_a_mail_arrive_with_every_letter(session: Session) -> None:
    text, html = "Grüße 🎉\n" + "x" * 2_000, "<p>Grüße 🎉</p>\n"
    queue_mail(session, to="ada@example.org", subject="Grüße 🎉", text=text, html=html)

    message = make_message(session.scalars(select(Mail)).one())

    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().strip() == text
    assert rich.get_content() == html
    assert message["Subject"] == "Grüße 🎉"
