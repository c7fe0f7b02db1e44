"""What other services are sent, as a receiver on this machine gets it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from moderation.delivery.sender import Sender
from moderation.domain.presets import Preset
from moderation.services.events import record_events
from tests.factories import (
    make_comment,
    make_endpoint,
    make_site,
    make_thread,
    read_secret,
)
from tests.unit.delivery.receiving import Received, Receiver

BASE_URL = "https://comments.example.org"
TEMPLATE = '{"chat": "${data.comment.name}: ${data.comment.body}", "url": "${type}"}'
LINES = f"""\
A comment on blog was held.
{{name}}: {{body}}
https://blog.example/post-1/
{BASE_URL}/moderate/"""
NAME, BODY = "Ada <b>", '"@all" & @here: <!channel>'
# Returns what a service of that form was sent about a comment, its signature verified.
Tell = Callable[[Preset], Received]


@pytest.fixture
def tell(session: Session, receiver: Receiver, sender: Sender) -> Tell:
    def send(preset: Preset) -> Received:
        endpoint = make_endpoint(
            session,
            url=receiver.url,
            preset=preset,
            template=TEMPLATE,
            headers={"Authorization": "Bearer abc"},
        )
        thread = make_thread(session, make_site(session))
        record_events(session, [make_comment(session, thread, name=NAME, body=BODY)])
        session.commit()
        sender.run()
        (got,) = receiver.requests
        Webhook(read_secret(endpoint)).verify(got.text, dict(got.headers))
        return got

    return send


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        # A build hook: its address says it all.
        (Preset.NETLIFY, {}),
        (
            Preset.SLACK,
            {
                "text": LINES.format(
                    name="Ada &lt;b&gt;", body='"@all" &amp; @here: &lt;!channel&gt;'
                )
            },
        ),
        (
            Preset.DISCORD,
            {
                "content": LINES.format(name=NAME, body=BODY),
                "allowed_mentions": {"parse": []},
            },
        ),
        (
            Preset.MATTERMOST,
            {"text": LINES.format(name=NAME, body=BODY.replace("@", "@\u200b"))},
        ),
        (Preset.TEMPLATE, {"chat": f"{NAME}: {BODY}", "url": "comment.held"}),
    ],
)
def test_a_service_is_told_in_its_own_form(
    tell: Tell, preset: Preset, expected: dict[str, Any]
) -> None:
    got = tell(preset)

    assert json.loads(got.text) == expected
    assert got.headers["content-type"] == "application/json"
    assert got.headers["authorization"] == "Bearer abc"


def test_github_is_asked_to_dispatch(tell: Tell) -> None:
    got = tell(Preset.GITHUB)

    told = json.loads(got.text)
    assert told.keys() == {"event_type", "client_payload"}
    assert told["event_type"] == "comment.held"
    # It takes no more than ten members there.
    assert told["client_payload"].keys() == {"sequence", "comment"}
    assert told["client_payload"]["comment"]["body"] == BODY
    # Without these two it refuses whatever is asked.
    assert got.headers["user-agent"] == "leave-a-reply"
    assert got.headers["authorization"] == "Bearer abc"
    assert got.headers["accept"] == "application/vnd.github+json"


def test_an_event_is_told_as_cloudevents_have_it(tell: Tell) -> None:
    got = tell(Preset.CLOUDEVENTS)

    told = json.loads(got.text)
    data = told.pop("data")
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "specversion": "1.0",
        "id": got.headers["webhook-id"],
        "source": BASE_URL,
        "type": "comment.held",
        "datacontenttype": "application/json",
    }
    assert (data["sequence"], data["comment"]["body"]) == (1, BODY)
    assert got.headers["content-type"] == "application/cloudevents+json"
