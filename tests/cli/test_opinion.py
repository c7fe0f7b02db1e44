import json

import pytest
from standardwebhooks import Webhook

from tests.cli.running import Run
from tests.unit.delivery.receiving import answer, receiving

COMMAND = ("site", "opinion", "blog")


@pytest.fixture(autouse=True)
def site(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_WEBHOOK_ALLOW", "127.0.0.0/8")
    run("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


def test_it_is_set_tried_and_switched_off(run: Run) -> None:
    with receiving() as receiver:
        receiver.usual = answer(200, b'{"score": 0.25, "reason": "Fine"}')

        before = run(*COMMAND)
        made = run(*COMMAND, "--url", receiver.url)
        tried = run(*COMMAND, "--email", "--try")
        off = run(*COMMAND, "--off")

    line, secret = made.out
    (request,) = receiver.requests
    told = Webhook(secret).verify(request.text, dict(request.headers))
    assert before.out == ["nobody is asked"]
    assert line == f"on\t{receiver.url}\twithout e-mail\tnever asked"
    assert tried.out[1] == "25%\tFine"
    assert told["data"]["comment"]["email"] == "ada@example.org"
    assert off.out[0].startswith("off\t")
    # What was made once is not shown again.
    assert secret not in "\n".join(tried.out + off.out)


def test_a_new_secret_signs_from_then_on(run: Run) -> None:
    with receiving() as receiver:
        receiver.usual = answer(200, b'{"score": 0}')
        run(*COMMAND, "--url", receiver.url)

        renewed = run(*COMMAND, "--new-secret", "--try")

    (request,) = receiver.requests
    message = Webhook(renewed.out[-1]).verify(request.text, dict(request.headers))
    assert json.loads(request.text) == message


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--on",), "Give the address of a classifier first"),
        (("--new-secret",), "Give the address of a classifier first"),
        (("--try",), "Give the address of a classifier first"),
        (("--url", "http://10.0.0.1/"), "is not on the public internet"),
        (("--url", "nonsense"), "Give the whole address"),
    ],
)
def test_what_can_not_be_done_says_what_to_do(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    outcome = run(*COMMAND, *arguments)

    assert outcome.status == 1
    assert told in "\n".join(outcome.err)


def test_a_trial_that_fails_says_why(run: Run) -> None:
    with receiving() as receiver:
        receiver.usual = answer(200, b"garbage")
        run(*COMMAND, "--url", receiver.url)

        tried = run(*COMMAND, "--try")

    assert tried.status == 1
    assert "The answer is no JSON" in "\n".join(tried.err)


def test_the_check_names_a_classifier_that_does_not_answer(run: Run) -> None:
    with receiving() as receiver:
        receiver.usual = answer(200, b'{"score": 0.25}')
        run(*COMMAND, "--url", receiver.url)
        good = run("check")
        receiver.usual = answer(503, b"")
        bad = run("check")
        run(*COMMAND, "--off")
        off = run("check")

    assert good.out[-1] == "Outside opinion of blog: the classifier answers."
    assert "Outside opinion of blog: none. It answered with status 503." in bad.out[-1]
    assert not [line for line in off.out if "opinion" in line]
