"""Owns the trial of killing a web server again and again while many post to it."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from moderation.storage.models import Comment, Site
from moderation.storage.session import Database
from tests.cli.load import SITE, fetch_token, post_all
from tests.cli.running import Service, Start, start_anew, start_service
from tests.factories import make_site

THREADS = 8
# More than can be posted until the server is killed.
POSTS = 10_000
# A server is killed after so many answers at most, and so much later at most.
MOST_ANSWERS = 40
LONGEST_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class WebTrial:
    """What came of it.

    `acknowledged` are the ids that were answered, `refused` how often which other
    status was; `names` has those of all comments stored meanwhile by id, each post
    having a name of its own. `recoveries` are seconds from a kill until the next server
    said that it is ready.
    """

    acknowledged: Sequence[int]
    refused: Mapping[int, int]
    names: Mapping[int, str]
    recoveries: Sequence[float]

    @property
    def lost(self) -> int:
        return len(set(self.acknowledged) - set(self.names))

    @property
    def doubled(self) -> int:
        again = len(self.acknowledged) - len(set(self.acknowledged))
        return again + len(self.names) - len(set(self.names.values()))


def try_web_kills(
    folder: Path, url: str, *, kills: int, seed: int = 1, start: Start = start_anew
) -> WebTrial:
    """Post to a server until it is killed (SIGKILL), start the next, and so on.

    The database at `url` has our tables, and maybe comments already.
    """
    chance = random.Random(seed)
    settings = {"MODERATION_DATABASE_URL": url, "MODERATION_LIMITS_ENABLED": "0"}
    database = Database(url)
    last = make_blog(database)
    acknowledged: list[int] = []
    recoveries: list[float] = []
    refused: Counter[int] = Counter()
    killed_at = 0.0
    for number in range(kills + 1):
        with start_service(
            "serve", "--port", "0", cwd=folder, settings=settings, start=start
        ) as service:
            wait_until_ready(service)
            if killed_at:
                recoveries.append(time.monotonic() - killed_at)
            if number == kills:
                break
            token = fetch_token(service.port)
            kill = plan_kill(service, chance)
            tally = post_all(
                service.port,
                total=POSTS,
                threads=THREADS,
                first=number * POSTS,
                token=token,
                on_answer=kill,
            )
            killed_at = time.monotonic()
        acknowledged += tally.ids
        refused += tally.statuses
    names = read_names(database, after=last)
    database.close()
    del refused[http.client.CREATED]
    return WebTrial(
        acknowledged=acknowledged, refused=refused, names=names, recoveries=recoveries
    )


def plan_kill(service: Service, chance: random.Random) -> Callable[[int], None]:
    """Return what is told of each answer, and kills the server after one of them."""
    last, seconds = chance.randint(1, MOST_ANSWERS), chance.uniform(0, LONGEST_SECONDS)

    def kill(answered: int) -> None:
        if answered == last:
            threading.Timer(seconds, service.process.kill).start()

    return kill


def make_blog(database: Database) -> int:
    """Make the site that is posted to, if need be; return the last comment's id."""
    with database.write() as session:
        if session.scalar(select(Site.id).where(Site.key == SITE)) is None:
            make_site(session, key=SITE)
        query = select(Comment.id).order_by(Comment.id.desc()).limit(1)
        return session.scalar(query) or 0


def read_names(database: Database, *, after: int) -> Mapping[int, str]:
    """Return the names of the comments since one, by id."""
    with database.read() as session:
        rows = session.execute(
            select(Comment.id, Comment.name).where(Comment.id > after)
        )
        return {row.id: row.name for row in rows}


def wait_until_ready(service: Service) -> None:
    """Wait until the server says so: its database is there, and of its version."""
    status = 0
    while status != http.client.OK:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        connection.request("GET", "/readyz?exclude=worker")
        status = connection.getresponse().status
        connection.close()
