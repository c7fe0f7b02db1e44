"""Owns one connection: how it is answered at once, refused, and how it ends."""

import json
import socket
import time
from http import HTTPStatus
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import (
    HTTPRequestParser,
    ParsingError,
    TransferEncodingNotImplemented,
)
from waitress.task import ErrorTask

from moderation.cli.at_once import (
    AnswerTask,
    Finder,
    get_head,
    is_simple,
    make_date,
)

REQUEST_SECONDS = 60
# How long a refused client may go on sending before it is cut off.
LINGER_SECONDS = 5
DISCARD_BYTES = 65_536

# What the server itself refuses, before the app sees it.
ADVICE = {
    400: "The request could not be read. Check its form and send it again.",
    413: "This is more than the service takes at once. Shorten it and send it again.",
    431: "The request's headers are too long. Send fewer cookies, a shorter address.",
    500: "Something broke here. It has been noted; please try again later.",
}
HEADERS = [
    ("Content-Type", "application/problem+json; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
]


class ProblemTask(ErrorTask):
    """Answers what the server refuses with a problem document (RFC 9457)."""

    def execute(self) -> None:
        """Write the whole answer; the connection is closed behind it."""
        request: Any = self.request
        status = HTTPStatus(request.error.code)
        document = {
            "title": status.phrase,
            "status": status.value,
            "detail": ADVICE.get(status, ADVICE[500]),
        }
        body = json.dumps(document).encode()
        self.status = f"{status.value} {status.phrase}"
        self.response_headers = [*self.response_headers, *HEADERS]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Parser(HTTPRequestParser):
    """Reads a request, and knows when its first byte came."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.begun_at = time.time()

    def parse_header(self, header_plus: bytes) -> None:
        """Read first line and headers.

        :raises ParsingError: if they are no HTTP we know. Waitress itself lets what
            `urlsplit` raises (as for `GET http://[`) break the connection, and answers
            an unknown Transfer-Encoding with 501, where we promise no 5xx.
        """
        try:
            super().parse_header(header_plus)
        except (ValueError, TransferEncodingNotImplemented) as error:
            raise ParsingError("Not understood") from error
        self._refuse_two_lengths()
        if self.body_rcv is None:
            # RFC 9110, 10.1.1: there is nothing to go on with. Waitress would wait for
            # it, and take the next request for this one's.
            self.expect_continue = False

    def _refuse_two_lengths(self) -> None:
        """Refuse a body whose end a proxy in front may see elsewhere.

        Waitress goes by the chunks, if the request is of HTTP/1.1: what it takes for
        the next request, others take for the body (RFC 9112, 6.1).

        :raises ParsingError: if so.
        """
        is_chunked_before_1_1 = "TRANSFER_ENCODING" in self.headers
        if is_chunked_before_1_1 or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("Two lengths")


class Channel(HTTPChannel):
    """A connection that lets a refused client read why.

    A connection that is closed while the client is still sending is reset, and the
    answer lost with it. So it is only half closed, and what comes is thrown away for
    a while (as RFC 9112, 9.6 advises).
    """

    task_class = AnswerTask
    error_task_class = ProblemTask
    parser_class = Parser
    cut_at: float | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered and no answer being sent."""
        return not self.requests and not self.total_outbufs_len

    def is_overdue(self, now: float) -> bool:
        """Whether a request, or a refused client, has been sending for too long."""
        if self.cut_at is not None:
            return now > self.cut_at
        begun_at = getattr(self.request, "begun_at", now)
        return now > begun_at + REQUEST_SECONDS

    def answer_at_once(self, finder: Finder) -> bool:
        """Send what is known already, if the one request received asks for that.

        Return whether that was all there is to do. Only for the thread that reads and
        writes, while it holds `requests_lock`: nobody else is at this connection then.
        """
        request: Any = self.requests[0]
        if self.close_when_flushed or self.will_close or not self.connected:
            # What was sent before this request was the last answer.
            request.close()
            self.requests = []
            return True
        # Where the client is slow to take what it gets, a thread waits for it.
        if self.total_outbufs_len or not is_simple(request):
            return False
        known = finder.find_at_once(request.path, request.query, request.headers)
        if known is None:
            return False
        self.requests = []
        head = get_head(known, self, request)
        date = make_date(int(time.time()))
        self._send_now(head.before + date + head.after, known.body)
        self.close_when_flushed = head.is_last
        return True

    def _send_now(self, head: bytes, body: bytes) -> None:
        """Send an answer; what the connection does not take waits to be flushed."""
        whole: Any = self.socket
        try:
            sent = whole.sendmsg((head, body))
        except BlockingIOError:
            sent = 0
        except OSError:
            self.will_close = True
            return
        if sent < len(head) + len(body):
            self.write_soon((head + body)[sent:])
            # As after every answer: the next one goes to a buffer of its own.
            self.current_outbuf_count = self.adj.outbuf_high_watermark

    def readable(self) -> bool:
        """Return whether to wait for input."""
        return self.cut_at is not None or bool(super().readable())

    def writable(self) -> bool:
        """Return whether there is something to send, or to end."""
        if self.cut_at is not None:
            return bool(self.will_close)
        return bool(super().writable())

    def handle_write(self) -> None:
        """Send what is due; then, if the connection is to end, half close it."""
        if not self.close_when_flushed:
            super().handle_write()
            return
        # Held back from waitress, which would close the connection for good.
        self.close_when_flushed = False
        super().handle_write()
        if not self.connected:
            return
        if self.total_outbufs_len:
            self.close_when_flushed = True
        else:
            self._half_close()

    def handle_read(self) -> None:
        """Take input, or throw it away."""
        if self.cut_at is None:
            super().handle_read()
            return
        try:
            self.recv(DISCARD_BYTES)
        except OSError:
            self.handle_close()

    def _half_close(self) -> None:
        self.cut_at = time.time() + LINGER_SECONDS
        try:
            if self.socket is not None:
                self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True
