"""Owns the check of an endpoint's address before it is kept."""

from moderation.delivery.transport import FetchError, Transport, split_address
from moderation.domain.errors import InvalidInputError


def check_target(transport: Transport, url: str) -> None:
    """Refuse an address that nothing could be sent to, as far as is known now.

    Looks its name up: call it outside of any transaction. Each delivery checks again,
    since names change where they lead.

    :raises InvalidInputError: if it is no web address, or leads to a private one.
    """
    try:
        transport.check_host(split_address(url).host)
    except FetchError as error:
        raise InvalidInputError({"url": [str(error)]}) from error
