"""A mail server that hangs keeps nobody waiting but the worker."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from email.headerregistry import Address

import pytest
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.delivery.mailer import Mailer
from moderation.domain.pace import Pace
from moderation.services.mails import queue_mail
from moderation.storage.models import Mail, MailState
from moderation.storage.session import Database
from tests.web.embed.posts import fetch_token, make_fields, post_json

PATIENCE_SECONDS = 10


class Hanging:
    """Takes a mail and says nothing, until it is told to."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 the library's name
        self.has_begun.set()
        await asyncio.to_thread(self.may_end.wait)
        return "250 OK"


@pytest.fixture
def handler() -> Hanging:
    return Hanging()


@pytest.fixture
def url(handler: Hanging) -> Iterator[str]:
    # The library wants to know the port before.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    handler.may_end.set()
    controller.stop()


def test_posts_are_taken_while_the_mail_server_hangs(
    *,
    client: FlaskClient,
    session: Session,
    thread: object,
    handler: Hanging,
    url: str,
    database: Database,
) -> None:
    del thread
    mail_id = queue_mail(session, to="a@example.org", subject="Hello", text="Hello")
    session.commit()
    mailer = Mailer(
        database,
        url=url,
        find_sender=lambda: Address(addr_spec="comments@example.org"),
        pace=Pace(),
        is_stopping=threading.Event(),
    )
    sending = threading.Thread(target=mailer.run)

    sending.start()
    assert handler.has_begun.wait(PATIENCE_SECONDS)
    answer = post_json(client, make_fields(token=fetch_token(client)))
    was_hanging = sending.is_alive()
    handler.may_end.set()
    sending.join(PATIENCE_SECONDS)

    assert answer.status_code == 201
    assert was_hanging
    with database.read() as reader:
        assert reader.get_one(Mail, mail_id).state is MailState.SENT
