"""Owns sockets that a peer can't keep open: all reading and writing has one end."""

import io
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class TimedSocket:
    """A connected socket on which everything together ends at a deadline.

    A socket's own timeout begins anew with each byte: a peer that sends one every few
    seconds would hold it for ever. Has as much of a socket as `http.client` needs.

    `deadline` is of `time.monotonic()`.
    """

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def sendall(self, data: "ReadableBuffer") -> None:
        """Send all of `data`. :raises TimeoutError: if the time is over before."""
        left = memoryview(data)
        while left:
            self._arm()
            left = left[self._connection.send(left) :]

    def recv_into(self, buffer: "WriteableBuffer") -> int:
        """Receive into `buffer`. :raises TimeoutError: if the time is over before."""
        self._arm()
        return self._connection.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a file to read from."""
        del mode
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Do nothing: the file may still be read; who opened the socket closes it."""

    def _arm(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)


class _Incoming(io.RawIOBase):
    def __init__(self, connection: TimedSocket) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        return self._connection.recv_into(buffer)
