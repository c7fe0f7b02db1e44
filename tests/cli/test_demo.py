import http.client
import re
import signal
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import pytest

from moderation.cli.demo import make_password
from moderation.cli.listening import open_socket
from tests.cli.running import Run, start_service
from tests.waiting import wait_until


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_demo_says_what_to_open_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    # What is set for the service must not lead the demo to its database.
    monkeypatch.setenv("MODERATION_DATABASE_URL", "sqlite:////missing/x.sqlite3")

    with start_service("demo", "--port", "0", cwd=tmp_path) as demo:
        assert demo.process.stdout is not None
        lines = [demo.greeting, *(demo.process.stdout.readline() for _ in range(6))]
        text = "".join(lines)
        paths = re.findall(rf"http://127\.0\.0\.1:{demo.port}(/\S+)", text)
        statuses = {path: get(demo.port, path) for path in paths}
        is_worked = wait_until(lambda: get(demo.port, "/readyz") == HTTPStatus.OK)
        kept = list(tmp_path.iterdir())
        ended = demo.stop(signal.SIGINT)

    # The queue asks strangers to log in.
    assert statuses == {"/demo/": 200, "/login": 200, "/moderate/": 302}
    assert re.search(r"Password  [a-z]+-[a-z]+-[a-z]+-\d{4}\n", text)
    assert is_worked
    assert kept != []
    assert ended == 0
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_was_asked_for_and_is_in_use_is_named(run: Run) -> None:
    with closing(open_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run("demo", "--port", str(port))

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert f"port {port} is in use" in done.err[0]


def test_passwords_differ() -> None:
    assert len({make_password() for _ in range(50)}) == 50
