import json
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from moderation.delivery.sender import Sender
from moderation.delivery.signing import show_secret
from moderation.delivery.transport import Transport
from moderation.domain.pace import DELAYS, Pace
from moderation.domain.roles import Role
from moderation.services.access import OPERATOR
from moderation.services.deliveries import claim_deliveries
from moderation.services.delivery_log import ping_endpoint
from moderation.services.endpoints import rotate_secret
from moderation.services.events import record_events
from moderation.storage.models import (
    Attempt,
    Comment,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointState,
    Mail,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import (
    SEALER,
    make_comment,
    make_endpoint,
    make_moderator,
    make_site,
    make_thread,
    read_secret,
)
from tests.unit.delivery.receiving import Receiver, answer, break_off, receiving

START = "2026-03-01T12:00:00Z"
BASE_URL = "https://comments.example.org"
HANDS = 4


@pytest.fixture
def woken() -> list[float]:
    return []


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def sender(database: Database, woken: list[float], stop: threading.Event) -> Sender:
    return make_sender(database, woken, stop)


def make_sender(
    database: Database, woken: list[float], stop: threading.Event
) -> Sender:
    return Sender(
        database,
        Transport(allowed=[ip_network("127.0.0.0/8")], total_seconds=2),
        base_url=BASE_URL,
        sealer=SEALER,
        pace=Pace(),
        hands=HANDS,
        wake=woken.append,
        is_stopping=stop,
    )


def make_comments(session: Session, count: int = 1) -> Sequence[Comment]:
    thread = make_thread(session, make_site(session))
    return [make_comment(session, thread, body=f"Text {n}") for n in range(count)]


def announce(session: Session, receiver: Receiver, count: int = 1) -> Endpoint:
    """Store an endpoint and comments it is to be told of."""
    endpoint = make_endpoint(session, url=receiver.url)
    record_events(session, make_comments(session, count))
    session.commit()
    return endpoint


def read_delivery(database: Database) -> Delivery:
    with Session(database.engine) as session:
        delivery = session.scalars(select(Delivery)).one()
        list(delivery.attempts)
        delivery.endpoint.secrets  # noqa: B018 loaded
        session.expunge_all()
        return delivery


def test_an_event_arrives_signed_with_all_there_is_to_know(
    session: Session, receiver: Receiver, sender: Sender
) -> None:
    endpoint = announce(session, receiver)

    sender.run()

    got = receiver.requests[0]
    told = Webhook(read_secret(endpoint)).verify(got.text, dict(got.headers))
    comment = told["data"]["comment"]
    assert (told["type"], told["data"]["sequence"]) == ("comment.held", 1)
    assert (comment["status"], comment["body"]) == ("held", "Text 0")
    assert comment["urls"]["queue"] == f"{BASE_URL}/moderate/"
    assert "ada@example.org" not in got.text
    assert got.headers["content-type"] == "application/json"


def test_what_arrived_is_recorded_and_not_sent_again(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    announce(session, receiver)
    receiver.plan.append(answer(200, b"Thanks" + b"!" * 5_000))

    sender.run()
    sender.run()

    delivery = read_delivery(database)
    attempt = delivery.attempts[0]
    assert len(receiver.requests) == 1
    assert (delivery.state, delivery.lease) == (DeliveryState.ARRIVED, "")
    assert (attempt.status, attempt.error) == (200, "")
    assert attempt.milliseconds is not None
    assert attempt.answer.startswith("Thanks!")
    assert len(attempt.answer) == 1_024


def test_both_secrets_sign_while_one_replaces_the_other(
    session: Session, receiver: Receiver, sender: Sender
) -> None:
    endpoint = announce(session, receiver)
    old = read_secret(endpoint)
    new = show_secret(rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER))
    session.commit()

    sender.run()

    got = receiver.requests[0]
    for key in (old, new):
        Webhook(key).verify(got.text, dict(got.headers))


def test_a_day_later_only_the_new_secret_signs(
    session: Session, receiver: Receiver, sender: Sender
) -> None:
    endpoint = announce(session, receiver)
    rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER)
    session.commit()

    with time_machine.travel(now() + timedelta(hours=25)):
        sender.run()

    assert len(receiver.requests[0].headers["webhook-signature"].split()) == 1


@pytest.mark.parametrize(
    ("behave", "status", "words"),
    [
        (answer(500), 500, "status 500"),
        (answer(404), 404, "status 404"),
        # Redirects may lead anywhere.
        (answer(302, headers={"Location": "http://127.0.0.1/"}), 302, "redirect"),
        (break_off, None, "connection|understood"),
    ],
)
def test_what_did_not_arrive_is_tried_again(
    *,
    session: Session,
    receiver: Receiver,
    sender: Sender,
    database: Database,
    behave: Callable[[BaseHTTPRequestHandler], None],
    status: int | None,
    words: str,
) -> None:
    announce(session, receiver)
    receiver.plan.append(behave)

    with time_machine.travel(START, tick=False) as clock:
        at = now()
        with database.write() as writer:
            delivery = writer.scalars(select(Delivery)).one()
            delivery.next_at = at
        sender.run()
        first = read_delivery(database)
        clock.shift(6)
        sender.run()
        second = read_delivery(database)

    assert (first.state, first.tries) == (DeliveryState.WAITING, 1)
    assert timedelta(seconds=5) <= first.next_at - at <= timedelta(seconds=5.5)
    assert first.attempts[0].status == status
    assert any(word in first.attempts[0].error for word in words.split("|"))
    assert (second.state, len(second.attempts)) == (DeliveryState.ARRIVED, 2)
    assert len(set(receiver.ids)) == 1


def test_a_delivery_is_given_up_after_three_days(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    waits = []
    with time_machine.travel(START, tick=False) as clock:
        announce(session, receiver)
        receiver.plan.extend([answer(503)] * 20)
        for _ in DELAYS:
            sender.run()
            delivery = read_delivery(database)
            waits.append(delivery.next_at - now())
            clock.move_to(delivery.next_at)
        sender.run()

    assert read_delivery(database).state is DeliveryState.FAILED
    assert len(receiver.requests) == len(DELAYS)
    for wait, delay in zip(waits, DELAYS[1:], strict=False):
        assert delay <= wait <= delay * 1.1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
        # Sooner than we would have tried anyway, and nonsense.
        ("1", 5),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 5),
        ("soon", 5),
        # No receiver can put us off for ever.
        ("99999999999999999999", 86_400),
    ],
)
def test_a_receiver_may_ask_for_time(
    *,
    session: Session,
    receiver: Receiver,
    sender: Sender,
    database: Database,
    value: str,
    seconds: int,
) -> None:
    with time_machine.travel(START, tick=False):
        announce(session, receiver)
        receiver.plan.append(answer(429, headers={"Retry-After": value}))
        sender.run()
        waited = read_delivery(database).next_at - now()

    assert timedelta(seconds=seconds) <= waited <= timedelta(seconds=seconds * 1.1)


def test_an_endpoint_that_is_gone_is_disabled_and_its_owners_told(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    announce(session, receiver, count=3)
    make_moderator(session, email="owner@example.org", role=Role.OWNER)
    make_moderator(session, email="other@example.org", role=Role.MODERATOR)
    session.commit()
    receiver.plan.append(answer(410))

    sender.run()
    sender.run()

    with database.read() as reader:
        endpoint = reader.scalars(select(Endpoint)).one()
        mails = reader.scalars(select(Mail)).all()
        states = set(reader.scalars(select(Delivery.state)))
    assert len(receiver.requests) == 1
    assert (endpoint.state, states) == (EndpointState.DISABLED, {DeliveryState.FAILED})
    assert "410" in endpoint.reason
    assert [mail.recipient for mail in mails] == ["owner@example.org"]
    assert endpoint.url in mails[0].text


def test_an_endpoint_that_fails_for_five_days_is_disabled(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    make_moderator(session, email="owner@example.org", role=Role.OWNER)
    make_moderator(session, email="other@example.org", role=Role.VIEWER)
    with time_machine.travel(START, tick=False) as clock:
        announce(session, receiver, count=2)
        receiver.plan.extend([answer(500)] * 5)
        sender.run()
        clock.shift(timedelta(days=4, hours=23))
        sender.run()
        with database.read() as reader:
            before = reader.scalars(select(Endpoint.state)).one()
        clock.shift(timedelta(days=2))
        sender.run()

    with database.read() as reader:
        after = reader.scalars(select(Endpoint)).one()
        mails = reader.scalars(select(Mail)).all()
    assert before is EndpointState.ACTIVE
    assert after.state is EndpointState.DISABLED
    assert "5 days" in after.reason
    assert [mail.recipient for mail in mails] == ["owner@example.org"]
    assert after.reason in mails[0].text
    assert f"{BASE_URL}/moderate/webhooks/{after.id}" in mails[0].text
    # On that day it began.
    assert "--failed-since 2026-03-01" in mails[0].text


def test_an_arrival_ends_the_time_of_failing(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        announce(session, receiver)
        receiver.plan.append(answer(500))
        sender.run()
        clock.shift(10)
        sender.run()

    with database.read() as reader:
        assert reader.scalars(select(Endpoint.failing_since)).one() is None


def test_the_queue_is_asked_for_the_next_attempt_if_it_is_soon(
    session: Session, receiver: Receiver, sender: Sender, woken: list[float]
) -> None:
    announce(session, receiver)
    receiver.plan.append(answer(500))

    sender.run()

    assert len(woken) == 1
    assert 4 < woken[0] <= 5.5


def test_the_queue_is_asked_for_the_end_of_a_dead_workers_lease(
    session: Session, receiver: Receiver, sender: Sender, woken: list[float]
) -> None:
    endpoint = announce(session, receiver)
    pace = Pace(lease=timedelta(seconds=30))
    claim_deliveries(session, endpoint.id, at=now(), pace=pace)
    session.commit()

    sender.run()
    sender.run()

    # Once is enough.
    assert receiver.requests == []
    assert len(woken) == 1
    assert 20 < woken[0] <= 30


def test_nothing_is_asked_for_what_the_sweep_will_find(
    session: Session, receiver: Receiver, sender: Sender, woken: list[float]
) -> None:
    endpoint = announce(session, receiver)
    pace = Pace(lease=timedelta(seconds=90))
    claim_deliveries(session, endpoint.id, at=now(), pace=pace)
    session.commit()

    sender.run()

    assert woken == []


def test_after_a_failure_the_rest_is_given_back_untouched(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    announce(session, receiver, count=5)
    receiver.plan.extend([answer(204), answer(500), answer(500)])
    with database.write() as writer:
        endpoint_id = writer.scalars(select(Endpoint.id)).one()
        batch = claim_deliveries(writer, endpoint_id, at=now(), pace=Pace())
    assert batch is not None

    sender.send_batch(batch)

    with database.read() as reader:
        tries = list(reader.scalars(select(Delivery.tries).order_by(Delivery.id)))
        attempts = reader.scalars(select(Attempt)).all()
    assert len(receiver.requests) == 2
    assert tries == [1, 1, 0, 0, 0]
    assert len(attempts) == 2


def test_a_worker_that_is_asked_to_stop_ends_what_it_is_at(
    session: Session,
    receiver: Receiver,
    sender: Sender,
    database: Database,
    stop: threading.Event,
) -> None:
    announce(session, receiver, count=5)

    def stop_at_first(handler: BaseHTTPRequestHandler) -> None:
        stop.set()
        answer(204)(handler)

    receiver.plan.append(stop_at_first)
    sender.run()

    with database.read() as reader:
        states = list(reader.scalars(select(Delivery.state).order_by(Delivery.id)))
    assert len(receiver.requests) == 1
    assert states == [DeliveryState.ARRIVED] + [DeliveryState.WAITING] * 4


def test_workers_at_once_send_nothing_twice(
    session: Session, receiver: Receiver, database: Database, database_url: str
) -> None:
    announce(session, receiver, count=120)
    # Two databases stand for two processes.
    other = Database(database_url)
    senders = [make_sender(found, [], threading.Event()) for found in (database, other)]

    threads = [
        threading.Thread(target=senders[number % 2].run) for number in range(HANDS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    senders[0].run()

    other.close()
    assert len(receiver.requests) == 120
    assert len(set(receiver.ids)) == 120
    with database.read() as reader:
        assert set(reader.scalars(select(Delivery.state))) == {DeliveryState.ARRIVED}


def test_an_endpoint_that_hangs_delays_no_other(
    session: Session, receiver: Receiver, sender: Sender
) -> None:
    with receiving() as dead:
        dead.plan.extend([dead.hang] * 50)
        make_endpoint(session, url=dead.url)
        announce(session, receiver, count=40)
        threads = [threading.Thread(target=sender.run) for _ in range(HANDS)]
        for thread in threads:
            thread.start()

        # The hanging one is not waited for: its receiver answers when all is over.
        for _ in range(200):
            if len(receiver.requests) == 40:
                break
            threading.Event().wait(0.01)
        hanging = len(dead.requests)

        dead.is_over.set()
        for thread in threads:
            thread.join()
    assert len(receiver.requests) == 40
    assert 1 <= hanging <= HANDS // 2


def test_what_a_dead_worker_had_in_hand_is_sent_when_its_lease_ends(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    pace = Pace()
    with time_machine.travel(START, tick=False) as clock:
        endpoint = announce(session, receiver)
        with database.write() as writer:
            claim_deliveries(writer, endpoint.id, at=now(), pace=pace)
        sender.run()
        early = len(receiver.requests)
        clock.shift(pace.lease)
        sender.run()

    delivery = read_delivery(database)
    assert (early, len(receiver.requests)) == (0, 1)
    # The attempt that was never ended is on record, too.
    assert [attempt.status for attempt in delivery.attempts] == [None, 204]


def test_a_worker_that_lost_its_lease_changes_no_delivery(
    session: Session, receiver: Receiver, sender: Sender, database: Database
) -> None:
    pace = Pace()
    with time_machine.travel(START, tick=False) as clock:
        endpoint = announce(session, receiver)
        with database.write() as writer:
            slow = claim_deliveries(writer, endpoint.id, at=now(), pace=pace)
        clock.shift(pace.lease)
        with database.write() as writer:
            claim_deliveries(writer, endpoint.id, at=now(), pace=pace)
        assert slow is not None
        receiver.plan.append(answer(500))
        sender.send_batch(slow)

    delivery = read_delivery(database)
    assert delivery.lease not in {"", slow.lease}
    assert delivery.next_at > slow.parcels[0].event.created_at + pace.lease
    assert sorted(str(attempt.status) for attempt in delivery.attempts) == [
        "500",
        "None",
    ]


def test_a_ping_goes_to_one_endpoint_only(
    session: Session, receiver: Receiver, sender: Sender
) -> None:
    make_endpoint(session, url=f"{receiver.url}/other")
    endpoint = make_endpoint(session, url=receiver.url)
    delivery_id = ping_endpoint(session, OPERATOR, endpoint.id)
    session.commit()

    result = sender.send_one(delivery_id)
    sender.run()

    assert result is not None
    assert result.has_arrived
    assert [request.path for request in receiver.requests] == ["/hook"]
    assert json.loads(receiver.requests[0].text)["type"] == "webhook.ping"


def test_an_endpoint_may_be_told_little_or_all(
    session: Session, receiver: Receiver, sender: Sender
) -> None:
    make_endpoint(session, url=f"{receiver.url}/thin", is_thin=True)
    make_endpoint(session, url=f"{receiver.url}/private", has_private=True)
    record_events(session, make_comments(session))
    session.commit()

    sender.run()

    told = {
        request.path: json.loads(request.text)["data"]["comment"]
        for request in receiver.requests
    }
    assert set(told["/hook/thin"]) == {
        "id", "version", "status", "site", "thread", "urls",
    }  # fmt: skip
    assert told["/hook/private"]["email"] == "ada@example.org"


def test_a_private_address_is_refused_with_a_reason(
    session: Session, database: Database, sender: Sender
) -> None:
    make_endpoint(session, url="http://10.0.0.1/hook")
    record_events(session, make_comments(session))
    session.commit()

    sender.run()

    attempt = read_delivery(database).attempts[0]
    assert attempt.status is None
    assert "MODERATION_WEBHOOK_ALLOW" in attempt.error
