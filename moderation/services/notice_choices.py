"""Owns who is told by mail that comments of a site wait, and how soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from moderation.domain.errors import NotFoundError
from moderation.domain.notice_wishes import (
    OTHERS,
    OWNERS,
    NoticePace,
    NoticeWish,
    check_wish,
    describe_wish,
)
from moderation.domain.roles import Role
from moderation.services.access import (
    ALL_SITES,
    Actor,
    find_visible_site,
    list_visible_sites,
    load_actor,
    require_decider,
)
from moderation.services.changes import record_change
from moderation.storage.models import (
    Comment,
    Membership,
    Moderator,
    NoticeChoice,
    Site,
    WaitingNotice,
)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A moderator who may decide on a site, and the mails that one wants."""

    moderator_id: int
    email: str
    wish: NoticeWish


@dataclass(frozen=True, kw_only=True)
class SiteChoice:
    """What somebody is told of one site; `is_default`: nothing was chosen yet."""

    site: Site
    wish: NoticeWish
    is_default: bool


def list_choices(session: Session, actor: Actor) -> Sequence[SiteChoice]:
    """Return what a moderator is told, for each site to decide on, by name."""
    chosen = _load_choices(session, NoticeChoice.moderator_id == actor.moderator_id)
    found = []
    for site in list_visible_sites(session, actor):
        role = actor.find_role(site.id)
        if role is not None and role.may_decide:
            choice = chosen.get((actor.moderator_id, site.id))
            wish = _find_default(role) if choice is None else _read(choice)
            found.append(SiteChoice(site=site, wish=wish, is_default=choice is None))
    return found


def set_choice(
    session: Session,
    actor: Actor,
    moderator_id: int,
    site_key: str,
    wish: NoticeWish,
) -> Site:
    """Set what a moderator is told of a site, record it, and return the site.

    What waits to be told is kept, unless nothing is to be.

    :raises NotFoundError: if the site is not the moderator's to see.
    :raises NotAllowedError: if the moderator may not decide there.
    :raises InvalidInputError: if a number makes no sense.
    """
    check_wish(wish)
    person = load_actor(session, moderator_id)
    site = find_visible_site(session, person, site_key)
    require_decider(person, site.id)
    choice = session.get(NoticeChoice, (moderator_id, site.id))
    if choice is not None and _read(choice) == wish:
        return site
    if choice is None:
        choice = NoticeChoice(moderator_id=moderator_id, site_id=site.id)
        session.add(choice)
    choice.pace = wish.pace
    choice.after_count, choice.after_hours = wish.after_count, wish.after_hours
    if wish.pace is NoticePace.NONE:
        forget_waiting(session, moderator_id, site.id)
    text = f"Mails about held comments to {person.email}: {describe_wish(wish)}."
    record_change(session, site, actor, text)
    return site


def stop_notices(session: Session, moderator_id: int, site_id: int) -> Site:
    """End the mails about a site to a moderator, as asked by mail; return the site.

    :raises NotFoundError: if the one or the other is not there any more.
    """
    site = find_stopped(session, moderator_id, site_id)
    actor = load_actor(session, moderator_id)
    role = actor.find_role(site_id)
    choice = session.get(NoticeChoice, (moderator_id, site_id))
    current = _read(choice) if choice else _find_default(role or Role.VIEWER)
    wish = NoticeWish(
        pace=NoticePace.NONE,
        after_count=current.after_count,
        after_hours=current.after_hours,
    )
    if role is not None and role.may_decide:
        set_choice(session, actor, moderator_id, site.key, wish)
    forget_waiting(session, moderator_id, site_id)
    return site


def find_stopped(session: Session, moderator_id: int, site_id: int) -> Site:
    """Return the site whose mails a moderator wants to end. :raises NotFoundError:."""
    load_actor(session, moderator_id)
    site = session.get(Site, site_id)
    if site is None:
        raise NotFoundError("This site is not here any more: no mail comes of it.")
    return site


def list_recipients(session: Session, site_id: int) -> Sequence[Recipient]:
    """Return who is told by mail what waits on a site."""
    rows = session.execute(
        select(Moderator.id, Moderator.email, Membership.site_id, Membership.role)
        .join(Moderator.memberships)
        .where(
            Moderator.active,
            or_(Membership.site_id.is_(ALL_SITES), Membership.site_id == site_id),
        )
        # A role on the site comes last, and counts.
        .order_by(Moderator.id, Membership.site_id.is_not(ALL_SITES))
    ).all()
    roles = {(row.id, row.email): row.role for row in rows}
    chosen = _load_choices(session, NoticeChoice.site_id == site_id)
    found = []
    for (moderator_id, email), role in roles.items():
        choice = chosen.get((moderator_id, site_id))
        wish = _find_default(role) if choice is None else _read(choice)
        if role.may_decide and wish.pace is not NoticePace.NONE:
            found.append(Recipient(moderator_id=moderator_id, email=email, wish=wish))
    return found


def forget_waiting(session: Session, moderator_id: int, site_id: int) -> None:
    """Forget what a moderator was still to be told of a site."""
    on_site = select(Comment.id).where(Comment.site_id == site_id)
    forget_notices(session, moderator_id, on_site)


def forget_notices(
    session: Session, moderator_id: int, comment_ids: Select[int]
) -> Sequence[int]:
    """Forget that a moderator was to be told of comments; return which those were.

    Of two workers at once, one is told of each.
    """
    return session.scalars(
        delete(WaitingNotice)
        .where(
            WaitingNotice.moderator_id == moderator_id,
            WaitingNotice.comment_id.in_(comment_ids),
        )
        .returning(WaitingNotice.comment_id)
        .execution_options(synchronize_session=False)
    ).all()


def _find_default(role: Role) -> NoticeWish:
    return OWNERS if role is Role.OWNER else OTHERS


def _read(choice: NoticeChoice) -> NoticeWish:
    return NoticeWish(
        pace=choice.pace,
        after_count=choice.after_count,
        after_hours=choice.after_hours,
    )


def _load_choices(
    session: Session, condition: ColumnElement[bool]
) -> Mapping[tuple[int, int], NoticeChoice]:
    rows = session.scalars(select(NoticeChoice).where(condition))
    return {(row.moderator_id, row.site_id): row for row in rows}
