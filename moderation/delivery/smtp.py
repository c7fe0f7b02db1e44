"""Owns the connection to the mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from moderation.services.mails import make_message
from moderation.storage.models import Mail
from moderation.storage.models.base import now

TIMEOUT_SECONDS = 15.0
LEAST_PERMANENT = 500


class MailServerError(Exception):
    """A mail server that takes no mail now; the message says why."""


class RefusedMailError(Exception):
    """A mail that the server does not take, now or (`is_final`) ever."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


@contextmanager
def open_mail_server(url: str) -> Iterator[smtplib.SMTP]:
    """Yield a connection to the mail server of an address, logged in if it says so.

    :raises MailServerError: if there is none, or what it says can't be trusted.
    """
    try:
        server = _connect(url)
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerError(_describe(error)) from error
    try:
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def send_mail(server: smtplib.SMTP, mail: Mail, sender: Address) -> None:
    """Send a mail to its one recipient.

    :raises RefusedMailError: if the server does not take it.
    :raises MailServerError: if the connection broke.
    """
    message = complete_message(mail, sender)
    try:
        server.send_message(message, sender.addr_spec, [mail.recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = error.recipients[mail.recipient]
        raise _refuse(code) from error
    except smtplib.SMTPServerDisconnected as error:
        raise MailServerError(_describe(error)) from error
    except smtplib.SMTPResponseException as error:
        raise _refuse(error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        # An address that needs SMTPUTF8, which the server does not know.
        raise RefusedMailError(_describe(error), is_final=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerError(_describe(error)) from error


def complete_message(mail: Mail, sender: Address) -> EmailMessage:
    """Return a mail with whom it is from, when it is sent, and its lasting id."""
    message = make_message(mail)
    message["From"] = sender
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{mail.token}@{sender.domain}>"
    return message


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host,
            parts.port or smtplib.SMTP_SSL_PORT,
            timeout=TIMEOUT_SECONDS,
            context=context,
        )
    else:
        server = smtplib.SMTP(
            host, parts.port or smtplib.SMTP_PORT, timeout=TIMEOUT_SECONDS
        )
    try:
        _log_in(server, url, context)
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, url: str, context: ssl.SSLContext) -> None:
    """Encrypt where it is offered, and log in; a password is only sent encrypted."""
    parts = urlsplit(url)
    is_encrypted = isinstance(server, smtplib.SMTP_SSL)
    server.ehlo()
    if not is_encrypted and server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
        is_encrypted = True
    if parts.username is None:
        return
    if not is_encrypted:
        raise smtplib.SMTPException(
            "it offers no encryption, so that the password was not sent; give an "
            "smtps:// address, or one without a password"
        )
    server.login(unquote(parts.username), unquote(parts.password or ""))


def _refuse(code: int) -> RefusedMailError:
    return RefusedMailError(
        f"The mail server refused it with code {code}.",
        is_final=code >= LEAST_PERMANENT,
    )


def _describe(error: Exception) -> str:
    """Return why, without what the server said: it may quote addresses."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = f"it answered with code {error.smtp_code}"
    elif isinstance(error, TimeoutError):
        words = f"it did not answer within {TIMEOUT_SECONDS:g} seconds"
    elif isinstance(error, smtplib.SMTPServerDisconnected):
        words = "it broke the connection"
    elif isinstance(error, ssl.SSLError):
        words = f"its certificate can't be trusted ({error.reason})"
    elif isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        words = error.strerror or type(error).__name__
    else:
        words = str(error)
    return f"The mail server took nothing: {words}."
