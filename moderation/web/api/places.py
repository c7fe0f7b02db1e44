"""Owns sites, threads and events in the API: what there is, and what happened."""

from typing import Any

from moderation.services.access import list_visible_sites
from moderation.services.listings import list_events
from moderation.services.site_setups import THREADS_SHOWN, list_threads
from moderation.storage.models import Event, Scope
from moderation.web.api.fields import Moment, Text, Whole
from moderation.web.api.operations import Answer, Call, Operation
from moderation.web.api.shapes import (
    CURSOR,
    SITE,
    SITE_KEY,
    THREAD,
    make_limit,
    page_shape,
    read_number_cursor,
    tell_moment,
    tell_site,
    tell_thread,
)
from moderation.web.api.structures import Anything, Many, Shape, given_shape

PAGE_LENGTH = 50
OF_SITE = Shape(
    members={"site": SITE_KEY, "after": CURSOR, "limit": make_limit(PAGE_LENGTH)},
    needed=frozenset({"site"}),
)
EVENT = given_shape(
    "Event",
    id=Text(about="The webhook-id it is sent with."),
    type=Text(),
    sequence=Whole(about="Counts the events of the site."),
    timestamp=Moment(),
    data=Anything(about="As endpoints are sent it, without addresses."),
)


def show_sites(call: Call) -> Answer:
    """Answer with the sites the token is for."""
    sites = list_visible_sites(call.session, call.actor)
    return Answer(body={"sites": [tell_site(site) for site in sites]})


def show_threads(call: Call) -> Answer:
    """Answer with a page of a site's threads, the newest first."""
    page = list_threads(
        call.session,
        call.actor,
        call.query["site"],
        before=read_number_cursor(call.query),
        length=call.query.get("limit", THREADS_SHOWN),
    )
    cursor = None if page.next is None else str(page.next)
    told = [tell_thread(thread) for thread in page.threads]
    return Answer(body={"threads": told, "next": cursor}, next=cursor)


def show_events(call: Call) -> Answer:
    """Answer with events of a site, in their order."""
    length = call.query.get("limit", PAGE_LENGTH)
    found = list_events(
        call.session,
        call.actor,
        call.query["site"],
        after=read_number_cursor(call.query) or 0,
        length=length + 1,
    )
    shown = found[:length]
    cursor = str(shown[-1].sequence) if len(found) > length else None
    told = [tell_event(event) for event in shown]
    return Answer(body={"events": told, "next": cursor}, next=cursor)


def tell_event(event: Event) -> dict[str, Any]:
    """Return an event of a site, without what is private."""
    return {
        "id": event.uid,
        "type": event.type,
        "sequence": event.sequence,
        "timestamp": tell_moment(event.created_at),
        "data": {"sequence": event.sequence, "comment": event.payload},
    }


OPERATIONS = (
    Operation(
        name="listSites",
        method="GET",
        path="/sites",
        tag="Sites",
        summary="List the sites of the token",
        scope=Scope.READ,
        run=show_sites,
        answer=given_shape("Sites", sites=Many(of=SITE)),
    ),
    Operation(
        name="listThreads",
        method="GET",
        path="/threads",
        tag="Sites",
        summary="List the threads of a site, the newest first",
        scope=Scope.READ,
        query=OF_SITE,
        run=show_threads,
        answer=page_shape("ThreadPage", threads=Many(of=THREAD)),
    ),
    Operation(
        name="listEvents",
        method="GET",
        path="/events",
        tag="Sites",
        summary="List what happened on a site, in order",
        about="`after` is the sequence number of the last event you know. Events are "
        "recorded only while an endpoint wants them, and kept for 30 days.",
        scope=Scope.READ,
        query=OF_SITE,
        run=show_events,
        answer=page_shape("EventPage", events=Many(of=EVENT)),
    ),
)
