"""Owns the one client for addresses that others name: it reaches nothing private."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from moderation.delivery.timed_socket import TimedSocket
from moderation.domain.addresses import IPAddress, IPNetwork, may_connect
from moderation.domain.errors import InvalidURLError
from moderation.domain.urls import WebAddress, split_web_url

TOTAL_SECONDS = 15.0
MOST_ADDRESSES = 4
ANSWER_BYTES = 1_024

Resolve = Callable[[str], Sequence[IPAddress]]


class FetchError(Exception):
    """A request that got no answer; its message says why, fit for who set it up."""


class RefusedAddressError(FetchError):
    """An address that must not be reached from here."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered: `body` is no more than the first bytes asked for.

    `headers` are by name in small letters.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve_host(host: str) -> Sequence[IPAddress]:
    """Return the addresses of a host name, or the one it is itself.

    :raises FetchError: if it has none.
    """
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"The host {host} can't be found.") from error
    return list(dict.fromkeys(ip_address(row[4][0]) for row in found))


class Transport:
    """Sends requests, each to an address that was checked (ASVS 5.0.0, 1.3.6).

    The name is resolved once, every address it has is checked, and the connection is
    made to one of these: no second look-up can lead elsewhere. Redirects are answers
    like others. No proxy is used, whatever the environment says.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[IPNetwork] = (),
        resolve: Resolve = resolve_host,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._total_seconds = total_seconds

    def send(
        self,
        url: str,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        most_bytes: int = ANSWER_BYTES,
    ) -> Answer:
        """Return the answer to a request, whatever its status.

        :raises RefusedAddressError: if the address must not be reached.
        :raises FetchError: if there was no whole answer in time.
        """
        deadline = time.monotonic() + self._total_seconds
        address = split_address(url)
        chosen = self.check_host(address.host)
        try:
            with closing(self._connect(address, chosen, deadline)) as opened:
                connection = http.client.HTTPConnection(address.host, address.port)
                connection.sock = TimedSocket(opened, deadline)
                _ask(connection, address, method, dict(headers or {}), body)
                return _read_answer(connection, most_bytes)
        except TimeoutError as error:
            raise FetchError(
                f"There was no whole answer within {self._total_seconds:g} seconds."
            ) from error
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", "") or error.reason or "failed"
            raise FetchError(f"The encryption can't be trusted: {reason}.") from error
        except OSError as error:
            words = error.strerror or type(error).__name__
            raise FetchError(f"The connection failed: {words}.") from error
        except (http.client.HTTPException, ValueError) as error:
            raise FetchError("The answer can't be understood as HTTP.") from error

    def check_host(self, host: str) -> Sequence[IPAddress]:
        """Return the addresses of a host, all of which may be reached.

        :raises RefusedAddressError: if one may not.
        :raises FetchError: if there is none.
        """
        found = self._resolve(host)
        for address in found:
            if not may_connect(address, self._allowed):
                where = host if host == str(address) else f"{host} ({address})"
                raise RefusedAddressError(
                    f"{where} is not on the public internet. If it is yours, name its "
                    "network in MODERATION_WEBHOOK_ALLOW."
                )
        if not found:
            raise FetchError(f"The host {host} can't be found.")
        return found

    def _connect(
        self, address: WebAddress, chosen: Sequence[IPAddress], deadline: float
    ) -> socket.socket:
        """Return a socket connected to one of the addresses, encrypted if asked for."""
        plain = _open_socket(chosen[:MOST_ADDRESSES], address.port, deadline)
        try:
            plain.settimeout(max(0.001, deadline - time.monotonic()))
            if address.scheme == "https":
                # The name that was asked for is what the certificate must be of.
                return self._tls.wrap_socket(plain, server_hostname=address.host)
        except BaseException:
            plain.close()
            raise
        return plain

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def split_address(url: str) -> WebAddress:
    """Return the parts of an address. :raises FetchError: if it is none."""
    try:
        return split_web_url(url)
    except InvalidURLError as error:
        raise FetchError(str(error)) from error


def _open_socket(
    addresses: Sequence[IPAddress], port: int, deadline: float
) -> socket.socket:
    """Return a socket connected to the first of the addresses that takes it.

    Each gets its share of the time that is left.

    :raises OSError: if none does.
    """
    failure: OSError = TimeoutError()
    for position, address in enumerate(addresses):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(left / (len(addresses) - position))
        try:
            connection.connect((str(address), port))
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _ask(
    connection: http.client.HTTPConnection,
    address: WebAddress,
    method: str,
    headers: dict[str, str],
    body: bytes,
) -> None:
    connection.putrequest(
        method, address.target, skip_host=True, skip_accept_encoding=True
    )
    connection.putheader("Host", address.authority)
    connection.putheader("Connection", "close")
    if body or method == "POST":
        connection.putheader("Content-Length", str(len(body)))
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body or None)


def _read_answer(connection: http.client.HTTPConnection, most_bytes: int) -> Answer:
    response = connection.getresponse()
    with closing(response):
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(
            status=response.status, headers=headers, body=response.read(most_bytes)
        )
