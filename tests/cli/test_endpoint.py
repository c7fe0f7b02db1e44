from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

from tests.cli.running import Run
from tests.unit.delivery.receiving import Receiver, answer, receiving


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("MODERATION_WEBHOOK_ALLOW", "127.0.0.0/8")
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def site(run: Run) -> None:
    run("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


@pytest.mark.usefixtures("site")
def test_a_webhook_is_added_listed_and_tested(run: Run, receiver: Receiver) -> None:
    added = run("endpoint", "add", receiver.url, "--site", "blog", "--event",
                "comment.held", "--header", "X-Own: yes")  # fmt: skip
    listed = run("endpoint", "list")
    pinged = run("endpoint", "ping", "1")

    secret = added.out[-1]
    got = receiver.requests[0]
    Webhook(secret).verify(got.text, dict(got.headers))
    assert listed.out == added.out[:1]
    assert listed.out[0].split("\t")[:4] == ["1", "active", "blog", "comment.held"]
    assert got.headers["x-own"] == "yes"
    assert pinged.status == 0
    assert pinged.out[0].startswith("Arrived: 204 in ")


def test_a_test_that_does_not_arrive_says_why(run: Run, receiver: Receiver) -> None:
    run("endpoint", "add", receiver.url, "--all-sites")
    receiver.plan.append(answer(500))

    pinged = run("endpoint", "ping", "1")
    listed = run("endpoint", "deliveries", "1")

    assert pinged.status == 1
    assert "The test did not arrive. It answered with status 500." in pinged.err[-1]
    assert listed.out[0].split("\t")[1:] == [
        "webhook.ping", "", "waiting", "1", "It answered with status 500.",
    ]  # fmt: skip


def test_a_new_secret_is_printed_and_the_old_one_still_signs(
    run: Run, receiver: Receiver
) -> None:
    old = run("endpoint", "add", receiver.url, "--all-sites").out[-1]
    new = run("endpoint", "rotate", "1").out[-1]

    run("endpoint", "ping", "1")

    got = receiver.requests[0]
    for secret in (old, new):
        Webhook(secret).verify(got.text, dict(got.headers))


def test_a_public_key_verifies_without_the_secret(run: Run, receiver: Receiver) -> None:
    added = run("endpoint", "add", receiver.url, "--all-sites", "--public-key").out
    rotated = run("endpoint", "rotate", "1").out
    listed = run("endpoint", "public-keys", "1").out

    run("endpoint", "ping", "1")

    got = receiver.requests[0]
    signatures = got.headers["webhook-signature"].split()
    text = ".".join(
        [got.headers["webhook-id"], got.headers["webhook-timestamp"], got.text]
    )
    public = [one.removeprefix("v1a,") for one in signatures if one.startswith("v1a,")]
    assert listed == [added[1], rotated[1]] == rotated[:2]
    assert [one.partition(",")[0] for one in signatures] == ["v1", "v1", "v1a", "v1a"]
    for shown, signature in zip(listed, public, strict=True):
        key = Ed25519PublicKey.from_public_bytes(b64decode(shown.removeprefix("whpk_")))
        key.verify(b64decode(signature), text.encode())


def test_what_was_given_up_can_be_sent_again(run: Run, receiver: Receiver) -> None:
    run("endpoint", "add", receiver.url, "--all-sites")
    receiver.plan.append(answer(410))
    run("endpoint", "ping", "1")

    refused = run("endpoint", "redeliver", "1", "--delivery", "1")
    run("endpoint", "enable", "1")
    again = run("endpoint", "redeliver", "1", "--failed-since", "2026-01-01")
    listed = run("endpoint", "deliveries", "1")

    assert refused.status == 1
    assert "410" in refused.err[-1]
    assert again.out == ["To be sent again: 1"]
    assert listed.out[0].split("\t")[3] == "waiting"


def test_a_disabled_webhook_is_not_tested(run: Run, receiver: Receiver) -> None:
    run("endpoint", "add", receiver.url, "--all-sites")
    run("endpoint", "disable", "1")

    pinged = run("endpoint", "ping", "1")

    assert (pinged.status, receiver.requests) == (1, [])
    assert "Enable it first" in pinged.err[-1]


def test_a_body_of_ones_own_is_read_from_a_file(
    run: Run, receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "body.json"
    file.write_text('{"text": "${type}"}')

    run("endpoint", "add", receiver.url, "--all-sites", "--preset", "template",
        "--template", str(file))  # fmt: skip
    run("endpoint", "ping", "1")

    assert receiver.requests[0].text == '{"text": "webhook.ping"}'


def test_a_delivery_is_shown_with_what_was_sent_and_answered(
    run: Run, receiver: Receiver
) -> None:
    run("endpoint", "add", receiver.url, "--all-sites")
    run("endpoint", "add", receiver.url, "--all-sites")
    receiver.plan.append(answer(500, b"Sorry"))
    run("endpoint", "ping", "1")

    shown = run("endpoint", "delivery", "1", "1")
    other = run("endpoint", "delivery", "2", "1")

    got = receiver.requests[0]
    assert shown.out[0].split("\t")[1:3] == ["webhook.ping", got.headers["webhook-id"]]
    assert shown.out[1:3] == [f"POST {receiver.url}", got.text]
    assert shown.out[3].split("\t")[1::2] == ["500", "It answered with status 500."]
    assert shown.out[3].endswith("\tSorry")
    assert (other.status, len(other.err)) == (1, 1)


@pytest.mark.usefixtures("site")
def test_what_is_given_is_changed_and_all_else_stays(
    run: Run, receiver: Receiver
) -> None:
    run("endpoint", "add", receiver.url, "--site", "blog", "--header", "X-Own: yes",
        "--event", "comment.held")  # fmt: skip

    changed = run("endpoint", "set", "1", "--url", f"{receiver.url}/new", "--thin",
                  "--all-events", "--public-key")  # fmt: skip
    listed = run("endpoint", "list")
    run("endpoint", "ping", "1")
    run("endpoint", "set", "1", "--header", "X-Other: a: b")
    run("endpoint", "ping", "1")

    got, later = receiver.requests
    assert changed.out == ["Changed: has_public_key, is_thin, types, url"]
    assert listed.out[0].split("\t")[2:4] == ["blog", "all events"]
    assert (got.path, got.headers["x-own"]) == ("/hook/new", "yes")
    assert "v1a," in got.headers["webhook-signature"]
    assert later.headers["x-other"] == "a: b"
    assert "x-own" not in later.headers


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["9", "--thin"], 1, "no such endpoint"),
        (["1"], 2, "what is to be changed"),
        (["1", "--url", "http://[::1]/hook"], 1, "not on the public internet"),
        (["1", "--all-events", "--event", "comment.held"], 2, "--all-events"),
    ],
)
def test_a_change_that_can_not_be_is_refused_in_one_line(
    run: Run, receiver: Receiver, arguments: list[str], status: int, words: str
) -> None:
    run("endpoint", "add", receiver.url, "--all-sites")

    done = run("endpoint", "set", *arguments)

    assert (done.status, len(done.err)) == (status, 1)
    assert words in done.err[0]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["http://127.0.0.1/hook", "--all-sites"], 1, "not on the public internet"),
        (["http://[::1]/hook", "--all-sites"], 1, "not on the public internet"),
        (["http://localhost/hook", "--all-sites"], 1, "not on the public internet"),
        (["ftp://1.1.1.1/hook", "--all-sites"], 1, "http:// or https://"),
        (["https://1.1.1.1/", "--site", "nowhere"], 1, "no such site"),
        (["https://1.1.1.1/"], 2, "--all-sites"),
        (["https://1.1.1.1/", "--all-sites", "--site", "blog"], 2, "--all-sites"),
        (["https://1.1.1.1/", "--all-sites", "--header", "X"], 2, "Name: value"),
    ],
)
def test_what_can_not_be_is_refused_in_one_line(
    run: Run, arguments: list[str], status: int, words: str
) -> None:
    done = run("endpoint", "add", *arguments)

    assert (done.status, len(done.err)) == (status, 1)
    assert words in done.err[0]
