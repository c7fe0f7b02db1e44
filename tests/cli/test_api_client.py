"""Asks two servers of one database by the package's own client, as programs do."""

import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from moderation.client import ApiError, Client
from moderation.services.access import OPERATOR
from moderation.services.tokens import TokenWish, add_token
from moderation.storage.models import Scope
from moderation.storage.session import Database
from tests.cli.mould import Mould
from tests.cli.running import start_service
from tests.factories import make_site

AT_ONCE = 6


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Clients of servers that share a database."""

    clients: Sequence[Client]
    database: Path

    def post(self, key: str, body: str) -> list[object]:
        """Post a comment from many threads at once; return what each was answered."""
        start = threading.Barrier(AT_ONCE)

        def ask(number: int) -> object:
            client = self.clients[number % len(self.clients)]
            start.wait()
            try:
                return client.submit(
                    key=key,
                    site="blog",
                    thread="post-1",
                    name="Ada",
                    email="ada@reader.example.com",
                    body=body,
                )["id"]
            except ApiError as error:
                return error.status

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(ask, range(AT_ONCE)))

    def count(self, table: str) -> int:
        with closing(sqlite3.connect(self.database)) as connection:
            query = f"SELECT count(*) FROM {table}"  # noqa: S608 our own names
            number: int = connection.execute(query).fetchone()[0]
        return number


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, mould: Mould, migrated: Path
) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("served")
    path = folder / "data" / "moderation.sqlite3"
    path.parent.mkdir()
    shutil.copy(migrated, path)
    with (
        closing(Database(f"sqlite:///{path}")) as database,
        database.write() as session,
    ):
        make_site(session)
        wish = TokenWish(name="A", site_keys=["blog"], scopes=[*Scope])
        _, secret = add_token(session, OPERATOR, wish)
    command = ("serve", "--port", "0", "--no-worker")
    with ExitStack() as stack:
        services = [
            stack.enter_context(start_service(*command, cwd=folder, start=mould.start))
            for _ in range(2)
        ]
        yield Servers(
            clients=[Client(f"http://127.0.0.1:{s.port}", secret) for s in services],
            database=path,
        )


def test_with_one_key_it_is_done_once_and_answered_alike(servers: Servers) -> None:
    before = servers.count("comments")

    rounds = [servers.post(f"key-{n}", f"I wonder about it, {n}.") for n in range(4)]

    assert servers.count("comments") == before + len(rounds)
    for answers in rounds:
        # Who comes second may be told to ask again, by the draft of the header.
        ids = set(answers) - {409}
        assert len(ids) == 1


def test_without_a_key_one_is_stored_and_the_others_are_told_so(
    servers: Servers,
) -> None:
    before = servers.count("comments")

    answers = servers.post("", "Every client makes a key of its own for this.")

    assert servers.count("comments") == before + 1
    assert Counter(answers)[409] == AT_ONCE - 1


def test_what_was_listed_can_be_decided_on_and_noted(servers: Servers) -> None:
    client, other = servers.clients
    given = client.submit(
        site="blog",
        thread="post-2",
        name="Bob",
        email="bob@reader.example.com",
        body="Is this still so in the new version?",
    )
    (listed,) = client.list_comments(site="blog", thread="post-2")

    decided = client.decide(listed, "approved", why="A good question.")
    noted = client.write_note(decided, "Asked before.")
    with pytest.raises(ApiError) as late:
        other.decide(listed, "spam")

    assert (listed.id, listed.version) == (given["id"], given["version"])
    assert (decided.status, noted.note) == ("approved", "Asked before.")
    assert noted.tag
    assert late.value.status == 412
