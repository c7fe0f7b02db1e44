"""Owns the forms in which an event can be told: our own, and what other services take.

A message is `{"type", "timestamp", "data"}`; its data has `sequence` and `comment`, a
ping's neither.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from moderation.domain.errors import InvalidInputError

JSON_TYPE = "application/json"
CLOUDEVENTS_TYPE = "application/cloudevents+json"
GITHUB_TYPE = "application/vnd.github+json"
# Discord takes no more characters in a message, and GitHub no larger bodies.
MOST_AT_DISCORD = 2_000
MOST_AT_GITHUB = 60_000
LONGEST_EXCERPT = 500
LONGEST_TEMPLATE = 20_000

Message = Mapping[str, Any]


class Preset(StrEnum):
    """The form of a body. `TEMPLATE` is the owner's own."""

    STANDARD = "standard"
    CLOUDEVENTS = "cloudevents"
    NETLIFY = "netlify"
    GITHUB = "github"
    SLACK = "slack"
    DISCORD = "discord"
    MATTERMOST = "mattermost"
    TEMPLATE = "template"


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is sent: the text, and the headers that say what it is."""

    text: str
    headers: Mapping[str, str]


def make_body(
    preset: Preset, message: Message, *, uid: str, source: str, template: str = ""
) -> Body:
    """Return a message in the form of `preset`.

    `uid` is its id and `source` the address of this service, both for CloudEvents.
    """
    match preset:
        case Preset.TEMPLATE:
            text = fill_template(template, message)
            return Body(text=text, headers={"Content-Type": JSON_TYPE})
        case Preset.CLOUDEVENTS:
            return _dump(_make_cloud_event(message, uid, source), CLOUDEVENTS_TYPE)
        case Preset.GITHUB:
            return _dump(_make_dispatch(message), accept=GITHUB_TYPE)
        case _:
            return _dump(_MAKERS[preset](message))


def fill_template(template: str, message: Message) -> str:
    """Return a JSON template with each `${name}` replaced by what the message has.

    Names go into the message by dots, as `${data.comment.name}`, and stand in JSON
    strings; what is not there becomes empty. Nothing else is done with the text: it
    is no program (ASVS 5.0.0, 1.3.7).
    """

    def fill(match: re.Match[str]) -> str:
        found = _find(message, match["name"])
        text = found if isinstance(found, str) else json.dumps(found)
        return json.dumps(text, ensure_ascii=False)[1:-1]

    return _PLACE.sub(fill, template)


def check_template(template: str) -> str:
    """Return a template that gives JSON.

    :raises InvalidInputError: if it does not, or is too long.
    """
    if len(template) > LONGEST_TEMPLATE:
        problem = f"Use at most {LONGEST_TEMPLATE} characters."
        raise InvalidInputError({"template": [problem]})
    try:
        json.loads(fill_template(template, _QUOTES))
    except (ValueError, RecursionError) as error:
        problem = (
            "This gives no JSON when it is filled. Write JSON, with places like "
            "${data.comment.name} in its strings."
        )
        raise InvalidInputError({"template": [problem]}) from error
    return template


_PLACE = re.compile(r"\$\{(?P<name>[a-z_]+(?:\.[a-z_]+){0,4})\}")
_QUOTES: Message = {"type": '"', "timestamp": '"', "data": {}}


def _find(message: Message, name: str) -> Any:  # noqa: ANN401 any part of the message
    found: Any = message
    for key in name.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return "" if found is None else found


def _dump(value: Any, kind: str = JSON_TYPE, *, accept: str = "") -> Body:  # noqa: ANN401 any JSON
    headers = {"Content-Type": kind}
    if accept:
        headers["Accept"] = accept
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Body(text=text, headers=headers)


def _make_cloud_event(message: Message, uid: str, source: str) -> Message:
    """Return an event in CloudEvents 1.0, structured mode."""
    return {
        "specversion": "1.0",
        "id": uid,
        "source": source,
        "type": message["type"],
        "time": message["timestamp"],
        "datacontenttype": JSON_TYPE,
        "data": message["data"],
    }


def _make_dispatch(message: Message) -> Message:
    """Return GitHub's repository_dispatch: workflows read it as `client_payload`.

    A comment too large for it is told without its text.
    """
    data = message["data"]
    if len(json.dumps(data)) > MOST_AT_GITHUB:
        comment = {**data["comment"], "body": "", "html": "", "signals": []}
        data = {**data, "comment": comment}
    return {"event_type": message["type"], "client_payload": data}


def _make_build(message: Message) -> Message:
    """Return what starts a build at Netlify: it is not told of the comment."""
    del message
    return {}


def _make_slack(message: Message) -> Message:
    # Slack reads <…> as links and mentions (its manual, "Formatting text").
    text = _describe(message)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped}


def _make_discord(message: Message) -> Message:
    # An empty list: nobody is called by what a visitor wrote.
    content = _describe(message)[:MOST_AT_DISCORD]
    return {"content": content, "allowed_mentions": {"parse": []}}


def _make_mattermost(message: Message) -> Message:
    # A space without width behind each @: nobody is called by what a visitor wrote.
    return {"text": _describe(message).replace("@", "@\u200b")}


def _describe(message: Message) -> str:
    """Return a message in a few lines, for people."""
    comment = message["data"].get("comment")
    if comment is None:
        return "Leave a Reply: this is a test. Webhooks arrive here."
    happened = message["type"].partition(".")[2]
    lines = [f"A comment on {comment['site']} was {_WORDS.get(happened, happened)}."]
    if "body" in comment:
        excerpt = comment["body"][:LONGEST_EXCERPT]
        is_cut = len(comment["body"]) > LONGEST_EXCERPT
        lines.append(f"{comment['name']}: {excerpt}{'…' if is_cut else ''}")
    lines += [url for url in comment.get("urls", {}).values() if url]
    return "\n".join(lines)


_WORDS = {"spam": "filed as spam"}
_MAKERS: Mapping[Preset, Callable[[Message], Message]] = {
    Preset.STANDARD: lambda message: message,
    Preset.NETLIFY: _make_build,
    Preset.SLACK: _make_slack,
    Preset.DISCORD: _make_discord,
    Preset.MATTERMOST: _make_mattermost,
}
