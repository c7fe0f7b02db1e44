"""Measures a real service: its start, its memory, and /healthz in a crowd.

Not collected by pytest. Run it from the checkout: python -m tests.bench.bench_serve
By a Python that has nothing but this package installed, for what people get: Huey takes
in gevent, Redis and more wherever it finds them, which is 28 MB.
"""

import http.client
import socket
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.asking import read_cpu
from tests.cli.running import Service, start_service

SETTLE_SECONDS = 1.5
SLOW, IDLE = 300, 2_000
TRICKLE_SECONDS = 0.5
PROBES = 20


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for start in ("first start", "next start"):
            began = time.perf_counter()
            with start_service("serve", "--port", "0", cwd=home) as service:
                time_health(service.port)
                seconds = time.perf_counter() - began
                cost = read_cpu(service.process.pid)
                time.sleep(SETTLE_SECONDS)
                memory = read_memory(service.process.pid)
            print(f"{start}: {seconds:.2f} s to an answer, {cost:.2f} s of processor,")
            print(f"  {memory:.0f} MB for server and worker")
        with start_service("serve", "--port", "0", cwd=home) as service:
            measure_crowd(service)


def read_memory(pid: int) -> float:
    """Return the megabytes of memory that a process has in use."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


def measure_crowd(service: Service) -> None:
    """Time /healthz while others send slowly, or nothing."""
    head = (
        b"POST /embed/blog/comments HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    )
    with ExitStack() as stack:
        everybody = [
            stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            for _ in range(SLOW + IDLE)
        ]
        for slow in everybody[:SLOW]:
            slow.sendall(head)
        times = []
        for _ in range(PROBES):
            for slow in everybody[:SLOW]:
                slow.sendall(b"a")
            times.append(time_health(service.port))
            time.sleep(TRICKLE_SECONDS)
    print(f"/healthz beside {SLOW} slow and {IDLE} idle connections:", end=" ")
    print(f"median {statistics.median(times):.3f} s, worst {max(times):.3f} s")


def time_health(port: int) -> float:
    """Return how long an answer takes on a new connection."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == http.HTTPStatus.OK
    connection.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
