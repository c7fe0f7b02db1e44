"""Owns how endpoints are written in the API: what is asked for, and what is told."""

from typing import Any

from moderation.delivery.signing import show_public_key
from moderation.domain.events import WANTABLE
from moderation.domain.presets import LONGEST_TEMPLATE, Preset
from moderation.services.endpoint_keys import list_public_keys
from moderation.storage.models import Endpoint, EndpointState
from moderation.storage.models.base import now
from moderation.web.api.fields import Choice, Flag, Moment, Text, Whole
from moderation.web.api.shapes import SITE_KEY, tell_moment
from moderation.web.api.structures import Many, Maybe, Names, Shape, given_shape

MOST_SITES = 100
TYPE = Text(about=f"One of {', '.join(WANTABLE)}.", most=40)
WISH = Shape(
    name="EndpointWish",
    members={
        "url": Text(about="Where events are sent.", least=8, most=2_000, is_line=True),
        "name": Text(most=200, is_line=True),
        "sites": Many(of=SITE_KEY, least=1, most=MOST_SITES),
        "types": Many(of=TYPE, most=20, about="Which events; empty for all."),
        "preset": Choice(of=Preset, about="The form of the body."),
        "template": Text(about="For the preset `template`.", most=LONGEST_TEMPLATE),
        "headers": Names(about="Sent besides ours."),
        "is_thin": Flag(about="Tell that something happened, not what."),
        "has_private": Flag(about="Tell addresses, too; needs the scope `emails`."),
        "has_public_key": Flag(about="Sign by Ed25519 (v1a), too."),
    },
    needed=frozenset({"url", "sites"}),
)
PUBLIC_KEYS = Many(
    of=Text(),
    about="What verifies signatures of version v1a; two while a key is replaced.",
)
ENDPOINT = given_shape(
    "Endpoint",
    id=Whole(),
    version=Whole(),
    url=Text(),
    name=Text(),
    sites=Many(of=Text()),
    types=Many(of=Text()),
    preset=Choice(of=Preset),
    headers=Many(of=Text(), about="The names of the headers sent besides ours."),
    public_keys=PUBLIC_KEYS,
    is_thin=Flag(),
    has_private=Flag(),
    state=Choice(of=EndpointState),
    reason=Text(about="Why it is disabled."),
    failing_since=Maybe(of=Moment()),
    created_at=Moment(),
)
SECRET = Text(about="What deliveries are signed with. Keep it: it is told but once.")
ADDED = given_shape("AddedEndpoint", endpoint=ENDPOINT, secret=SECRET)
ROTATED = given_shape("RotatedSecret", secret=SECRET, public_keys=PUBLIC_KEYS)
PINGED = given_shape("Ping", delivery=Whole(about="The id of the delivery."))
REPLAY = Shape(
    name="Replay",
    members={"since": Moment(about="What failed since then is sent again.")},
    needed=frozenset({"since"}),
)
REPLAYED = given_shape("Replayed", deliveries=Whole(about="How many."))


def tell_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """Return an endpoint. Values of headers are left out: they may be secrets."""
    failing = endpoint.failing_since
    return {
        "id": endpoint.id,
        "version": endpoint.version,
        "url": endpoint.url,
        "name": endpoint.name,
        "sites": [site.key for site in endpoint.sites],
        "types": list(endpoint.types),
        "preset": endpoint.preset,
        "headers": sorted(endpoint.headers),
        "public_keys": [
            show_public_key(key) for key in list_public_keys(endpoint, now())
        ],
        "is_thin": endpoint.is_thin,
        "has_private": endpoint.has_private,
        "state": endpoint.state,
        "reason": endpoint.reason,
        "failing_since": tell_moment(failing) if failing else None,
        "created_at": tell_moment(endpoint.created_at),
    }
