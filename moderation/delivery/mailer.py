"""Owns the sending of mails: takes what is due, sends it, records the outcome."""

import random
import smtplib
import threading
import time
from collections.abc import Callable, Sequence
from email.headerregistry import Address

import structlog

from moderation.delivery.smtp import (
    MailServerError,
    RefusedMailError,
    open_mail_server,
    send_mail,
)
from moderation.domain.pace import Pace
from moderation.services.outgoing_mails import (
    Dispatch,
    claim_mails,
    has_due_mail,
    record_dispatches,
    release_mails,
)
from moderation.storage.models import Mail
from moderation.storage.models.base import now
from moderation.storage.session import Database, note_count

RANDOM = random.SystemRandom()

log = structlog.get_logger(__name__)


class Mailer:
    """Sends mails over one connection per batch, each to one recipient."""

    def __init__(
        self,
        database: Database,
        *,
        url: str,
        find_sender: Callable[[], Address],
        pace: Pace,
        is_stopping: threading.Event,
    ) -> None:
        self._database = database
        self._url = url
        self._find_sender = find_sender
        self._pace = pace
        self._is_stopping = is_stopping

    def run(self) -> None:
        """Send what is due. Without a mail server nothing is done."""
        while self._url and not self._is_stopping.is_set():
            with self._database.read() as session:
                if not has_due_mail(session, at=now()):
                    return
            with self._database.write() as session:
                mails = claim_mails(session, at=now(), pace=self._pace)
            if not mails:
                return
            if not self._send_all(mails):
                return

    def _send_all(self, mails: Sequence[Mail]) -> bool:
        """Send mails and record what came of it; return False if the server failed."""
        dispatches: list[Dispatch] = []
        problem = ""
        until = time.monotonic() + self._pace.batch_seconds
        try:
            with open_mail_server(self._url) as server:
                for mail in mails:
                    if self._is_stopping.is_set() or time.monotonic() > until:
                        break
                    dispatches.append(self._send(server, mail))
        except MailServerError as error:
            problem = str(error)
            log.warning("mail server failed", problem=problem)
            dispatches += [
                self._postpone(mail, problem) for mail in mails[len(dispatches) :]
            ]
        with self._database.write() as session:
            record_dispatches(session, dispatches, at=now())
            for dispatch in dispatches:
                note_count(session, "mails", dispatch.outcome)
            release_mails(session, mails[len(dispatches) :], at=now())
        return not problem

    def _send(self, server: smtplib.SMTP, mail: Mail) -> Dispatch:
        try:
            send_mail(server, mail, self._find_sender())
        except RefusedMailError as error:
            log.warning("mail refused", mail=mail.id, problem=str(error))
            if error.is_final:
                return Dispatch(mail=mail, error=str(error))
            return self._postpone(mail, str(error))
        except MailServerError:
            raise
        except Exception as error:
            log.exception("mail broke down", mail=mail.id)
            return Dispatch(mail=mail, error=f"Broke down: {type(error).__name__}.")
        return Dispatch(mail=mail)

    def _postpone(self, mail: Mail, problem: str) -> Dispatch:
        delay = self._pace.find_delay(mail.attempts, spread=RANDOM.random())
        return Dispatch(
            mail=mail, error=problem, next_at=None if delay is None else now() + delay
        )
