"""Makes rows for tests: everything needed is filled in, what matters is named."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from moderation.delivery.signing import show_secret
from moderation.domain.policy import Policy
from moderation.domain.presets import Preset
from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR
from moderation.services.endpoint_keys import unseal_endpoint
from moderation.services.endpoint_wishes import Wish
from moderation.services.endpoints import add_endpoint
from moderation.services.moderators import add_moderator
from moderation.services.sealing import Sealer
from moderation.services.sites import add_site
from moderation.storage.models import (
    Comment,
    Decision,
    Endpoint,
    Moderator,
    Site,
    Thread,
)
from moderation.storage.models.base import now

SECRET_KEY = "k" * 48
SEALER = Sealer([SECRET_KEY])
COUNTER = itertools.count(1)
ORIGIN = "https://blog.example"


def make_site(
    session: Session,
    *,
    key: str = "blog",
    origins: Sequence[str] = (ORIGIN,),
    policy: Policy = Policy.HOLD_FIRST,
) -> Site:
    return add_site(session, key=key, name="A blog", origins=origins, policy=policy)


def make_thread(session: Session, site: Site, *, key: str = "post-1") -> Thread:
    thread = Thread(
        site_id=site.id, key=key, url=f"{ORIGIN}/{key}/", title="A post", is_open=True
    )
    session.add(thread)
    session.flush()
    return thread


def make_comment(
    session: Session,
    thread: Thread,
    *,
    status: Status = Status.HELD,
    body: str = "What you wrote helped me.",
    name: str = "Ada",
    email: str = "ada@example.org",
    parent: Comment | None = None,
    score: float = 0.2,
) -> Comment:
    comment = Comment(
        site_id=thread.site_id,
        thread_id=thread.id,
        parent_id=parent.id if parent else None,
        status=status,
        name=name,
        email=email,
        body=body,
        html=f"<p>{body}</p>",
        digest=hashlib.sha256(str(next(COUNTER)).encode()).digest(),
        score=score,
    )
    session.add(comment)
    session.flush()
    session.add(
        Decision(
            comment_id=comment.id,
            from_status=None,
            to_status=status,
            version=comment.version,
        )
    )
    if status is Status.APPROVED:
        thread.approved_count += 1
        thread.version += 1
    session.flush()
    return comment


def make_moderator(
    session: Session,
    *,
    email: str = "alice@example.org",
    role: Role = Role.MODERATOR,
    site_key: str | None = None,
    password_hash: str | None = None,
) -> Moderator:
    return add_moderator(
        session, email=email, role=role, site_key=site_key, password_hash=password_hash
    )


def make_endpoint(
    session: Session,
    *,
    url: str = "https://hooks.example.org/hook",
    sites: Sequence[str] | None = None,
    types: Sequence[str] = (),
    preset: Preset = Preset.STANDARD,
    template: str = "",
    headers: Mapping[str, str] | None = None,
    is_thin: bool = False,
    has_private: bool = False,
    has_public_key: bool = False,
) -> Endpoint:
    wish = Wish(
        url=url,
        site_keys=sites,
        types=types,
        preset=preset,
        template=template,
        headers=headers or {},
        is_thin=is_thin,
        has_private=has_private,
        has_public_key=has_public_key,
    )
    return add_endpoint(session, OPERATOR, wish, sealer=SEALER).endpoint


def read_secret(endpoint: Endpoint) -> str:
    """Return the oldest secret of an endpoint, as its owner was shown it."""
    return show_secret(unseal_endpoint(endpoint, sealer=SEALER, at=now()).shared[0])
