# ruff: noqa: S608 the statements are made of this file's own words
"""Measures what comments cost by how many there are: bytes, posts, reads, the queue.

    python -m tests.bench.bench_capacity [--database postgresql] [--folder FOLDER]
        [--sizes 10000 100000 1000000]

A thousand comments of one site are posted and decided on as always; the rest are copies
of them with all that hangs on them (signals, decisions, words, bands, campaigns), made
by the database itself. Processor time is told, that of PostgreSQL's own processes
included, not the clock's: it does not hang on who else is busy. Each measure is the
mean of some dozens. With --folder an SQLite database is kept there.
"""

import argparse
import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from flask.testing import FlaskClient
from sqlalchemy import Connection, Table, text

from moderation.app import create_app
from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.statuses import Action
from moderation.services.access import OPERATOR
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reviews import decide_comments
from moderation.services.submissions import submit_comment
from moderation.storage.migrations import ensure_schema
from moderation.storage.models import Base
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.storage.upkeep import measure_bytes
from tests.bench.bench_import import make_comments
from tests.bench.bench_queue import make_settings
from tests.factories import ORIGIN, make_site
from tests.postgresql import serving
from tests.web.visiting import Visitor, add_account

BLOCK = 1_000
PER_THREAD = 40
BLOCKS_PER_COMMIT = 10
TURNS = 60
SPREAD = timedelta(days=90)
ACTIONS = (Action.APPROVE, Action.SPAM, None)
SHARES = (70, 20, 10)
# What hangs on a comment, in the order in which it can be stored.
COPIED = (
    "threads",
    "comments",
    "decisions",
    "signals",
    "lessons",
    "text_bands",
    "campaigns",
    "campaign_members",
)
HEAD = "comments  | bytes each | post        | thread of 40 | queue page"


@dataclass(frozen=True, kw_only=True)
class Block:
    """The comments that are copied: how far their ids reach, by table."""

    reach: Mapping[str, int]

    def shift(self, table: str, turn: int) -> int:
        return self.reach[table] * turn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000]
    )
    given = parser.parse_args()
    with providing(given.database, given.folder) as (url, find_cost, folder):
        database = Database(url)
        empty = measure_bytes(database)
        block = fill_block(database)
        made = 1
        print(HEAD, flush=True)
        for place, size in enumerate(given.sizes):
            # What was posted to measure has taken some of the ids behind the last.
            copy_blocks(database, block, range(made, size // BLOCK + place))
            made = size // BLOCK + place + 1
            each = (measure_bytes(database) - empty) / size
            costs = measure(url, folder, find_cost)
            shown = " | ".join(f"{cost * 1e6:7,.0f} µs" for cost in costs)
            print(f"{size:9,} | {each:7,.0f} B  | {shown}", flush=True)
        database.close()


@contextmanager
def providing(
    kind: str | None, kept: Path | None
) -> Iterator[tuple[str, Callable[[], float], Path]]:
    """Yield an empty database, what tells processor seconds so far, and a folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = kept or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if kind == "postgresql":
            with serving(is_durable=True) as server:
                assert server.process is not None
                postmaster = psutil.Process(server.process.pid)
                url = server.make_database("capacity")
                yield url, lambda: time.process_time() + add_up(postmaster), folder
            return
        url = f"sqlite:///{folder / 'capacity.sqlite3'}"
        database = Database(url)
        ensure_schema(database)
        database.close()
        yield url, time.process_time, folder


def add_up(process: psutil.Process) -> float:
    """Return the processor seconds of a process and those it started."""
    spent = 0.0
    for one in (process, *process.children()):
        times = one.cpu_times()
        spent += times.user + times.system
    return spent


def fill_block(database: Database) -> Block:
    """Post comments, decide on most of them, and return how far they reach."""
    chance, begun = random.Random(3), now() - SPREAD
    with database.write() as session:
        make_site(session, policy=Policy.HOLD_ALL)
    ids = []
    for place, fields in enumerate(make_comments(BLOCK)):
        draft = prepare_draft(
            thread=f"post-{place // PER_THREAD}",
            name=str(fields["name"]),
            email=str(fields["email"]),
            website=str(fields["url"]),
            body=str(fields["body"]),
        )
        at = begun + SPREAD * place / BLOCK
        arrival = Arrival(ip=f"11.0.{place % 250}.{place % 199}", at=at)
        with database.write() as session:
            ids.append(submit_comment(session, "blog", draft, arrival).id)
    for comment_id in ids:
        (action,) = chance.choices(ACTIONS, SHARES)
        if action is not None:
            with database.write() as session:
                decide_comments(session, OPERATOR, {comment_id: 1}, action)
    with database.look() as connection:
        reach = {
            name: int(connection.scalar(text(f"SELECT max(id) FROM {name}")) or 0)
            for name in ("threads", "comments", "campaigns")
        }
    return Block(reach=reach)


def copy_blocks(database: Database, block: Block, turns: Sequence[int]) -> None:
    """Copy the first comments, once for each turn, each time with other ids."""
    for start in range(0, len(turns), BLOCKS_PER_COMMIT):
        with database.alter() as connection:
            for turn in turns[start : start + BLOCKS_PER_COMMIT]:
                for name in COPIED:
                    copy_rows(connection, Base.metadata.tables[name], block, turn)
                if not database.is_sqlite:
                    copy_words(connection, block, turn)
    with database.alter() as connection:
        connection.exec_driver_sql("ANALYZE")
    # With the last connection, SQLite's log goes into its file.
    database.close()


def copy_rows(connection: Connection, table: Table, block: Block, turn: int) -> None:
    columns = {
        column.name: shift_value(column.name, table.name, block, turn, connection)
        for column in table.columns
        if column.name != "id" or table.name in block.reach
    }
    of_comment = "comment_id" if "comment_id" in columns else "id"
    reach = block.reach.get(table.name, block.reach["comments"])
    # What was posted to measure may have drawn a comment into a campaign of its own.
    is_later = f"campaign_id > {block.reach['campaigns']}"
    but = f" AND NOT {is_later}" if "campaign_id" in columns else ""
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} FROM {table.name}"
        f" WHERE {of_comment} <= {reach}{but}"
    )
    if connection.dialect.name == "postgresql" and table.name in block.reach:
        last = reach * (turn + 1)
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"
        )


def shift_value(
    name: str, table: str, block: Block, turn: int, connection: Connection
) -> str:
    """Return what a column of a copy holds."""
    owners = {
        "id": table,
        "comment_id": "comments",
        "parent_id": "comments",
        "thread_id": "threads",
        "campaign_id": "campaigns",
    }
    if name in owners:
        return f"{name} + {block.shift(owners[name], turn)}"
    if (table, name) in {("threads", "key"), ("campaigns", "key")}:
        return f"key || '-{turn}'"
    if (table, name) == ("comments", "email"):
        return f"'{turn}' || email"
    if (table, name) == ("comments", "digest"):
        is_sqlite = connection.dialect.name == "sqlite"
        return "randomblob(32)" if is_sqlite else f"sha256(digest || '{turn}'::bytea)"
    return name


def copy_words(connection: Connection, block: Block, turn: int) -> None:
    """Copy what is searched on PostgreSQL; SQLite's triggers write it there."""
    reach = block.reach["comments"]
    connection.exec_driver_sql(
        f"INSERT INTO comment_words SELECT comment_id + {reach * turn}, words"
        f" FROM comment_words WHERE comment_id <= {reach}"
    )


def measure(url: str, folder: Path, find_cost: Callable[[], float]) -> Sequence[float]:
    """Return what a post, a thread that is read and a page of the queue cost."""
    settings = make_settings(folder / "capacity.sqlite3")
    app = create_app(type(settings)(**{**vars(settings), "database_url": url}))
    database: Database = app.extensions["moderation.database"]
    client, chance = app.test_client(), random.Random(5)
    with database.write() as session:
        email = f"a{random.random()}@example.org"
        add_account(app, session, email=email, role=Role.OWNER)
    visitor = Visitor(app.test_client(), email)
    assert visitor.log_in().status_code == 302
    with database.look() as connection:
        keys = connection.execute(text("SELECT key FROM threads")).scalars().all()
    warm, *chosen = chance.sample(keys, TURNS + 1)
    texts, stamp = make_comments(10 * TURNS), random.randrange(10**9)

    def write(key: str) -> None:
        post(client, key, next(texts), token=tokens[key], stamp=stamp)

    def look(key: str) -> None:
        del key
        assert visitor.get("/moderate/").status_code == 200

    tokens = {key: read(client, key) for key in (warm, *chosen)}
    costs = []
    for work in (write, lambda key: read(client, key), look):
        work(warm)
        # As `moderation serve` does before it serves.
        gc.collect()
        gc.freeze()
        begun = find_cost()
        for key in chosen:
            work(key)
        costs.append((find_cost() - begun) / TURNS)
    database.close()
    return costs


def read(client: FlaskClient, key: str) -> str:
    """Read a thread as a reader's page does; return its form's token."""
    answer = client.get(
        "/embed/blog/comments", query_string={"thread": key}, headers={"Origin": ORIGIN}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["token"])


def post(
    client: FlaskClient,
    key: str,
    fields: Mapping[str, object],
    *,
    token: str,
    stamp: int,
) -> None:
    answer = client.post(
        "/embed/blog/comments",
        json={
            "thread": key,
            "name": fields["name"],
            "email": f"new{fields['id']}-{stamp}@example.org",
            "comment": f"{fields['body']} {stamp}",
            "token": token,
        },
        headers={"Origin": ORIGIN},
    )
    assert answer.status_code == 201, answer.text


if __name__ == "__main__":
    main()
