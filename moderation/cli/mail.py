"""Owns what `moderation check` says of mail: whether it can be sent, and why not."""

from collections.abc import Iterator

from moderation.config import Settings
from moderation.delivery.smtp import MailServerError, open_mail_server


def describe_mail(settings: Settings) -> Iterator[str]:
    """Yield in plain words what mail there is; asks the mail server, if one is set."""
    if not settings.has_mail:
        yield (
            "Mail: none is sent. Set MODERATION_SMTP_URL and MODERATION_MAIL_FROM for "
            "mails to moderators, about replies, and new passwords (docs/mail.md)."
        )
        return
    try:
        with open_mail_server(settings.smtp_url):
            yield "Mail: the mail server takes mail."
    except MailServerError as error:
        yield f"Mail: {error}"
    if not settings.has_address:
        yield (
            "Mail: none about comments is sent, since links in it would lead nowhere: "
            "set MODERATION_BASE_URL to where this service is reached."
        )
