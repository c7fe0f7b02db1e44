"""Owns the trial of killing a worker again and again, with a receiver that is bad."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from moderation.services.events import record_events
from moderation.storage.migrations import ensure_schema
from moderation.storage.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Event,
    Thread,
)
from moderation.storage.session import Database
from tests.cli.impatient_worker import PACE
from tests.cli.running import Start, start_anew
from tests.factories import (
    SECRET_KEY,
    make_comment,
    make_endpoint,
    make_site,
    make_thread,
    read_secret,
)
from tests.unit.delivery.receiving import (
    Behaviour,
    Receiver,
    answer,
    break_off,
    receiving,
    talk_nonsense,
)

ROOT = Path(__file__).parents[2]
# Of ten requests six are taken.
TAKEN_SHARE = 0.6
POST_SECONDS = 0.2
PATIENCE_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of it, by the ids that receivers know events by.

    `taken` counts how often the receiver took each, `asked` how often it was asked to,
    `logged` the attempts on record; `waiting` is how many deliveries did not end.
    `stalled_seconds` is for how long nothing was sent though one was due whose worker
    had been killed.
    """

    announced: set[str]
    taken: Mapping[str, int]
    asked: Mapping[str, int]
    logged: Mapping[str, int]
    waiting: int
    stalled_seconds: float


def try_kills(
    folder: Path, *, kills: int, seed: int = 1, start: Start = start_anew
) -> Trial:
    """Announce events while a worker is killed so often, then let one finish.

    :raises WebhookVerificationError: if a signature does not fit.
    """
    chance = random.Random(seed)
    database = Database(f"sqlite:///{folder / 'moderation.sqlite3'}")
    ensure_schema(database)
    taken: Counter[str] = Counter()
    with receiving() as receiver:
        receiver.usual = misbehave(receiver, taken, chance)
        with database.write() as session:
            endpoint = make_endpoint(session, url=receiver.url)
            secret = read_secret(endpoint)
            thread_id = make_thread(session, make_site(session)).id
        is_over = threading.Event()
        poster = threading.Thread(target=post, args=(database, thread_id, is_over))
        poster.start()
        for _ in range(kills):
            with working(folder, start):
                time.sleep(chance.uniform(0.05, 1.5))
        is_over.set()
        poster.join()
        with working(folder, start):
            waiting = wait_until_ended(database)
        for request in receiver.requests:
            # As when it arrived: a long trial takes more than five minutes.
            with time_machine.travel(int(request.headers["webhook-timestamp"])):
                Webhook(secret).verify(request.text, dict(request.headers))
        trial = read_trial(database, receiver, taken, waiting)
    database.close()
    return trial


def misbehave(
    receiver: Receiver, taken: Counter[str], chance: random.Random
) -> Behaviour:
    """Return a behaviour that is another one at each request."""
    bad = [
        answer(500),
        answer(302, headers={"Location": receiver.url}),
        receiver.hang,
        receiver.drip,
        break_off,
        talk_nonsense,
    ]

    def behave(handler: BaseHTTPRequestHandler) -> None:
        if chance.random() > TAKEN_SHARE:
            chance.choice(bad)(handler)
            return
        taken[handler.headers["webhook-id"]] += 1
        chance.choice([answer(204), answer(200), receiver.flood])(handler)

    return behave


def post(database: Database, thread_id: int, is_over: threading.Event) -> None:
    """Announce one comment after the other, as visitors write them."""
    while not is_over.wait(POST_SECONDS):
        with database.write() as session:
            thread = session.get_one(Thread, thread_id)
            record_events(session, [make_comment(session, thread)])


@contextmanager
def working(folder: Path, start: Start) -> Iterator[None]:
    """Let a worker work while the block runs, then kill it (SIGKILL)."""
    log = folder / "worker.log"
    with log.open("a", encoding="utf-8") as written:
        settings = {
            "MODERATION_DATA_DIR": str(folder),
            "MODERATION_SECRET_KEY": SECRET_KEY,
            "MODERATION_WEBHOOK_ALLOW": "127.0.0.0/8",
        }
        process = start(
            "tests.cli.impatient_worker",
            cwd=ROOT,
            settings=settings,
            stderr=written.fileno(),
        )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "Working\n", log.read_text("utf-8")
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_until_ended(database: Database) -> int:
    """Return how many deliveries still wait when all have ended, or none ends."""
    is_waiting = Delivery.state == DeliveryState.WAITING
    query = select(func.count()).where(is_waiting)
    until = time.monotonic() + PATIENCE_SECONDS
    least = -1
    while least and time.monotonic() < until:
        time.sleep(0.2)
        with database.read() as session:
            waiting = session.scalar(query) or 0
        if waiting < least or least < 0:
            until = time.monotonic() + PATIENCE_SECONDS
            least = waiting
    return least


def read_trial(
    database: Database, receiver: Receiver, taken: Counter[str], waiting: int
) -> Trial:
    with database.read() as session:
        logged = session.execute(
            select(Event.uid, func.count(Attempt.id))
            .join(Delivery, Delivery.event_id == Event.id)
            .join(Attempt, Attempt.delivery_id == Delivery.id)
            .group_by(Event.uid)
        )
        return Trial(
            announced=set(session.scalars(select(Event.uid))),
            taken=dict(taken),
            asked=dict(Counter(receiver.ids)),
            logged={row.uid: row[1] for row in logged},
            waiting=waiting,
            stalled_seconds=find_longest_stall(session),
        )


def find_longest_stall(session: Session) -> float:
    """Return for how many seconds nothing was sent though a dead one's lease was over.

    Other deliveries may well come before it: many are due at an endpoint that fails.
    """
    attempts = session.scalars(
        select(Attempt).order_by(Attempt.delivery_id, Attempt.id)
    )
    held = [
        (one.started_at + PACE.lease, following.started_at)
        for one, following in pairwise(attempts)
        if one.delivery_id == following.delivery_id and one.milliseconds is None
    ]
    starts = sorted(session.scalars(select(Attempt.started_at)))
    longest = 0.0
    for free_at, taken_at in held:
        between = [at for at in starts if free_at < at < taken_at]
        for one, following in pairwise([free_at, *between, taken_at]):
            longest = max(longest, (following - one).total_seconds())
    return longest
