import io
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest
import structlog
from flask.testing import FlaskClient

from moderation.app import create_app
from moderation.config import LOG_FORMATS, Settings
from moderation.web.context import DATABASE
from moderation.web.logs import LONGEST_LINE, set_up_logs

PATIENCE_SECONDS = 20
FORGED = b"csrf_token=none"


def make_lost_pipe() -> TextIO:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


def make_closed_stream() -> TextIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.fixture
def stream(request: pytest.FixtureRequest) -> Iterator[TextIO | None]:
    stream: TextIO | None = request.param()
    yield stream
    if stream is not None:
        # What could not be written is tried once more, and fails once more.
        with suppress(OSError):
            stream.close()


@pytest.mark.parametrize(
    "stream",
    [
        # Whoever read the log has ended.
        make_lost_pipe,
        # The disk with the log is full.
        lambda: open("/dev/full", "w", encoding="utf-8"),  # noqa: PTH123, SIM115
        # Started with `2>&-`.
        lambda: None,
        # Something in the process closed it.
        make_closed_stream,
    ],
    ids=["lost pipe", "full disk", "no stream", "closed"],
    indirect=True,
)
def test_the_service_outlives_its_log(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, stream: TextIO | None
) -> None:
    monkeypatch.setattr("sys.stderr", stream)

    statuses = [client.post("/login", data=FORGED).status_code for _ in range(3)]

    assert statuses == [400, 400, 400]


def test_who_holds_the_log_open_and_does_not_read_it_holds_up_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    log = structlog.get_logger("a")

    def log_much() -> None:
        # Far more than a pipe holds: it is 64 kB on Linux.
        for number in range(2_000):
            log.info("many words", number=number, more="x" * 100)

    with os.fdopen(reader, "rb", buffering=0) as read, os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr("sys.stderr", pipe)
        set_up_logs(replace(settings, log_format="json"))
        logging_much = threading.Thread(target=log_much, daemon=True)
        logging_much.start()
        logging_much.join(PATIENCE_SECONDS)
        is_held_up = logging_much.is_alive()
        held = read.read(1_000_000)
        log.info("last words")
        rest = [json.loads(line) for line in read.read(1_000_000).splitlines()]

    told = len(held.splitlines())
    assert not is_held_up
    assert 100 < told < 2_000
    assert [line["event"] for line in rest] == [
        "lines were lost: nobody read the log",
        "last words",
    ]
    assert rest[0]["number"] == 2_000 - told


def test_lines_of_wide_letters_do_not_wait_either(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_logs(settings)
    log = structlog.get_logger("a")
    reader, writer = os.pipe()
    # Should it wait for the reader, that one goes first and ends it.
    with os.fdopen(writer, "w", encoding="utf-8") as pipe, os.fdopen(reader):
        monkeypatch.setattr("sys.stderr", pipe)

        writing = threading.Thread(
            target=lambda: [log.info("界" * LONGEST_LINE) for _ in range(50)],
            daemon=True,
        )
        writing.start()
        writing.join(PATIENCE_SECONDS)

        assert not writing.is_alive()


@pytest.mark.parametrize(
    "letter",
    [
        "x",
        # Of two, three and four bytes.
        "ä",
        "界",
        "\N{SEEDLING}",
        # None that can be written: half of a pair.
        "\ud83c",
    ],
)
def test_no_line_of_the_log_is_longer_than_a_pipe_takes_at_once(
    settings: Settings, capsys: pytest.CaptureFixture[str], letter: str
) -> None:
    set_up_logs(settings)

    structlog.get_logger("a").info(letter * 10_000)

    written = capsys.readouterr().err.encode()
    assert LONGEST_LINE - 4 < len(written) <= LONGEST_LINE + len("\n")


def test_logs_go_to_stderr(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/login", data=FORGED)

    written = capsys.readouterr()
    assert written.out == ""
    assert "forged request refused" in written.err


@pytest.mark.parametrize("log_format", LOG_FORMATS)
@pytest.mark.parametrize(
    "why",
    [
        "a\nforged\r\x1b[31m\x9b\u2028",
        # Without a blank or the end of a line nothing quotes it.
        "\x1b]0;a-title\x07\x9b31m\u202e\u2028",
    ],
)
def test_a_log_line_is_one_line_whatever_a_client_sends(
    settings: Settings, capsys: pytest.CaptureFixture[str], log_format: str, why: str
) -> None:
    set_up_logs(replace(settings, log_format=log_format))

    structlog.get_logger().info("refused", why=why)

    line, *others = capsys.readouterr().err.splitlines()
    assert not others
    assert line.isprintable()


SECRETS = ("ada@example.org", "192.0.2.7", "a very private text")


def break_down(email: str) -> str:
    """Break down as code of ours might, with what it was given in the message."""
    try:
        return str(int(f"a very private text of {email}"))
    except ValueError as error:
        raise RuntimeError(f"{email} from 192.0.2.7") from error


@pytest.mark.parametrize("log_format", LOG_FORMATS)
def test_a_breakdown_is_logged_with_its_way_and_without_its_words(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    log_format: str,
) -> None:
    app = create_app(settings)
    app.add_url_rule("/broken/<email>", view_func=break_down)
    set_up_logs(replace(settings, log_format=log_format))

    answer = app.test_client().get("/broken/ada@example.org?ip=192.0.2.7")
    app.extensions[DATABASE].close()

    (line,) = capsys.readouterr().err.splitlines()
    assert answer.status_code == 500
    assert "RuntimeError < ValueError" in line
    assert "break_down" in line
    assert f"tests/web/{Path(__file__).name}:" in line
    assert not [secret for secret in SECRETS if secret in line]


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        # As waitress says that an app broke down: with the path it was asked for.
        ("Exception while serving %s", ("/m/act/secret-token",)),
        # Made a text before it was handed over.
        ("Exception while serving /m/act/secret-token", ()),
    ],
)
def test_what_libraries_complain_of_is_told_without_values(
    client: FlaskClient,
    capsys: pytest.CaptureFixture[str],
    message: str,
    arguments: tuple[str, ...],
) -> None:
    del client
    try:
        ids: dict[str, int] = {}
        _ = ids["secret-token"]
    except LookupError:
        logging.getLogger("waitress").exception(message, *arguments)

    (line,) = capsys.readouterr().err.splitlines()
    assert "library=waitress" in line
    assert "KeyError" in line
    assert "secret-token" not in line


def test_the_log_lines_of_a_request_have_the_id_of_its_answer(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.post("/login", data=FORGED)

    structlog.get_logger().info("after it")
    first, second = capsys.readouterr().err.splitlines()
    assert f"request={answer.headers['X-Request-ID']}" in first
    assert "request=" not in second


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        # As proxies make them.
        ("7b4e1f0c9a6d4c2f8e3b5a1d0c9f8e7d", True),
        ("550e8400-e29b-41d4-a716-446655440000", True),
        # Too short to tell requests apart, or too long for a line.
        ("1", False),
        ("a" * 65, False),
        # What must not get into a log, or forges a line of it.
        ("ada@example.org", False),
        ("<script>alert(1)</script>", False),
        ("request=1 level=error", False),
    ],
)
def test_an_id_that_a_proxy_gave_is_kept_if_it_is_one(
    client: FlaskClient,
    given: str,
    is_taken: bool,  # noqa: FBT001 a column of the table
) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})

    told = answer.headers["X-Request-ID"]
    assert (told == given) is is_taken
    assert len(told) >= 8


def test_each_request_without_an_id_gets_another(client: FlaskClient) -> None:
    told = {client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}

    assert len(told) == 5
