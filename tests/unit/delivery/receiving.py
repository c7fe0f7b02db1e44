"""Owns a receiver of webhooks that answers, or misbehaves, as it is told."""

import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Larger than anything that may be read of an answer.
FLOOD_BYTES = 50_000_000
Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request as it arrived; the names of headers in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(kw_only=True)
class Receiver:
    """A server on this machine. `plan` holds how it answers, `usual` what follows."""

    port: int
    usual: "Behaviour" = field(default_factory=lambda: answer(204))
    requests: list[Received] = field(default_factory=list)
    plan: deque[Behaviour] = field(default_factory=deque)
    is_over: threading.Event = field(default_factory=threading.Event)
    sent_bytes: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.requests]

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer nothing until the test is over."""
        del handler
        self.is_over.wait(30)

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a byte at a time, for ever."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not self.is_over.wait(0.05):
            handler.wfile.write(b"x")

    def flood(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer with far more than anybody wants."""
        handler.send_response(200)
        handler.send_header("Content-Length", str(FLOOD_BYTES))
        handler.end_headers()
        piece = b"y" * 100_000
        while self.sent_bytes < FLOOD_BYTES and not self.is_over.is_set():
            handler.wfile.write(piece)
            self.sent_bytes += len(piece)


def answer(
    status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def break_off(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def talk_nonsense(handler: BaseHTTPRequestHandler) -> None:
    """Answer with what is no HTTP."""
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on any free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(
                Received(path=self.path, headers=headers, body=self.rfile.read(length))
            )
            behave = receiver.plan.popleft() if receiver.plan else receiver.usual
            # The other side may have gone.
            with suppress(OSError):
                behave(self)

        def log_message(self, *arguments: object) -> None:
            del arguments

        def handle(self) -> None:
            # As when the other side does not trust our certificate.
            with suppress(OSError):
                super().handle()

    class Server(ThreadingHTTPServer):
        daemon_threads = False
        request_queue_size = 128

        def handle_error(self, *arguments: object) -> None:
            del arguments

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(port=server.server_port)
    if context is not None:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
