"""Others' libraries verify what a receiver gets: nobody here wrote them."""

from datetime import timedelta

from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from moderation.delivery.sender import Sender
from moderation.delivery.signing import show_secret
from moderation.services.access import OPERATOR
from moderation.services.endpoints import rotate_secret
from moderation.services.events import record_events
from tests.factories import (
    SEALER,
    make_comment,
    make_endpoint,
    make_site,
    make_thread,
    read_secret,
)
from tests.node.running import RunScript
from tests.unit.delivery.receiving import Received, Receiver

UNKNOWN = show_secret(b"x" * 32)


def receive(session: Session, receiver: Receiver, sender: Sender) -> Received:
    """Return the request by which a receiver is told of a new comment."""
    thread = make_thread(session, make_site(session))
    record_events(session, [make_comment(session, thread, body="Übung 🎈 </b>")])
    session.commit()
    sender.run()
    return receiver.requests[-1]


def ask(secret: str, got: Received) -> dict[str, object]:
    """Return what the script that verifies is given."""
    return {"secret": secret, "headers": dict(got.headers), "body": got.text}


def test_what_arrives_is_verified(
    session: Session, receiver: Receiver, sender: Sender, run_script: RunScript
) -> None:
    endpoint = make_endpoint(session, url=receiver.url)
    got = receive(session, receiver, sender)
    secret = read_secret(endpoint)

    good, bad = run_script(
        "verify.mjs", [ask(secret, got), {**ask(secret, got), "body": got.text + " "}]
    )

    told = Webhook(secret).verify(got.text, dict(got.headers))
    assert told["data"]["comment"]["body"] == "Übung 🎈 </b>"
    assert good == {"standardwebhooks": told, "svix": told}
    assert bad == {"standardwebhooks": None, "svix": None}


def test_while_a_secret_is_replaced_either_verifies(
    session: Session, receiver: Receiver, sender: Sender, run_script: RunScript
) -> None:
    endpoint = make_endpoint(session, url=receiver.url)
    old = read_secret(endpoint)
    new = show_secret(rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER))
    got = receive(session, receiver, sender)

    found = run_script("verify.mjs", [ask(key, got) for key in (old, new, UNKNOWN)])

    for by_library in zip(*(row.values() for row in found), strict=True):
        assert [told is not None for told in by_library] == [True, True, False]


def test_afterwards_the_old_secret_verifies_nothing(
    session: Session, receiver: Receiver, sender: Sender, run_script: RunScript
) -> None:
    endpoint = make_endpoint(session, url=receiver.url)
    old = read_secret(endpoint)
    key = rotate_secret(
        session, OPERATOR, endpoint.id, sealer=SEALER, overlap=timedelta()
    )
    got = receive(session, receiver, sender)

    found = run_script("verify.mjs", [ask(old, got), ask(show_secret(key), got)])

    assert [row["svix"] is not None for row in found] == [False, True]
    assert [row["standardwebhooks"] is not None for row in found] == [False, True]
