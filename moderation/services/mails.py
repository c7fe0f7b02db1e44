"""Owns the outbox of mails: stored with what they tell of, sent by the worker."""

import re
import secrets
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError
from moderation.storage.models import Mail, MailState
from moderation.storage.session import announce_work

# What the worker is told.
MAILS = "mails"
TOKEN_BYTES = 16
LONGEST_SUBJECT = 250
# By it a mail is found again that tells of comments: their ids, between spaces.
COMMENTS_HEADER = "X-Comments"
# Lines are folded only where a receiver must unfold them (RFC 5322, 2.1.1): Python's
# usual 78 breaks the one long address in List-Unsubscribe.
POLICY = SMTP.clone(max_line_length=998)

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
# What only this module and the worker write.
_OWN_HEADERS = {
    "auto-submitted", "bcc", "cc", "date", "from", "message-id", "mime-version",
    "received", "return-path", "sender", "subject", "to",
}  # fmt: skip


def queue_mail(
    session: Session,
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> int:
    """Store a mail to one recipient, and return its id.

    It is sent after the unit of work has committed, and tried again for three days;
    whoever has no mail server (`Settings.has_mail`) should not be offered what needs
    one. `html` is sent beside `text`, which says the same. `headers` are further ones,
    like List-Unsubscribe.

    :raises InvalidInputError: if `to` is not one address, or a control character
        (a line break) stands in address, subject or headers.
    """
    mail = Mail(
        token=secrets.token_urlsafe(TOKEN_BYTES),
        recipient=_check_recipient(to),
        subject=_check_line("subject", subject)[:LONGEST_SUBJECT],
        text=text,
        html=html or "",
        headers=_check_headers(headers or {}),
        state=MailState.WAITING,
    )
    make_message(mail)
    session.add(mail)
    session.flush()
    announce_work(session, MAILS)
    return mail.id


def make_message(mail: Mail) -> EmailMessage:
    """Return a mail as it is sent, but for what the worker adds: From and Date."""
    message = EmailMessage(policy=POLICY)
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    # No out-of-office note is sent in answer (RFC 3834, 5).
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def _check_recipient(to: str) -> str:
    """Return one address in its usual form; more than one is none."""
    try:
        return validate_email(to, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidInputError({"to": [str(error)]}) from error


def _check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        is_own = name.lower() in _OWN_HEADERS or name.lower().startswith("content-")
        if is_own or not _HEADER_NAME.fullmatch(name):
            raise InvalidInputError({"headers": [f"{name!r} can't be set."]})
        _check_line(name, value)
    return dict(headers)


def _check_line(field: str, value: str) -> str:
    """Return a header's value. One with a line break would begin another header."""
    if _CONTROL.search(value):
        raise InvalidInputError({field: ["Write it in one line."]})
    return value
