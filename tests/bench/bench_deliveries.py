"""Measures how fast one worker sends what is due to a receiver that answers at once.

    python -m tests.bench.bench_deliveries [--deliveries 10000] [--threads 8]

Beside the rate it gives the worker's own processor time: on a machine that others use
the rate is theirs, too. A second endpoint hangs meanwhile, and must delay nothing.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import threading
import time
from ipaddress import ip_network
from pathlib import Path

from sqlalchemy import func, select

from moderation.delivery.sender import Sender
from moderation.delivery.transport import Transport
from moderation.domain.pace import Pace
from moderation.services.events import record_events
from moderation.storage.migrations import ensure_schema
from moderation.storage.models import Delivery, DeliveryState
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import (
    SEALER,
    make_comment,
    make_endpoint,
    make_site,
    make_thread,
)

# Answers at once, in a process of its own; prints its port, then counts.
RECEIVER = """
import asyncio, re

async def serve(reader, writer):
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    length = int(re.search(rb"(?i)content-length: (\\d+)", head)[1])
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 204 No Content\\r\\nConnection: close\\r\\n\\r\\n")
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
COMMENTS_AT_ONCE = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=8)
    given = parser.parse_args()
    receiver = subprocess.Popen(
        [sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True
    )
    assert receiver.stdout is not None
    port = int(receiver.stdout.readline())
    try:
        with tempfile.TemporaryDirectory() as folder, socket.socket() as dead:
            # Takes connections, and never answers.
            dead.bind(("127.0.0.1", 0))
            dead.listen(128)
            database = Database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
            fill(database, port, dead.getsockname()[1], given.deliveries)
            measure(database, given.threads)
            database.close()
    finally:
        receiver.kill()
        receiver.wait()


def fill(database: Database, port: int, dead_port: int, count: int) -> None:
    ensure_schema(database)
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        make_endpoint(session, url=f"http://127.0.0.1:{port}/hook")
        make_endpoint(session, url=f"http://127.0.0.1:{dead_port}/hook")
    for start in range(0, count, COMMENTS_AT_ONCE):
        with database.write() as session:
            session.add(thread)
            comments = [
                make_comment(session, thread, body="word " * 60)
                for _ in range(min(COMMENTS_AT_ONCE, count - start))
            ]
            record_events(session, comments)


def measure(database: Database, threads: int) -> None:
    is_stopping = threading.Event()
    sender = Sender(
        database,
        Transport(allowed=[ip_network("127.0.0.0/8")]),
        base_url="http://127.0.0.1",
        sealer=SEALER,
        pace=Pace(),
        hands=threads,
        wake=lambda _: None,
        is_stopping=is_stopping,
    )
    with database.read() as session:
        due = select(func.count()).where(
            Delivery.state == DeliveryState.WAITING, Delivery.next_at <= now()
        )
        waiting = session.scalar(due) or 0
    begun, processor = time.monotonic(), time.process_time()
    running = [threading.Thread(target=sender.run) for _ in range(threads)]
    for thread in running:
        thread.start()
    arrived = 0
    while arrived < waiting // 2:
        time.sleep(0.05)
        with database.read() as session:
            arrived = (
                session.scalar(
                    select(func.count()).where(Delivery.state == DeliveryState.ARRIVED)
                )
                or 0
            )
    seconds = time.monotonic() - begun
    used = time.process_time() - processor
    is_stopping.set()
    print(f"{arrived} deliveries in {seconds:.1f} s: {arrived / seconds:.0f}/s")
    print(f"{used:.1f} s of processor time: {1_000 * used / arrived:.2f} ms each")
    for thread in running:
        thread.join()


if __name__ == "__main__":
    main()
