"""Asks classifiers on this machine that answer, or misbehave."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from moderation.config import Settings
from moderation.delivery.opinions import Asker, Classifiers
from moderation.delivery.transport import Transport
from moderation.delivery.worker import Worker
from moderation.domain.opinions import Opinion
from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.domain.statuses import Action, Status
from moderation.services.access import OPERATOR
from moderation.services.accuracy import list_weeks, sum_weeks
from moderation.services.advisers import AdviserWish, renew_secret, set_adviser
from moderation.services.controls import Controls, set_controls
from moderation.services.delivery_log import list_deliveries
from moderation.services.drafts import Arrival, Draft, prepare_draft
from moderation.services.opinion_replies import Reply, record_reply
from moderation.services.opinions import OUTSIDE, PACE, claim_questions
from moderation.services.own_changes import change_own, draft_change
from moderation.services.reviews import decide_comments, list_history, undo_decisions
from moderation.services.rules import add_rule, parse_rule
from moderation.services.sealing import Sealer
from moderation.services.submissions import submit_comment
from moderation.spam.verdict import Thresholds
from moderation.storage.models import Adviser, Comment, OpinionRequest
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_endpoint, make_moderator, make_site
from tests.unit.delivery.receiving import (
    Behaviour,
    Received,
    Receiver,
    answer,
    break_off,
    talk_nonsense,
)
from tests.waiting import wait_until

SEALER = Sealer(["k" * 48])
# Once: what comes later is another test's.
ONCE = replace(PACE, delays=(timedelta(),))
LOOPBACK = ip_network("127.0.0.0/8")
BODY = "How did you measure this? My numbers differ a little on the old machine."


def say(score: object, **more: object) -> Behaviour:
    return answer(200, json.dumps({"score": score, **more}).encode())


@pytest.fixture
def secret(session: Session, receiver: Receiver) -> str:
    """Return the secret of the adviser of a site that publishes what it trusts."""
    make_site(session, policy=Policy.HOLD_SUSPECT)
    wish = AdviserWish(url=receiver.url)
    secret = set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER)
    session.commit()
    return secret


MakeAsker = Callable[..., Asker]


@pytest.fixture
def make_asker(database: Database) -> MakeAsker:
    def make(*, seconds: float = 2.0, pace: Any = ONCE, **more: Any) -> Asker:  # noqa: ANN401 Asker's
        transport = Transport(
            **{"allowed": [LOOPBACK], "total_seconds": seconds, **more}
        )
        return Asker(
            database,
            Classifiers(transport, SEALER),
            wake=lambda _: None,
            is_stopping=threading.Event(),
            pace=pace,
        )

    return make


def draft(body: str = BODY) -> Draft:
    return prepare_draft(
        thread="post-1", name="Ada", email="ada@reader.example.com", body=body
    )


def post(database: Database, body: str = BODY) -> int:
    with database.write() as session:
        arrival = Arrival(ip="198.51.100.7", user_agent="Mozilla/5.0")
        return submit_comment(session, "blog", draft(body), arrival).id


def read(database: Database, comment_id: int) -> tuple[Status, str]:
    """Return the status of a comment, and what it says of the opinion."""
    with database.read() as session:
        comment = session.get_one(Comment, comment_id)
        reasons = [one.reason for one in comment.signals if one.name == OUTSIDE]
        return comment.status, "".join(reasons)


@pytest.mark.usefixtures("secret")
def test_what_would_be_published_waits_for_the_opinion(database: Database) -> None:
    comment_id = post(database)

    assert read(database, comment_id) == (
        Status.HELD,
        "It waits for an outside opinion.",
    )


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        # It agrees with the filter, or has no opinion, or the opposite one.
        (say(0.01), Status.APPROVED, "An outside opinion takes it for spam by 1%."),
        (say(0.5), Status.APPROVED, "An outside opinion takes it for spam by 50%."),
        (
            say(0.999, reason="Seen on nine blogs"),
            Status.HELD,
            "An outside opinion takes it for spam by 99%: Seen on nine blogs",
        ),
    ],
)
@pytest.mark.usefixtures("secret")
def test_the_opinion_is_one_more_signal(
    database: Database,
    receiver: Receiver,
    make_asker: MakeAsker,
    *,
    said: Behaviour,
    status: Status,
    reason: str,
) -> None:
    receiver.usual = said
    comment_id = post(database)

    make_asker().run()

    assert read(database, comment_id) == (status, reason)


def test_the_question_is_signed_and_tells_no_address(
    database: Database, receiver: Receiver, make_asker: MakeAsker, secret: str
) -> None:
    comment_id = post(database)

    make_asker().run()

    (request,) = receiver.requests
    told = Webhook(secret).verify(request.text, dict(request.headers))
    assert told["type"] == "opinion.wanted"
    assert told["data"]["site"] == "blog"
    comment = told["data"]["comment"]
    assert (comment["id"], comment["version"], comment["body"]) == (comment_id, 1, BODY)
    assert "ada@reader.example.com" not in request.text
    assert "198.51.100.7" not in request.text
    assert "Mozilla" not in request.text


def test_an_owner_may_let_the_email_be_told(
    database: Database, receiver: Receiver, make_asker: MakeAsker, secret: str
) -> None:
    del secret
    with database.write() as session:
        wish = AdviserWish(url=receiver.url, sends_email=True)
        set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER)
    post(database)

    make_asker().run()

    comment = json.loads(receiver.requests[0].text)["data"]["comment"]
    assert comment["email"] == "ada@reader.example.com"
    assert "198.51.100.7" not in receiver.requests[0].text


@pytest.mark.parametrize(
    ("behave", "problem"),
    [
        (answer(200, b"garbage"), "The answer is no JSON."),
        (answer(200, b'{"score": 7}'), "Its score is no number"),
        (answer(500), "It answered with status 500."),
        (answer(401), "It answered with status 401."),
        (answer(204), "It answered with status 204."),
        (
            answer(302, headers={"Location": "http://169.254.169.254/"}),
            "It answered with a redirect",
        ),
        (break_off, "The connection failed"),
        (talk_nonsense, "can't be understood as HTTP"),
        (Receiver.flood, "longer than 16,384 bytes"),
        (Receiver.hang, "no whole answer within 0.2 seconds"),
        (Receiver.drip, "no whole answer within 0.2 seconds"),
    ],
)
@pytest.mark.usefixtures("secret")
def test_without_an_answer_a_comment_stays_held_and_says_why(
    database: Database,
    receiver: Receiver,
    make_asker: MakeAsker,
    behave: Any,  # noqa: ANN401 a behaviour, or a method that is one
    problem: str,
) -> None:
    is_own = behave in {Receiver.flood, Receiver.hang, Receiver.drip}
    receiver.usual = behave.__get__(receiver) if is_own else behave
    comment_id = post(database)

    begun = time.monotonic()
    make_asker(seconds=0.2).run()
    taken = time.monotonic() - begun

    status, reason = read(database, comment_id)
    assert status is Status.HELD
    assert reason.startswith("No outside opinion came, so a person decides.")
    assert problem in reason
    assert taken < 5
    # Far less than it wanted to send.
    assert receiver.sent_bytes < 20_000_000
    with database.read() as session:
        adviser = session.scalars(select(Adviser)).one()
        assert problem in adviser.problem
        assert adviser.failing_since is not None
        assert session.scalars(select(OpinionRequest)).all() == []


@pytest.mark.usefixtures("secret")
def test_the_worker_asks_as_soon_as_a_comment_is_stored(
    tmp_path: Path, database: Database, database_url: str, receiver: Receiver
) -> None:
    receiver.usual = say(0.1)
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="k" * 48,
        webhook_allow=(LOOPBACK,),
    )
    worker = Worker(settings, database, jobs=())
    database.on_work = worker.tell
    worker.start()

    comment_id = post(database)

    assert wait_until(lambda: read(database, comment_id)[0] is Status.APPROVED)
    worker.stop()


@pytest.mark.usefixtures("secret")
def test_a_private_address_is_not_asked_unless_the_operator_allows(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    comment_id = post(database)

    make_asker(allowed=()).run()

    assert receiver.requests == []
    assert "MODERATION_WEBHOOK_ALLOW" in read(database, comment_id)[1]


@pytest.mark.usefixtures("secret")
def test_who_does_not_answer_is_asked_again_a_little_later(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.plan.extend([answer(503), answer(503)])
    receiver.usual = say(0.2)
    comment_id = post(database)
    asker = make_asker(pace=PACE)
    start = now()

    statuses = []
    for seconds in (0, 1, 12, 80):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            asker.run()
        statuses.append((len(receiver.requests), read(database, comment_id)[0]))

    assert statuses == [
        (1, Status.HELD),
        (1, Status.HELD),
        (2, Status.HELD),
        (3, Status.APPROVED),
    ]


@pytest.mark.parametrize("is_undone", [False, True])
@pytest.mark.usefixtures("secret")
def test_an_answer_moves_nothing_that_somebody_decided_on_meanwhile(
    database: Database, *, is_undone: bool
) -> None:
    comment_id = post(database)
    with database.write() as session:
        (question,) = claim_questions(session, at=now())
    with database.write() as session:
        decide_comments(session, OPERATOR, {comment_id: 1}, Action.REJECT)
    if is_undone:
        with database.write() as session:
            last = list_history(session, comment_id)[-1]
            undo_decisions(session, OPERATOR, [last.id])

    with database.write() as session:
        reply = Reply(opinion=Opinion(score=0.01))
        record_reply(session, question, reply, at=now())

    assert read(database, comment_id) == (
        Status.HELD if is_undone else Status.REJECTED,
        "Somebody decided before an outside opinion came.",
    )


@pytest.mark.usefixtures("secret")
def test_who_comes_after_the_lease_changes_nothing(database: Database) -> None:
    comment_id = post(database)
    with database.write() as session:
        (first,) = claim_questions(session, at=now())
        nothing = claim_questions(session, at=now())
    with database.write() as session:
        (second,) = claim_questions(session, at=now() + PACE.lease)

    with database.write() as session:
        record_reply(session, second, Reply(opinion=Opinion(score=0.999)), at=now())
        record_reply(session, first, Reply(opinion=Opinion(score=0.01)), at=now())

    assert nothing == []
    assert read(database, comment_id)[0] is Status.HELD


@pytest.mark.usefixtures("secret")
def test_the_history_says_who_decided_and_it_can_be_undone(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.usual = say(0.02, reason="Fine")
    comment_id = post(database)
    make_asker().run()

    with database.write() as session:
        arrival, decision = list_history(session, comment_id)
        moderator = make_moderator(session)
        undo_decisions(session, OPERATOR, [decision.id])

    assert moderator.id is not None
    assert "It waits for an outside opinion." in arrival.why
    assert (decision.agent, decision.moderator_id) == ("outside opinion", None)
    assert "An outside opinion takes it for spam by 2%: Fine" in decision.why
    # The filter teaches itself nothing.
    assert decision.label is None
    assert read(database, comment_id)[0] is Status.HELD


@pytest.mark.usefixtures("secret")
def test_what_the_opinion_let_through_counts_as_published(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.plan.extend([say(0.1), say(0.999)])
    for number in range(2):
        post(database, f"{BODY} {number}")
    make_asker().run()

    with database.read() as session:
        counts = sum_weeks(list_weeks(session, OPERATOR, "blog"))

    assert (counts.published, counts.held) == (1, 1)


@pytest.mark.usefixtures("secret")
def test_receivers_of_webhooks_are_told_of_both_steps(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.usual = say(0.1)
    with database.write() as session:
        endpoint = make_endpoint(session, sites=["blog"])
    post(database)
    make_asker().run()

    with database.read() as session:
        found = list_deliveries(session, OPERATOR, endpoint.id)
        assert sorted(one.event.type for one in found) == [
            "comment.approved",
            "comment.held",
        ]


@pytest.mark.usefixtures("secret")
def test_what_an_owners_rule_lets_in_is_asked_of_nobody(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    rule = parse_rule(
        action=RuleAction.ALLOW,
        kind=RuleKind.WORD,
        scope=RuleScope.ANY,
        value="measure",
    )
    with database.write() as session:
        add_rule(session, OPERATOR, "blog", rule)

    comment_id = post(database)
    make_asker().run()

    assert read(database, comment_id) == (Status.APPROVED, "")
    assert receiver.requests == []


@pytest.mark.usefixtures("secret")
def test_the_policy_of_now_has_the_last_word(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.usual = say(0.01)
    comment_id = post(database)
    with database.write() as session:
        controls = Controls(policy=Policy.HOLD_ALL, thresholds=Thresholds())
        set_controls(session, OPERATOR, "blog", controls)

    make_asker().run()

    assert read(database, comment_id)[0] is Status.HELD


@pytest.mark.usefixtures("secret")
def test_switched_off_nothing_is_asked_and_what_waited_goes_on_waiting(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    waiting = post(database)
    with database.write() as session:
        wish = AdviserWish(url=receiver.url, is_on=False)
        set_adviser(session, OPERATOR, "blog", wish, sealer=SEALER)
    later = post(database, f"{BODY} Later.")

    make_asker().run()

    assert receiver.requests == []
    assert read(database, later) == (Status.APPROVED, "")
    assert read(database, waiting) == (
        Status.HELD,
        "No outside opinion came, so a person decides. Asking was switched off.",
    )


def test_a_new_secret_signs_at_once_and_the_old_one_for_a_day(
    database: Database, receiver: Receiver, make_asker: MakeAsker, secret: str
) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        post(database)
        with database.write() as session:
            new = renew_secret(session, OPERATOR, "blog", sealer=SEALER)
        make_asker().run()
    # A little more is past the end of the lease, too.
    with time_machine.travel(start + timedelta(days=1), tick=False):
        post(database, "Another one, about something else. What do you think of it?")
        make_asker().run()

    first, second = receiver.requests
    told = [request.headers["webhook-signature"].split() for request in (first, second)]
    assert new != secret
    assert told[0] == [sign(new, first), sign(secret, first)]
    assert told[1] == [sign(new, second)]
    with database.read() as session:
        kept = session.scalars(select(Adviser.secret)).one()
    assert new.removeprefix("whsec_") not in kept


def sign(secret: str, request: Received) -> str:
    """Return the signature by a secret that a request should have."""
    at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    return Webhook(secret).sign(request.headers["webhook-id"], at, request.text)


@pytest.mark.usefixtures("secret")
def test_a_secret_sealed_with_a_lost_key_holds_and_says_so(
    database: Database, receiver: Receiver
) -> None:
    comment_id = post(database)
    transport = Transport(allowed=[LOOPBACK])
    asker = Asker(
        database,
        Classifiers(transport, Sealer(["other" * 10])),
        wake=lambda _: None,
        is_stopping=threading.Event(),
        pace=ONCE,
    )

    asker.run()

    assert receiver.requests == []
    assert "Make a new one" in read(database, comment_id)[1]


def change(database: Database, comment_id: int, body: str) -> None:
    with database.read() as session:
        changed = draft_change(session, "blog", comment_id, body=body)
    with database.write() as session:
        change_own(session, "blog", comment_id, changed, Arrival())


@pytest.mark.usefixtures("secret")
def test_a_text_that_its_author_changes_is_asked_about_anew(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.plan.extend([say(0.1), say(0.2)])
    comment_id = post(database)
    asker = make_asker()
    asker.run()
    published = read(database, comment_id)[0]

    change(database, comment_id, f"{BODY} And why?")
    meanwhile = read(database, comment_id)[0]
    asker.run()

    assert (published, meanwhile) == (Status.APPROVED, Status.HELD)
    assert "And why?" in receiver.requests[-1].text
    assert read(database, comment_id)[0] is Status.APPROVED


@pytest.mark.usefixtures("secret")
def test_a_text_that_was_doubted_is_not_tried_again_with_another(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.plan.extend([say(0.999), say(0.01)])
    comment_id = post(database)
    asker = make_asker()
    asker.run()

    change(database, comment_id, f"{BODY} And why?")
    asker.run()

    assert len(receiver.requests) == 1
    assert read(database, comment_id)[0] is Status.HELD


@pytest.mark.usefixtures("secret")
def test_one_that_hangs_keeps_no_other_site_waiting(
    database: Database, receiver: Receiver, make_asker: MakeAsker
) -> None:
    receiver.usual = lambda handler: (
        receiver.hang(handler) if handler.path == "/hang" else say(0.1)(handler)
    )
    with database.write() as session:
        make_site(session, key="other", policy=Policy.HOLD_SUSPECT)
        for key, path in (("blog", "/hang"), ("other", "/hook")):
            url = receiver.url.replace("/hook", path)
            wish = AdviserWish(url=url)
            set_adviser(session, OPERATOR, key, wish, sealer=SEALER)
    for number in range(5):
        post(database, f"{BODY} {number}")
    with database.write() as session:
        other = submit_comment(session, "other", draft(), Arrival()).id

    make_asker(seconds=0.1).run()

    paths = [request.path for request in receiver.requests]
    assert "/hook" in paths[:2]
    assert read(database, other)[0] is Status.APPROVED
