"""Owns telling of comments by mail: whom, of what, and when, as a worker does it."""

import threading
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.delivery.comment_mails import queue_ask, queue_held, queue_reply
from moderation.domain.plurals import count_in_words
from moderation.services.comment_notices import (
    drop_notices,
    has_due_notice,
    take_notices,
)
from moderation.services.digests import HeldLetter
from moderation.services.held_letters import (
    hand_out,
    has_letters,
    take_letters,
)
from moderation.services.jobs import note_run
from moderation.services.mail_links import MailLinks
from moderation.services.reply_letters import take_ask, take_reply
from moderation.storage.models import Notice, NoticeKind
from moderation.storage.models.base import now
from moderation.storage.session import Database

# Passed on in one transaction, so that nobody waits long for the database.
BATCH = 50
# When what broke down is tried again.
LATER = timedelta(hours=1)
# The job as which it is seen that moderators are told of what waits.
DIGEST = "digest"
NOTHING_DUE = "No mail was due."

log = structlog.get_logger(__name__)


def write_digests(database: Database, settings: Settings) -> str:
    """Do what is due of the job "digest" now; return what came of it."""
    if not settings.can_notify:
        return "No mails can be sent: moderation check says what is missing."
    notifier = Notifier(database, settings, is_stopping=threading.Event())
    return notifier.write_letters()


class Notifier:
    """Turns what is to be told into mails, each in the transaction that marks it told.

    Without a mail server, or an address for links to lead to, nothing is told, then or
    later.
    """

    def __init__(
        self, database: Database, settings: Settings, *, is_stopping: threading.Event
    ) -> None:
        self._database = database
        self._is_possible = settings.can_notify
        self._links = MailLinks(settings.base_url, settings.signing_keys)
        self._is_stopping = is_stopping

    def run(self) -> None:
        """Pass on what is to be told, and send the digests whose time has come."""
        if not self._is_possible:
            self._drop()
        while not self._is_stopping.is_set() and self._has_due():
            with self._database.write() as session:
                at = now()
                notices = take_notices(session, at=at, length=BATCH)
                for notice in notices:
                    self._try(session, notice, at)
            if not notices:
                # Others have what is due in hand.
                break
        self.write_letters()

    def write_letters(self) -> str:
        """Queue the mails about what waits that are due; say in a line how many.

        That line is kept as what came of a job. Done again at once, nothing is due.
        """
        with self._database.read() as session:
            if not has_letters(session, at=now()):
                return NOTHING_DUE
        with self._database.write() as session:
            at = now()
            letters = list(take_letters(session, at=at))
            failed = sum(not self._send(session, letter) for letter in letters)
            result = f"Wrote {count_in_words(len(letters) - failed, 'mail')}."
            error = f"{failed} more could not be written; the log has why."
            if letters:
                told = f"{result} {error}" if failed else ""
                note_run(session, DIGEST, at=at, result=result, error=told)
        return result if letters else NOTHING_DUE

    def _drop(self) -> None:
        """Forget what is due, all at once: otherwise each held comment would cost."""
        if self._has_due():
            with self._database.write() as session:
                drop_notices(session, at=now())

    def _has_due(self) -> bool:
        with self._database.read() as session:
            return has_due_notice(session, at=now())

    def _try(self, session: Session, notice: Notice, at: datetime) -> None:
        """Pass on what is to be told; if that breaks down, nothing else has to wait."""
        comment_id = notice.comment_id
        try:
            with session.begin_nested():
                self._pass_on(session, notice, at)
        except Exception:
            log.exception("notice broke down", comment=comment_id)
            notice.due_at = at + LATER

    def _send(self, session: Session, letter: HeldLetter) -> bool:
        """Queue a mail; if that breaks down, what it tells of is still in the queue."""
        try:
            with session.begin_nested():
                queue_held(session, self._links, letter)
        except Exception:
            log.exception("mail not written", moderator=letter.to.moderator_id)
            return False
        return True

    def _pass_on(self, session: Session, notice: Notice, at: datetime) -> None:
        if not self._is_possible:
            session.delete(notice)
            return
        match notice.kind:
            case NoticeKind.HELD:
                hand_out(session, notice, at=at)
            case NoticeKind.ASK:
                ask = take_ask(session, notice, at=at)
                if ask is not None:
                    queue_ask(session, self._links, ask)
            case NoticeKind.REPLY:
                reply = take_reply(session, notice, at=at)
                if reply is not None:
                    queue_reply(session, self._links, reply)
