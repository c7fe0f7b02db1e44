# ruff: noqa: S608 the statements are made of this file's own words
"""Measures what the moderators' pages cost with 1,000,000 comments stored.

Not collected by pytest. Run it from the checkout: python -m tests.bench.bench_queue
[FOLDER]; a database that was made in FOLDER before is used again. Each request goes
through the WSGI app with everything around it. Processor time is told, not the clock's:
it does not hang on who else is busy.
"""

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from flask import Flask
from flask_security import hash_password
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.config import Settings
from moderation.services.samples import MODERATOR, add_samples
from moderation.storage.migrations import ensure_schema
from moderation.storage.session import Database
from tests.web.visiting import PASSWORD, Visitor, visit

ALL, HELD, FEW = 1_000_000, 100_000, 1_000
TURNS, WARM_UP = 41, 3
NOT_COPIED = {"id", "digest", "email", "network", "created_at", "due_at", "parent_id"}

Ask = Callable[[Visitor], TestResponse]


def main() -> None:
    """Make the database if need be, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(sys.argv[1] if len(sys.argv) > 1 else folder)
        home.mkdir(parents=True, exist_ok=True)
        path = home / "queue.sqlite3"
        app = create_app(make_settings(path))
        database = Database(f"sqlite:///{path}")
        if not is_made(database):
            fill(app, database)
        visitor = visit(app, MODERATOR)
        for number in (HELD, FEW):
            with limit_held(database, number):
                print(f"{number:,} held of {ALL:,}:")
                for name, ask in list_requests(visitor):
                    print(f"  {name:28}{measure(visitor, ask)}")


def make_settings(path: Path) -> Settings:
    """Return the settings of a service that anybody may ask as often as they like."""
    return Settings(
        data_dir=path.parent,
        database_url=f"sqlite:///{path}",
        secret_key="k" * 48,
        base_url="http://localhost",
        limits_enabled=False,
    )


def list_requests(visitor: Visitor) -> list[tuple[str, Ask]]:
    """Return what is asked for, by name."""
    page = visitor.get("/moderate/").text
    deep = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    since = page.split("/moderate/news?since=")[1].split('"')[0]
    campaign = (
        visitor.get("/moderate/campaigns").text.split("/campaigns/")[1].split('"')[0]
    )
    chosen = [part.split('"')[0] for part in page.split('name="comment" value="')[1:]]
    fields = {
        "csrf_token": visitor.find_token(),
        "comment": list(dict.fromkeys(chosen)),
    }
    visitor_posts = count()

    def preview(visitor: Visitor) -> TestResponse:
        return visitor.client.post(
            "/moderate/preview", data={**fields, "action": "spam"}
        )

    def decide(visitor: Visitor) -> TestResponse:
        turn = next(visitor_posts)
        fields["comment"] = [
            f"{value.split(':')[0]}:{turn + 1}" for value in fields["comment"]
        ]
        action = "hold" if turn % 2 else "spam"
        return visitor.client.post(
            "/moderate/decisions", data={**fields, "action": action}
        )

    paths = {
        "queue": "/moderate/",
        "queue, second page": deep,
        "queue, newest first": "/moderate/?order=newest",
        "approved": "/moderate/?status=approved",
        "news": f"/moderate/news?since={since}",
        "campaigns": "/moderate/campaigns",
        "a campaign": f"/moderate/campaigns/{campaign}",
    }
    return [
        *((name, make_get(path)) for name, path in paths.items()),
        ("preview of a page", preview),
        ("decision on a page", decide),
    ]


def make_get(path: str) -> Ask:
    """Return the request for a page."""
    return lambda visitor: visitor.get(path)


def measure(visitor: Visitor, ask: Ask) -> str:
    """Ask again and again; return what the middle and the slowest twentieth cost."""
    costs, size = [], 0
    # As `moderation serve` does before it serves.
    gc.collect()
    gc.freeze()
    for turn in range(TURNS + WARM_UP):
        start = time.process_time()
        answer = ask(visitor)
        cost = time.process_time() - start
        assert answer.status_code in {200, 303}, answer.text
        size = len(answer.data)
        if turn >= WARM_UP:
            costs.append(cost * 1_000)
    middle, slow = statistics.median(costs), statistics.quantiles(costs, n=20)[-1]
    return f"p50 {middle:5.1f} ms, p95 {slow:5.1f} ms, {size / 1_000:6.1f} kB"


def is_made(database: Database) -> bool:
    """Return whether a database has all its comments."""
    with database.engine.connect() as connection:
        return bool(
            connection.scalar(
                text("SELECT count(*) > 0 FROM sqlite_master WHERE name = 'bench_held'")
            )
        )


def fill(app: Flask, database: Database) -> None:
    """Make the demo's comments, and as many copies of them as are wanted."""
    ensure_schema(database)
    with app.app_context(), database.write() as session:
        add_samples(
            session, base_url="http://localhost", password_hash=hash_password(PASSWORD)
        )
    with database.alter() as connection:
        triggers = take_triggers(connection)
        copy_comments(connection)
        copy_evidence(connection)
        for sql in triggers:
            connection.exec_driver_sql(sql)
        connection.exec_driver_sql(
            "CREATE TABLE bench_held AS SELECT id FROM comments WHERE status = 'held'"
        )
        connection.exec_driver_sql("ANALYZE")


def take_triggers(connection: Connection) -> list[str]:
    """Drop what keeps the words that are searched for: nothing is searched here."""
    rows = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for row in rows:
        connection.exec_driver_sql(f"DROP TRIGGER {row.name}")
    return [row.sql for row in rows]


def copy_comments(connection: Connection) -> None:
    """Copy the sample comments: held ones one after the other, then approved ones."""
    names = [
        row.name
        for row in connection.execute(
            text("SELECT name FROM pragma_table_info('comments')")
        )
        if row.name not in NOT_COPIED
    ]
    connection.exec_driver_sql(
        "CREATE TEMP TABLE samples AS SELECT row_number() OVER (PARTITION BY status"
        " ORDER BY id) - 1 AS place, * FROM comments"
        " WHERE status IN ('held', 'approved')"
    )
    for status, number in (("approved", ALL - HELD), ("held", HELD)):
        kinds = connection.scalar(
            text("SELECT count(*) FROM samples WHERE status = :status"),
            {"status": status},
        )
        came = "strftime('%Y-%m-%d %H:%M:%f000', julianday('now') - i * 7 / 86400.0{})"
        connection.exec_driver_sql(
            f"INSERT INTO comments ({', '.join(names)}, digest, email, network,"
            " created_at, due_at)"
            f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            f" WHERE i < {number})"
            f" SELECT {', '.join(names)}, randomblob(32),"
            # Every tenth is by somebody who has written very often.
            " CASE WHEN i % 10 THEN i || email ELSE email END,"
            " '203.0.' || (i % 250) || '.0/24',"
            f" {came.format('')},"
            f" {came.format(' - julianday(created_at) + julianday(due_at)')}"
            f" FROM n JOIN samples ON place = i % {kinds} AND status = '{status}'"
        )


def copy_evidence(connection: Connection) -> None:
    """Copy signals and campaigns from the sample that says the same."""
    connection.exec_driver_sql(
        "CREATE TEMP TABLE copies AS SELECT c.id, s.id AS origin FROM comments AS c"
        " JOIN samples AS s ON s.body = c.body AND s.status = c.status"
        " WHERE c.status = 'held' AND c.id NOT IN (SELECT id FROM samples)"
    )
    for table, others in (
        ("signals", "position, name, weight, reason, spans"),
        ("campaign_members", "campaign_id, is_held"),
    ):
        columns = ", ".join(f"t.{name}" for name in others.split(", "))
        connection.exec_driver_sql(
            f"INSERT INTO {table} (comment_id, {others}) SELECT copies.id, {columns}"
            f" FROM copies JOIN {table} AS t ON t.comment_id = copies.origin"
        )
    count_members(connection)


def count_members(connection: Connection) -> None:
    """Make the numbers of campaigns true."""
    counted = "(SELECT count(*) FROM campaign_members AS m WHERE m.campaign_id = id{})"
    connection.exec_driver_sql(
        f"UPDATE campaigns SET members = {counted.format('')},"
        f" held = {counted.format(' AND is_held = 1')}"
    )


@contextmanager
def limit_held(database: Database, number: int) -> Iterator[None]:
    """Let no more than a number of comments wait, for a while."""
    beyond = f"id IN (SELECT id FROM bench_held ORDER BY id LIMIT -1 OFFSET {number})"
    set_status(database, "approved", beyond)
    yield
    set_status(database, "held", beyond)


def set_status(database: Database, status: str, condition: str) -> None:
    """Let comments have a status, and their campaigns know of it."""
    with database.alter() as connection:
        connection.exec_driver_sql(
            f"UPDATE comments SET status = '{status}', version = 1 WHERE {condition}"
        )
        connection.exec_driver_sql(
            "UPDATE comments SET version = 1 WHERE status = 'held'"
        )
        connection.exec_driver_sql(
            f"UPDATE campaign_members SET is_held = {int(status == 'held')}"
            f" WHERE comment_{condition}"
        )
        count_members(connection)


if __name__ == "__main__":
    main()
