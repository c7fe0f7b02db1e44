"""Owns what is sent of an event: body and headers, as one endpoint wants them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moderation.delivery.signing import sign_headers
from moderation.domain.presets import Body, Message, Preset, make_body
from moderation.services.endpoint_keys import Unsealed
from moderation.storage.models import Endpoint, Event

USER_AGENT = "leave-a-reply"
# What an endpoint is told that wants to know that something happened, not what.
THIN_FIELDS = ("id", "version", "status", "site", "thread")


def make_headers(
    unsealed: Unsealed, event: Event, body: Body, *, at: datetime
) -> Mapping[str, str]:
    """Return the headers of a request made at an instant, its signatures among them."""
    signed = sign_headers(
        event.uid,
        body.text,
        keys=unsealed.shared,
        private_keys=unsealed.private,
        at=at,
    )
    return {
        "User-Agent": USER_AGENT,
        **unsealed.headers,
        **body.headers,
        **signed,
    }


def make_event_body(endpoint: Endpoint, event: Event, *, base_url: str) -> Body:
    """Return the body of a request: the same however often it is sent."""
    return make_body(
        Preset(endpoint.preset),
        _make_message(endpoint, event, base_url),
        uid=event.uid,
        source=base_url,
        template=endpoint.template,
    )


def _make_message(endpoint: Endpoint, event: Event, base_url: str) -> Message:
    data: dict[str, Any] = {}
    if event.payload:
        comment = dict(event.payload)
        page = comment.get("page", {}).get("url", "")
        if endpoint.has_private:
            comment |= event.private
        if endpoint.is_thin:
            comment = {name: comment[name] for name in THIN_FIELDS}
        comment["urls"] = {"page": page, "queue": f"{base_url}/moderate/"}
        data = {"sequence": event.sequence, "comment": comment}
    return {
        "type": event.type,
        "timestamp": event.created_at.isoformat(),
        "data": data,
    }
