"""Owns the asking for outside opinions: takes what is due, asks, records the answer."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from cryptography.fernet import InvalidToken

from moderation.config import Settings
from moderation.delivery.messages import USER_AGENT
from moderation.delivery.signing import sign_headers
from moderation.delivery.transport import Answer, FetchError, Transport
from moderation.domain.opinions import (
    MOST_BYTES,
    MalformedOpinionError,
    Opinion,
    read_opinion,
)
from moderation.domain.pace import Pace
from moderation.services.advisers import unseal_keys
from moderation.services.opinion_replies import Reply, record_reply
from moderation.services.opinions import (
    PACE,
    Question,
    claim_questions,
    is_question_due,
)
from moderation.services.sealing import Sealer
from moderation.storage.models import Adviser, Comment
from moderation.storage.models.base import now
from moderation.storage.session import Database

# Others of the worker's hands are for webhooks and mail.
MOST_HANDS = 2
JSON_TYPE = "application/json"
KIND = "opinion.wanted"
LOST_SECRET = "Its secret can't be read any more. Make a new one."  # noqa: S105 a message

Message = Mapping[str, Any]
Wake = Callable[[float], None]

log = structlog.get_logger(__name__)


class NoOpinionError(Exception):
    """A classifier that was asked and gave no opinion; says why, fit for owners."""


class Classifiers:
    """Asks the classifiers of sites, each by a request that is signed."""

    def __init__(self, transport: Transport, sealer: Sealer) -> None:
        self._transport = transport
        self._sealer = sealer

    def ask(self, adviser: Adviser, message: Message, *, uid: str) -> Opinion:
        """Return what a classifier answers to a message.

        :raises NoOpinionError: if that is no opinion, or nothing within two seconds.
        """
        body, at = json.dumps(message, ensure_ascii=False), now()
        try:
            keys = unseal_keys(adviser, sealer=self._sealer, at=at)
            answer = self._transport.send(
                adviser.url,
                headers={
                    "User-Agent": USER_AGENT,
                    "Content-Type": JSON_TYPE,
                    "Accept": JSON_TYPE,
                    **sign_headers(uid, body, keys=keys, at=at),
                },
                body=body.encode(),
                most_bytes=MOST_BYTES + 1,
            )
            return _read(answer)
        except InvalidToken as error:
            raise NoOpinionError(LOST_SECRET) from error
        except (FetchError, MalformedOpinionError) as error:
            raise NoOpinionError(str(error)) from error


def make_classifiers(settings: Settings) -> Classifiers:
    """Return what asks, with less patience than webhooks have."""
    transport = Transport(
        allowed=settings.webhook_allow, total_seconds=PACE.most_seconds
    )
    return Classifiers(transport, Sealer(settings.signing_keys))


class Asker:
    """Asks classifiers outside, from as many threads as call `run`, two at a time.

    Nothing is asked inside a transaction, nor what was not claimed in one before.
    """

    def __init__(
        self,
        database: Database,
        classifiers: Classifiers,
        *,
        wake: Wake,
        is_stopping: threading.Event,
        pace: Pace = PACE,
    ) -> None:
        self._database = database
        self._classifiers = classifiers
        self._wake = wake
        self._is_stopping = is_stopping
        self._pace = pace
        self._hands = threading.Semaphore(MOST_HANDS)

    def run(self) -> None:
        """Ask what is due, until there is nothing, or others are at it."""
        # Whoever has both hands looks again when done: nothing told meanwhile is lost.
        while self._is_due() and self._hands.acquire(blocking=False):
            try:
                self._ask_some()
            finally:
                self._hands.release()

    def _is_due(self) -> bool:
        if self._is_stopping.is_set():
            return False
        with self._database.read() as session:
            return is_question_due(session, at=now())

    def _ask_some(self) -> None:
        with self._database.write() as session:
            questions = claim_questions(session, at=now(), pace=self._pace)
        for question in questions:
            # What is not asked any more is asked by others when the lease ends.
            if self._is_stopping.is_set():
                return
            reply = self._get_reply(question)
            with self._database.write() as session:
                delay = record_reply(
                    session, question, reply, at=now(), pace=self._pace
                )
            if delay is not None:
                self._wake(delay.total_seconds())

    def _get_reply(self, question: Question) -> Reply:
        adviser, comment = question.adviser, question.comment
        if adviser is None:
            return Reply()
        begun = time.monotonic()
        message = make_message(comment, sends_email=adviser.sends_email)
        uid = f"opinion_{comment.id}_{question.version}"
        try:
            opinion = self._classifiers.ask(adviser, message, uid=uid)
        except NoOpinionError as error:
            log.info("no opinion", comment=comment.id, problem=str(error))
            return Reply(problem=str(error))
        except Exception as error:
            # One comment must not stop all others.
            log.exception("asking broke down", comment=comment.id)
            return Reply(problem=f"Something broke here ({type(error).__name__}).")
        taken = round((time.monotonic() - begun) * 1_000)
        return Reply(opinion=opinion, milliseconds=taken)


def make_message(comment: Comment, *, sends_email: bool) -> Message:
    """Return what a classifier is told of a comment: never the IP address."""
    told: dict[str, Any] = {
        "id": comment.id,
        "version": comment.version,
        "thread": comment.thread.key,
        "page": {"url": comment.thread.url, "title": comment.thread.title},
        "parent": comment.parent_id,
        "date": comment.created_at.isoformat(),
        "name": comment.name,
        "website": comment.website,
        "body": comment.body,
        "score": comment.score,
    }
    if sends_email:
        told["email"] = comment.email
    return _wrap(comment.site.key, told)


def make_example(site_key: str, *, sends_email: bool) -> Message:
    """Return a question like any other, about a comment that nobody wrote."""
    told: dict[str, Any] = {
        "id": 0,
        "version": 1,
        "thread": "example",
        "page": {"url": "", "title": "An example"},
        "parent": None,
        "date": now().isoformat(),
        "name": "Ada",
        "website": "",
        "body": "This is an example, to see whether you answer.",
        "score": 0.05,
    }
    if sends_email:
        told["email"] = "ada@example.org"
    return _wrap(site_key, told)


def _wrap(site_key: str, comment: Mapping[str, Any]) -> Message:
    return {
        "type": KIND,
        "timestamp": now().isoformat(),
        "data": {"site": site_key, "comment": comment},
    }


def _read(answer: Answer) -> Opinion:
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        raise NoOpinionError("It answered with a redirect, which is not followed.")
    if answer.status != HTTPStatus.OK:
        raise NoOpinionError(f"It answered with status {answer.status}.")
    return read_opinion(answer.body)
