"""Owns the load on a service: many who post at once, and what each was told."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from urllib.parse import urlencode

ORIGIN = "https://blog.example"
SITE = "blog"
THREAD = "post-1"
TIMEOUT_SECONDS = 30
FIRST_ADDRESS = int(IPv4Address("11.0.0.1"))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The ids that were acknowledged, and how often each status was answered."""

    ids: list[int] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def fetch_token(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    query = urlencode({"thread": THREAD})
    connection.request(
        "GET", f"/embed/{SITE}/comments?{query}", headers={"Origin": ORIGIN}
    )
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return str(answer["token"])


def post_all(
    port: int,
    *,
    total: int,
    threads: int,
    first: int = 0,
    token: str = "",
    on_answer: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Post `total` different comments from several threads, each on one connection.

    A thread whose connection breaks gives up: the service has gone. `on_answer` is
    told how many have been acknowledged whenever one is; `first` is their first number.
    """
    tally, lock = Tally(), threading.Lock()
    token = token or fetch_token(port)

    def post_share(start: int) -> None:
        connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=TIMEOUT_SECONDS
        )
        for number in range(first + start, first + total, threads):
            try:
                status, body = post_comment(connection, token, number)
            except (OSError, http.client.HTTPException):
                break
            with lock:
                tally.statuses[status] += 1
                if status == http.HTTPStatus.CREATED:
                    tally.ids.append(json.loads(body)["id"])
                on_answer(len(tally.ids))
        connection.close()

    workers = [threading.Thread(target=post_share, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return tally


def post_comment(
    connection: http.client.HTTPConnection,
    token: str,
    number: int,
    *,
    address: str = "",
) -> tuple[int, bytes]:
    """Post a comment like no other, as from an address, unless told like no other's."""
    fields = {
        "thread": THREAD,
        "name": f"Reader {number}",
        "email": f"reader{number}@example.org",
        "comment": f"Number {number}: it took me {number} days, and I am glad of each.",
        "token": token,
    }
    headers = {
        "Content-Type": "application/json",
        "Origin": ORIGIN,
        # A service that is told of no proxies takes no notice of it.
        "X-Forwarded-For": address or str(IPv4Address(FIRST_ADDRESS + number)),
    }
    connection.request(
        "POST", f"/embed/{SITE}/comments", json.dumps(fields), headers=headers
    )
    answer = connection.getresponse()
    return answer.status, answer.read()
