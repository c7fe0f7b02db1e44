import json

import pytest

from moderation.domain.errors import InvalidInputError
from moderation.domain.presets import (
    Message,
    Preset,
    check_template,
    fill_template,
    make_body,
)

URLS = {"page": "https://blog.example/post/", "queue": "https://c.example/moderate/"}


def make_message(*, name: str = "Ada", body: str = "It helped.") -> Message:
    return {
        "type": "comment.held",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "data": {
            "sequence": 7,
            "comment": {"site": "blog", "name": name, "body": body, "urls": URLS},
        },
    }


def make_text(preset: Preset, message: Message) -> str:
    return make_body(preset, message, uid="msg_1", source="https://c.example").text


PING: Message = {"type": "webhook.ping", "timestamp": "", "data": {}}


@pytest.mark.parametrize("preset", [p for p in Preset if p is not Preset.TEMPLATE])
@pytest.mark.parametrize("message", [make_message(), PING])
def test_each_form_is_json(preset: Preset, message: Message) -> None:
    assert isinstance(json.loads(make_text(preset, message)), dict)


@pytest.mark.parametrize(
    ("preset", "hostile", "absent"),
    [
        # Links and mentions of Slack.
        (Preset.SLACK, "<!channel> <https://evil.example|here>", "<"),
        # Mentions of Mattermost.
        (Preset.MATTERMOST, "@channel @all", "@channel"),
    ],
)
def test_a_visitor_can_call_nobody(preset: Preset, hostile: str, absent: str) -> None:
    message = make_message(name=hostile, body=hostile)

    text = json.loads(make_text(preset, message))["text"]

    assert absent not in text


def test_nobody_is_called_at_discord() -> None:
    found = json.loads(make_text(Preset.DISCORD, make_message(body="@everyone")))

    assert found["allowed_mentions"] == {"parse": []}


def test_a_long_comment_is_cut_for_people() -> None:
    found = json.loads(make_text(Preset.DISCORD, make_message(body="x" * 60_000)))

    assert len(found["content"]) < 2_000
    assert "…" in found["content"]


def test_a_message_to_discord_is_never_too_long() -> None:
    message = make_message()
    message["data"]["comment"]["urls"] = {"page": "https://blog.example/" + "x" * 1_900}
    message["data"]["comment"]["body"] = "y" * 600

    found = json.loads(make_text(Preset.DISCORD, message))

    assert len(found["content"]) == 2_000


def test_a_comment_too_large_for_github_is_told_without_its_text() -> None:
    texts = [
        make_text(Preset.GITHUB, make_message(body=body))
        for body in ("é" * 999, "é" * 65_525)
    ]

    told = [json.loads(text)["client_payload"]["comment"] for text in texts]
    assert [comment["body"] for comment in told] == ["é" * 999, ""]
    assert told[1]["name"] == "Ada"
    assert len(texts[1].encode()) < 65_536


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{"text": "${type}"}', {"text": "comment.held"}),
        ('{"a": "by ${data.comment.name}!"}', {"a": "by Ada!"}),
        ('{"a": "${data.sequence}"}', {"a": "7"}),
        ('{"a": "${data.comment.urls}"}', {"a": json.dumps(URLS)}),
        # What is not there, and what is no place.
        ('{"a": "${data.comment.email}"}', {"a": ""}),
        ('{"a": "${data.comment.name.first}"}', {"a": ""}),
        ('{"a": "${}", "b": "$type"}', {"a": "${}", "b": "$type"}),
        ('{"a": "${data.__class__}"}', {"a": ""}),
    ],
)
def test_a_template_is_filled(template: str, expected: object) -> None:
    assert json.loads(fill_template(template, make_message())) == expected


def test_what_a_visitor_wrote_can_not_break_out_of_its_string() -> None:
    hostile = '", "admin": true, "x": "\\ \n ${type}'

    filled = fill_template('{"a": "${data.comment.body}"}', make_message(body=hostile))

    assert json.loads(filled) == {"a": hostile}


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "text: ${type}",
        # Outside of a string nothing could be quoted.
        '{"a": ${type}}',
        "[" * 19_000,
        '"' + "x" * 20_000 + '"',
    ],
)
def test_what_gives_no_json_is_no_template(template: str) -> None:
    with pytest.raises(InvalidInputError):
        check_template(template)
