"""Owns the socket a server listens at."""

import errno
import socket
from typing import Any

import click

BACKLOG = 1_024
LOCAL_HOST = "127.0.0.1"


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; connections wait until it is served.

    :raises click.ClickException: if it can't be, with what to do.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return _listen(socket.socket(family, kind, protocol), address)
    except OSError as error:
        raise click.ClickException(_describe_failure(error, host, port)) from error


def open_free_socket(preferred: int) -> socket.socket:
    """Return a socket at a local port: the preferred one, or else any free one."""
    try:
        return open_socket(LOCAL_HOST, preferred)
    except click.ClickException:
        return open_socket(LOCAL_HOST, 0)


def describe_address(listener: socket.socket) -> str:
    """Return the address of a listening socket as a URL."""
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if listener.family == socket.AF_INET6 else host
    return f"http://{name}:{port}"


def _listen(listener: socket.socket, address: tuple[Any, ...]) -> socket.socket:
    try:
        # A server that has just ended leaves its port waiting for stragglers.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _describe_failure(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} is in use; end what uses it, or give another --port"
        case errno.EACCES:
            return f"port {port} is for root alone; give a --port from 1024"
        case _:
            return f"can't listen at {host} ({error.strerror}); give another --host"
