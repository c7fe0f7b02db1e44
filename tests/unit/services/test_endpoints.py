from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.presets import Preset
from moderation.domain.roles import Role
from moderation.services.access import OPERATOR, Actor, load_actor
from moderation.services.delivery_log import (
    list_deliveries,
    ping_endpoint,
    redeliver,
    redeliver_failed,
)
from moderation.services.endpoint_keys import unseal_endpoint
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
from moderation.services.events import record_events
from moderation.storage.models import DeliveryState, Endpoint, EndpointState
from moderation.storage.models.base import now
from tests.factories import (
    SEALER,
    make_comment,
    make_endpoint,
    make_moderator,
    make_site,
    make_thread,
)

URL = "https://hooks.example.org/hook"


def make_actor(session: Session, role: Role, site_key: str | None) -> Actor:
    moderator = make_moderator(session, role=role, site_key=site_key)
    return load_actor(session, moderator.id)


def list_keys(endpoint: Endpoint, at: datetime) -> list[bytes]:
    """Return the secrets that sign at an instant."""
    return list(unseal_endpoint(endpoint, sealer=SEALER, at=at).shared)


def announce(session: Session) -> int:
    """Return the id of an endpoint to which something is due."""
    site = make_site(session)
    endpoint = make_endpoint(session, sites=[site.key])
    record_events(session, [make_comment(session, make_thread(session, site))])
    return endpoint.id


def test_an_owner_adds_an_endpoint_with_a_secret_of_its_own(session: Session) -> None:
    site = make_site(session)
    actor = make_actor(session, Role.OWNER, site.key)

    wish = Wish(url=URL, site_keys=[site.key])
    first = add_endpoint(session, actor, wish, sealer=SEALER)
    second = add_endpoint(session, actor, wish, sealer=SEALER)

    assert len(first.secret) == 32
    assert first.secret != second.secret
    assert list_keys(first.endpoint, now()) == [first.secret]


@pytest.mark.parametrize(
    ("role", "of", "wanted", "error"),
    [
        # Not the owner, or not of this site.
        (Role.MODERATOR, "one", ["one"], NotAllowedError),
        (Role.VIEWER, "one", ["one"], NotAllowedError),
        (Role.OWNER, "two", ["one"], NotFoundError),
        (Role.OWNER, "one", ["one", "two"], NotFoundError),
        (Role.OWNER, "one", ["nowhere"], NotFoundError),
        # All sites are for who owns all.
        (Role.OWNER, "one", None, NotAllowedError),
        (Role.MODERATOR, None, None, NotAllowedError),
    ],
)
def test_only_the_owner_of_all_its_sites_adds_an_endpoint(
    session: Session,
    *,
    role: Role,
    of: str | None,
    wanted: list[str] | None,
    error: type[Exception],
) -> None:
    for key in ("one", "two"):
        make_site(session, key=key)
    actor = make_actor(session, role, of)
    wish = Wish(url=URL, site_keys=wanted)

    with pytest.raises(error):
        add_endpoint(session, actor, wish, sealer=SEALER)


@pytest.mark.parametrize("sites", [["one", "two"], None])
def test_nobody_sees_an_endpoint_of_sites_not_all_their_own(
    session: Session, sites: list[str] | None
) -> None:
    for key in ("one", "two"):
        make_site(session, key=key)
    endpoint = make_endpoint(session, sites=sites)
    actor = make_actor(session, Role.OWNER, "one")

    assert list_endpoints(session, actor) == []
    for act in (find_endpoint, ping_endpoint, list_deliveries):
        with pytest.raises(NotFoundError):
            act(session, actor, endpoint.id)
    with pytest.raises(NotFoundError):
        rotate_secret(session, actor, endpoint.id, sealer=SEALER)
    with pytest.raises(NotFoundError):
        redeliver(session, actor, endpoint.id, 1)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(url="hooks.example.org"), "url"),
        (Wish(url="ftp://hooks.example.org/"), "url"),
        (Wish(url="https://user:secret@hooks.example.org/"), "url"),
        (Wish(url=URL, site_keys=[]), "sites"),
        (Wish(url=URL, types=["comment.loved"]), "types"),
        # A ping is not asked for in advance.
        (Wish(url=URL, types=["webhook.ping"]), "types"),
        (Wish(url=URL, preset=Preset.TEMPLATE), "template"),
        (Wish(url=URL, preset=Preset.TEMPLATE, template="{"), "template"),
        (Wish(url=URL, headers={"Webhook-Id": "1"}), "headers"),
        (Wish(url=URL, headers={"Host": "internal"}), "headers"),
        (Wish(url=URL, headers={"X-A": "b\r\nX-C: d"}), "headers"),
        (Wish(url=URL, headers={"X-A\r\n": "b"}), "headers"),
        (Wish(url=URL, headers={"X-A": "é"}), "headers"),
        (Wish(url=URL, headers={"X-A": "b" * 2_001}), "headers"),
        (Wish(url=URL, headers={f"X-{n}": "b" for n in range(21)}), "headers"),
    ],
)
def test_what_can_not_be_sent_is_refused(
    session: Session, wish: Wish, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        add_endpoint(session, OPERATOR, wish, sealer=SEALER)

    assert list(caught.value.errors) == [field]


def test_a_change_of_what_has_changed_is_refused(session: Session) -> None:
    endpoint = make_endpoint(session)
    wish = Wish(url="https://other.example.org/")

    set_endpoint(session, OPERATOR, endpoint.id, wish, version=1, sealer=SEALER)

    assert endpoint.url == "https://other.example.org/"
    with pytest.raises(ChangedMeanwhileError):
        set_endpoint(session, OPERATOR, endpoint.id, wish, version=1, sealer=SEALER)


def test_the_old_secret_signs_for_a_day_more(session: Session) -> None:
    endpoint = make_endpoint(session)
    old = list_keys(endpoint, now())[0]

    new = rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER)

    assert list_keys(endpoint, now()) == [old, new]
    assert list_keys(endpoint, now() + timedelta(hours=25)) == [new]


def test_of_many_rotations_at_once_none_extends_the_life_of_the_first(
    session: Session,
) -> None:
    endpoint = make_endpoint(session)
    rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER)
    until = endpoint.secrets[0].expires_at

    rotate_secret(session, OPERATOR, endpoint.id, sealer=SEALER)

    assert endpoint.secrets[0].expires_at == until


def test_what_waits_for_a_disabled_endpoint_is_given_up(session: Session) -> None:
    endpoint_id = announce(session)

    endpoint = disable_endpoint(session, OPERATOR, endpoint_id)

    session.expire_all()
    deliveries = list_deliveries(session, OPERATOR, endpoint_id)
    assert endpoint.state is EndpointState.DISABLED
    assert [delivery.state for delivery in deliveries] == [DeliveryState.FAILED]
    with pytest.raises(InvalidInputError, match="Enable it first"):
        ping_endpoint(session, OPERATOR, endpoint_id)


def test_what_failed_is_sent_again_from_an_instant_on(session: Session) -> None:
    endpoint_id = announce(session)
    disable_endpoint(session, OPERATOR, endpoint_id)
    enable_endpoint(session, OPERATOR, endpoint_id)

    later = redeliver_failed(
        session, OPERATOR, endpoint_id, since=now() + timedelta(seconds=1)
    )
    earlier = redeliver_failed(
        session, OPERATOR, endpoint_id, since=now() - timedelta(hours=1)
    )

    session.expire_all()
    deliveries = list_deliveries(session, OPERATOR, endpoint_id)
    assert (later, earlier) == (0, 1)
    assert [delivery.state for delivery in deliveries] == [DeliveryState.WAITING]


def test_a_delivery_is_sent_again_by_its_own_endpoint_only(session: Session) -> None:
    endpoint_id = announce(session)
    other = make_endpoint(session)
    delivery = list_deliveries(session, OPERATOR, endpoint_id)[0]
    delivery.state = DeliveryState.ARRIVED
    session.flush()

    with pytest.raises(NotFoundError):
        redeliver(session, OPERATOR, other.id, delivery.id)
    redeliver(session, OPERATOR, endpoint_id, delivery.id)

    session.refresh(delivery)
    assert delivery.state is DeliveryState.WAITING
