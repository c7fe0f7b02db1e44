"""Owns what an owner sets of the filter: policy and thresholds."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import ChangedMeanwhileError, InvalidInputError
from moderation.domain.policy import Policy
from moderation.services.access import Actor, lock_own_site
from moderation.services.changes import record_change
from moderation.spam.verdict import Thresholds
from moderation.storage.models import Site


@dataclass(frozen=True, kw_only=True)
class Controls:
    """What decides on a comment beside its judgement and the rules."""

    policy: Policy
    thresholds: Thresholds


def read_controls(site: Site) -> Controls:
    """Return what is set of a site."""
    return Controls(
        policy=site.policy,
        thresholds=Thresholds(
            publish_below=site.publish_below, spam_above=site.spam_above
        ),
    )


def make_thresholds(*, publish_below: float, spam_above: float) -> Thresholds:
    """Return thresholds somebody typed.

    :raises InvalidInputError: unless 0 <= publish_below <= spam_above <= 1.
    """
    try:
        return Thresholds(publish_below=publish_below, spam_above=spam_above)
    except ValueError as error:
        raise InvalidInputError(
            {
                "publish_below": [
                    "Give percents from 0 to 100, this one not above the other."
                ]
            }
        ) from error


def set_controls(
    session: Session,
    actor: Actor,
    site_key: str,
    wanted: Controls,
    *,
    seen: Controls | None = None,
) -> Site:
    """Set policy and thresholds of a site, from the next comment on, and return it.

    `seen` is what the actor saw before, None to set them whatever they are.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises ChangedMeanwhileError: if they are not what was seen any more.
    """
    site = lock_own_site(session, actor, site_key)
    current = read_controls(site)
    if seen is not None and seen != current:
        raise ChangedMeanwhileError(
            "Somebody changed these settings since you opened the page. Nothing was "
            "saved; look at them again and decide."
        )
    if wanted == current:
        return site
    site.policy = wanted.policy
    site.publish_below = wanted.thresholds.publish_below
    site.spam_above = wanted.thresholds.spam_above
    change = f"Changed {describe_change(current, wanted)}."
    record_change(session, site, actor, change)
    return site


def describe_change(old: Controls, new: Controls) -> str:
    """Return in words what differs: "publish below from 10% to 5%"."""
    parts = []
    if old.policy is not new.policy:
        parts.append(f"policy from {old.policy} to {new.policy}")
    for name in ("publish_below", "spam_above"):
        before, after = getattr(old.thresholds, name), getattr(new.thresholds, name)
        if before != after:
            label = name.replace("_", " ")
            parts.append(f"{label} from {before * 100:g}% to {after * 100:g}%")
    return ", ".join(parts)
