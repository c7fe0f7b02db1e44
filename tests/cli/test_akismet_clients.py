"""Lets the Akismet clients of PyPI and npm ask a server, as plugins and blogs do."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import akismet
import httpx
import pytest

from moderation.services.access import OPERATOR
from moderation.services.tokens import TokenWish, add_token
from moderation.storage.models import Scope
from moderation.storage.session import Database
from tests.cli.mould import Mould
from tests.cli.running import start_service
from tests.factories import make_site
from tests.node.running import RunScript

HAM = {
    "user_ip": "198.51.100.7",
    "user_agent": "Mozilla/5.0",
    "comment_type": "comment",
    "comment_author": "Ada",
    "comment_author_email": "ada@reader.example.com",
    "comment_content": "How did you measure this? My numbers differ on the old one.",
}
SPAM = {**HAM, "comment_author": "viagra-test-123"}
BLOG = "https://blog.example/"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A server on this machine, and a key for its only site."""

    port: int
    key: str
    database: Path

    @property
    def root(self) -> str:
        return f"http://localhost:{self.port}"

    def count_lessons(self) -> int:
        with sqlite3.connect(self.database) as connection:
            query = "SELECT count(*) FROM foreign_lessons"
            number: int = connection.execute(query).fetchone()[0]
        connection.close()
        return number

    def read_usage(self) -> int:
        answer = httpx.get(f"{self.root}/1.2/usage-limit?api_key={self.key}")
        number: int = answer.json()["usage"]
        return number


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, mould: Mould, migrated: Path
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("served")
    path = folder / "data" / "moderation.sqlite3"
    path.parent.mkdir()
    shutil.copy(migrated, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        make_site(session)
        wish = TokenWish(name="A", site_keys=["blog"], scopes=[Scope.FILTER])
        _, secret = add_token(session, OPERATOR, wish)
    database.close()
    with start_service(
        "serve", "--port", "0", "--no-worker", cwd=folder, start=mould.start
    ) as service:
        key = secret.removeprefix("lr_")
        yield Place(port=service.port, key=key, database=path)


class Detour(httpx.HTTPTransport):
    """Leads what is meant for Akismet to a server on this machine."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(
            scheme="http", host="localhost", port=self._place.port
        )
        return super().handle_request(request)


class AsyncDetour(httpx.AsyncHTTPTransport):
    """As `Detour`, and puts the key into the path, for calls that carry none."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = f"/k/{self._place.key}{request.url.raw_path.decode()}"
        request.url = request.url.copy_with(
            scheme="http",
            host="localhost",
            port=self._place.port,
            raw_path=path.encode(),
        )
        return await super().handle_async_request(request)


def split(comment: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Return what the client of PyPI takes by place, and by name."""
    rest = {name: value for name, value in comment.items() if name != "user_ip"}
    return comment["user_ip"], rest


def test_the_client_of_pypi_makes_all_its_calls(place: Place) -> None:
    config = akismet.Config(key=place.key, url=BLOG)
    (spam_ip, spam), (ham_ip, ham) = split(SPAM), split(HAM)
    before = place.read_usage()

    with (
        httpx.Client(transport=Detour(place)) as http,
        akismet.SyncClient.validated_client(config=config, http_client=http) as client,
    ):
        answers = [
            client.comment_check(spam_ip, **spam),
            client.comment_check(ham_ip, **ham),
        ]
        told = [client.submit_spam(ham_ip, **ham), client.submit_ham(ham_ip, **ham)]
        usage = client.usage_limit()

    assert answers == [akismet.CheckResponse.SPAM, akismet.CheckResponse.HAM]
    assert told == [True, True]
    assert usage["usage"] == before + 4


def test_the_asynchronous_client_does_so_by_a_key_in_the_path(place: Place) -> None:
    config = akismet.Config(key=place.key, url=BLOG)
    (spam_ip, spam), (ham_ip, ham) = split(SPAM), split(HAM)

    async def ask() -> list[object]:
        async with (
            httpx.AsyncClient(transport=AsyncDetour(place)) as http,
            akismet.AsyncClient(config=config, http_client=http) as client,
        ):
            return [
                await client.verify_key(),
                await client.comment_check(spam_ip, **spam),
                await client.comment_check(ham_ip, **ham),
                await client.submit_ham(ham_ip, **ham),
                # The one call that carries no key of its own.
                await client.key_sites(),
            ]

    # Not in this thread: that of the browser's tests may have a loop of its own.
    with ThreadPoolExecutor() as pool:
        answers = pool.submit(lambda: asyncio.run(ask())).result()

    valid, spam_answer, ham_answer, told, sites = answers

    assert (valid, spam_answer, ham_answer, told) == (
        True,
        akismet.CheckResponse.SPAM,
        akismet.CheckResponse.HAM,
        True,
    )
    assert isinstance(sites, dict)
    assert sites["total"] == 1


def test_a_wrong_key_is_refused_before_anything_is_asked(place: Place) -> None:
    config = akismet.Config(key="0" * 48, url=BLOG)

    with (
        httpx.Client(transport=Detour(place)) as http,
        pytest.raises(akismet.APIKeyError),
    ):
        akismet.SyncClient.validated_client(config=config, http_client=http)


def test_the_clients_of_npm_make_all_their_calls(
    place: Place, run_script: RunScript
) -> None:
    before = place.read_usage()

    found = run_script(
        "akismet.mjs", {"port": place.port, "key": place.key, "spam": SPAM, "ham": HAM}
    )

    thanks = "Thanks for making the web a better place."
    assert found == {
        # Its answers are numbers: 0 is ham, 1 spam, 2 spam for certain.
        "@cedx/akismet": {
            "good": {"valid": True, "spam": 1, "ham": 0},
            "bad": {"valid": False},
        },
        "akismet-api": {
            "good": {"valid": True, "spam": True, "ham": False, "told": [thanks] * 2},
            "bad": {"valid": False},
        },
        "akismet": {
            "good": {"valid": True, "spam": True, "ham": False},
            "bad": {"valid": False},
        },
    }
    assert place.count_lessons() == 1
    # Two checks each, and one thing told: Akismet's own test comment teaches nothing.
    assert place.read_usage() == before + 3 * 3
