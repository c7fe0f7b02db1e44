"""Owns endpoints in the API: who is told what happens, and how."""

from collections.abc import Mapping
from typing import Any

from moderation.delivery.signing import show_secret
from moderation.delivery.targets import check_target
from moderation.delivery.transport import Transport
from moderation.domain.errors import InvalidInputError, NotAllowedError
from moderation.domain.presets import Preset
from moderation.services.access import Actor
from moderation.services.delivery_log import ping_endpoint, redeliver_failed
from moderation.services.endpoint_wishes import Wish
from moderation.services.endpoints import (
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
    set_endpoint,
)
from moderation.storage.models import Endpoint, Scope
from moderation.web.api.endpoint_shapes import (
    ADDED,
    ENDPOINT,
    PINGED,
    REPLAY,
    REPLAYED,
    ROTATED,
    WISH,
    tell_endpoint,
)
from moderation.web.api.operations import NOTHING, Answer, Call, Operation
from moderation.web.api.structures import Many, given_shape
from moderation.web.context import get_sealer, get_settings

TAG = "Endpoints"


def check_address(body: Mapping[str, Any]) -> None:
    """Refuse an address that nothing can be sent to. It asks the network.

    :raises InvalidInputError: if so.
    """
    check_target(Transport(allowed=get_settings().webhook_allow), body["url"])


def list_(call: Call) -> Answer:
    """Answer with the endpoints of the token's sites."""
    found = list_endpoints(call.session, call.actor)
    return Answer(body={"endpoints": [tell_endpoint(endpoint) for endpoint in found]})


def show(call: Call) -> Answer:
    """Answer with one endpoint."""
    return _tell(find_endpoint(call.session, call.actor, call.path["endpoint_id"]))


def add(call: Call) -> Answer:
    """Add an endpoint; its secret is in the answer, and nowhere else."""
    wish = _read_wish(call)
    added = add_endpoint(call.session, call.actor, wish, sealer=get_sealer())
    endpoint = added.endpoint
    body = {"endpoint": tell_endpoint(endpoint), "secret": show_secret(added.secret)}
    return Answer(body=body, status=201, headers={"ETag": _make_tag(endpoint)})


def change(call: Call) -> Answer:
    """Make an endpoint what is asked for, if it is still as it was seen."""
    endpoint = _find_own(call)
    call.require_tag(_make_tag(endpoint))
    wish = _read_wish(call)
    return _tell(
        set_endpoint(
            call.session,
            call.actor,
            endpoint.id,
            wish,
            version=endpoint.version,
            sealer=get_sealer(),
        )
    )


def ping(call: Call) -> Answer:
    """Send a test event to an endpoint soon."""
    endpoint_id = call.path["endpoint_id"]
    delivery_id = ping_endpoint(call.session, call.actor, endpoint_id)
    return Answer(body={"delivery": delivery_id}, status=202)


def rotate(call: Call) -> Answer:
    """Give an endpoint a new secret."""
    endpoint = _find_own(call)
    key = rotate_secret(call.session, call.actor, endpoint.id, sealer=get_sealer())
    public = tell_endpoint(endpoint)["public_keys"]
    return Answer(body={"secret": show_secret(key), "public_keys": public})


def disable(call: Call) -> Answer:
    """Tell an endpoint nothing any more."""
    return _tell(disable_endpoint(call.session, call.actor, call.path["endpoint_id"]))


def enable(call: Call) -> Answer:
    """Tell an endpoint of events again."""
    return _tell(enable_endpoint(call.session, call.actor, _find_own(call).id))


def replay(call: Call) -> Answer:
    """Send again what has failed since an instant."""
    number = redeliver_failed(
        call.session, call.actor, _find_own(call).id, since=call.body["since"]
    )
    return Answer(body={"deliveries": number}, status=202)


def require_private(actor: Actor, endpoint: Endpoint) -> None:
    """Refuse to meddle with what sends addresses to who may not see any.

    :raises NotAllowedError: if so.
    """
    if endpoint.has_private and not actor.sees_contacts:
        raise NotAllowedError(
            "This endpoint is told visitors' addresses: that needs the scope “emails”."
        )


def _find_own(call: Call) -> Endpoint:
    endpoint = find_endpoint(call.session, call.actor, call.path["endpoint_id"])
    require_private(call.actor, endpoint)
    return endpoint


def _read_wish(call: Call) -> Wish:
    body = call.body
    if body.get("has_private") and not call.actor.sees_contacts:
        raise NotAllowedError(
            "To tell an endpoint visitors' addresses needs the scope “emails”."
        )
    if "://" not in body["url"]:
        raise InvalidInputError({"url": ["Give the whole address, with https://."]})
    return Wish(
        url=body["url"],
        name=body.get("name", ""),
        site_keys=body["sites"],
        types=body.get("types", ()),
        preset=body.get("preset", Preset.STANDARD),
        template=body.get("template", ""),
        headers=body.get("headers", {}),
        is_thin=body.get("is_thin", False),
        has_private=body.get("has_private", False),
        has_public_key=body.get("has_public_key", False),
    )


def _tell(endpoint: Endpoint) -> Answer:
    return Answer(body=tell_endpoint(endpoint), headers={"ETag": _make_tag(endpoint)})


def _make_tag(endpoint: Endpoint) -> str:
    return f'"{endpoint.version}"'


def _operate(name: str, method: str, path: str, summary: str, **more: Any) -> Operation:  # noqa: ANN401 as Operation's
    return Operation(
        name=name,
        method=method,
        path=f"/endpoints{path}",
        summary=summary,
        tag=TAG,
        scope=Scope.MANAGE,
        **more,
    )


ONE = "/{endpoint_id}"
OPERATIONS = (
    _operate(
        "listEndpoints",
        "GET",
        "",
        "List the endpoints of the token's sites",
        run=list_,
        answer=given_shape("Endpoints", endpoints=Many(of=ENDPOINT)),
    ),
    _operate(
        "addEndpoint",
        "POST",
        "",
        "Add an endpoint",
        body=WISH,
        prepare=check_address,
        run=add,
        answer=ADDED,
        status=201,
    ),
    _operate("getEndpoint", "GET", ONE, "Read one", run=show, answer=ENDPOINT),
    _operate(
        "changeEndpoint",
        "PUT",
        ONE,
        "Make an endpoint what is asked for",
        body=WISH,
        prepare=check_address,
        run=change,
        answer=ENDPOINT,
        is_conditional=True,
    ),
    _operate(
        "pingEndpoint",
        "POST",
        f"{ONE}/ping",
        "Send a test event",
        body=NOTHING,
        run=ping,
        answer=PINGED,
        status=202,
    ),
    _operate(
        "rotateSecret",
        "POST",
        f"{ONE}/rotate",
        "Make a new secret; for a day both sign",
        body=NOTHING,
        run=rotate,
        answer=ROTATED,
    ),
    _operate(
        "disableEndpoint",
        "POST",
        f"{ONE}/disable",
        "Send nothing more, and give up what is on its way",
        body=NOTHING,
        run=disable,
        answer=ENDPOINT,
    ),
    _operate(
        "enableEndpoint",
        "POST",
        f"{ONE}/enable",
        "Send events again, from now on",
        body=NOTHING,
        run=enable,
        answer=ENDPOINT,
    ),
    _operate(
        "replayFailed",
        "POST",
        f"{ONE}/replay",
        "Send again what has failed since an instant",
        body=REPLAY,
        run=replay,
        answer=REPLAYED,
        status=202,
    ),
)
