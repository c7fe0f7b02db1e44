"""Owns deliveries in the API: what was sent, what was answered, once more."""

from typing import Any

from moderation.delivery.messages import make_event_body
from moderation.services.access import Actor
from moderation.services.delivery_log import list_deliveries, redeliver
from moderation.services.endpoints import find_endpoint
from moderation.services.listings import find_delivery
from moderation.storage.models import Attempt, Delivery, DeliveryState, Scope
from moderation.web.api.endpoints import require_private
from moderation.web.api.fields import Choice, Moment, Text, Whole
from moderation.web.api.operations import NOTHING, Answer, Call, Operation
from moderation.web.api.shapes import (
    CURSOR,
    make_limit,
    page_shape,
    read_number_cursor,
    tell_moment,
)
from moderation.web.api.structures import Many, Maybe, Shape, given_shape
from moderation.web.context import get_settings

TAG = "Deliveries"
PAGE_LENGTH = 50
ATTEMPT = given_shape(
    "Attempt",
    started_at=Moment(),
    milliseconds=Maybe(of=Whole(), about="null until it has ended."),
    status=Maybe(of=Whole(), about="Of the answer; null if there was none."),
    answer=Text(
        about="The beginning of what was answered; empty without the scope `emails` "
        "if it may repeat visitors' addresses."
    ),
    error=Text(about="What went wrong, empty if nothing."),
)
DELIVERY = given_shape(
    "Delivery",
    id=Whole(),
    endpoint=Whole(),
    event=Text(about="The webhook-id."),
    type=Text(),
    sequence=Maybe(of=Whole()),
    state=Choice(of=DeliveryState),
    next_at=Maybe(of=Moment(), about="When it is tried next."),
    created_at=Moment(),
    attempts=Many(of=ATTEMPT),
)
SENT = Maybe(
    of=Text(),
    about="The body that is sent; null if it tells addresses the token may not see.",
)
DELIVERY_AND_BODY = given_shape("DeliveryAndBody", **DELIVERY.members, sent=SENT)
QUERY = Shape(
    members={
        "endpoint": Whole(about="The id of an endpoint.", least=1),
        "state": Choice(of=DeliveryState),
        "after": CURSOR,
        "limit": make_limit(PAGE_LENGTH),
    },
    needed=frozenset({"endpoint"}),
)


def list_(call: Call) -> Answer:
    """Answer with a page of the deliveries to an endpoint, the newest first."""
    length = call.query.get("limit", PAGE_LENGTH)
    found = list_deliveries(
        call.session,
        call.actor,
        call.query["endpoint"],
        state=call.query.get("state"),
        before=read_number_cursor(call.query),
        limit=length + 1,
    )
    shown = found[:length]
    cursor = str(shown[-1].id) if len(found) > length else None
    told = [tell_delivery(delivery, call.actor) for delivery in shown]
    return Answer(body={"deliveries": told, "next": cursor}, next=cursor)


def show(call: Call) -> Answer:
    """Answer with one delivery, and what is sent."""
    found = find_delivery(call.session, call.actor, call.path["delivery_id"])
    endpoint = find_endpoint(call.session, call.actor, found.endpoint_id)
    body = make_event_body(endpoint, found.event, base_url=get_settings().base_url)
    is_hidden = endpoint.has_private and not call.actor.sees_contacts
    sent = None if is_hidden else body.text
    return Answer(body={**tell_delivery(found, call.actor), "sent": sent})


def send_again(call: Call) -> Answer:
    """Send a delivery again, whether it arrived or not."""
    delivery = find_delivery(call.session, call.actor, call.path["delivery_id"])
    endpoint = find_endpoint(call.session, call.actor, delivery.endpoint_id)
    require_private(call.actor, endpoint)
    redeliver(call.session, call.actor, delivery.endpoint_id, delivery.id)
    call.session.refresh(delivery)
    return Answer(body=tell_delivery(delivery, call.actor), status=202)


def tell_delivery(delivery: Delivery, actor: Actor) -> dict[str, Any]:
    """Return a delivery with all its attempts, as `actor` may see it."""
    is_waiting = delivery.state is DeliveryState.WAITING
    # Many receivers repeat what they were sent.
    is_hidden = bool(delivery.event.private) and not actor.sees_contacts
    return {
        "id": delivery.id,
        "endpoint": delivery.endpoint_id,
        "event": delivery.event.uid,
        "type": delivery.event.type,
        "sequence": delivery.event.sequence,
        "state": delivery.state,
        "next_at": tell_moment(delivery.next_at) if is_waiting else None,
        "created_at": tell_moment(delivery.created_at),
        "attempts": [
            _tell_attempt(attempt, is_hidden=is_hidden) for attempt in delivery.attempts
        ],
    }


def _tell_attempt(attempt: Attempt, *, is_hidden: bool) -> dict[str, Any]:
    return {
        "started_at": tell_moment(attempt.started_at),
        "milliseconds": attempt.milliseconds,
        "status": attempt.status,
        "answer": "" if is_hidden else attempt.answer,
        "error": attempt.error,
    }


OPERATIONS = (
    Operation(
        name="listDeliveries",
        method="GET",
        path="/deliveries",
        tag=TAG,
        summary="List the deliveries to an endpoint, the newest first",
        scope=Scope.MANAGE,
        query=QUERY,
        run=list_,
        answer=page_shape("DeliveryPage", deliveries=Many(of=DELIVERY)),
    ),
    Operation(
        name="getDelivery",
        method="GET",
        path="/deliveries/{delivery_id}",
        tag=TAG,
        summary="Read one delivery, its body and all attempts at it",
        scope=Scope.MANAGE,
        run=show,
        answer=DELIVERY_AND_BODY,
    ),
    Operation(
        name="redeliver",
        method="POST",
        path="/deliveries/{delivery_id}/redeliver",
        tag=TAG,
        summary="Send a delivery again",
        scope=Scope.MANAGE,
        body=NOTHING,
        run=send_again,
        answer=DELIVERY,
        status=202,
    ),
)
