import io
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TextIO

import pytest
import structlog
from flask.testing import FlaskClient

from moderation.config import LOG_FORMATS, Settings
from moderation.web.logs import set_up_logs

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


def test_logs_go_to_stderr(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/login", data=FORGED)

    written = capsys.readouterr()
    assert written.out == ""
    assert "forged request refused" in written.err


@pytest.mark.parametrize("log_format", LOG_FORMATS)
def test_a_log_line_is_one_line_whatever_a_client_sends(
    settings: Settings, capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    set_up_logs(replace(settings, log_format=log_format))

    structlog.get_logger().info("refused", why="a\nforged\r\x1b[31m\x9b\u2028")

    line, *others = capsys.readouterr().err.splitlines()
    assert not others
    assert line.isprintable()
