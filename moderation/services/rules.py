"""Owns the rules of sites: added and removed by owners, read for every judgement."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.rules import MOST_RULES, RuleAction, RuleKind, RuleScope
from moderation.services.access import Actor, find_visible_site, lock_own_site
from moderation.services.changes import record_change
from moderation.spam.rules import (
    InvalidRuleError,
    SiteRule,
    describe_rule,
    read_rule,
)
from moderation.storage.lookups import look_up
from moderation.storage.models import Rule, Site

# Composed once: that takes longer than to run it.
_READ_ACTIVE = (
    select(Rule.id, Rule.action, Rule.kind, Rule.scope, Rule.value)
    .where(Rule.site_id == bindparam("site"), Rule.is_active)
    .order_by(Rule.id)
    .limit(MOST_RULES)
)
NO_RULE = "There is no such rule (any more). Somebody may have deleted it."


def parse_rule(
    *, action: RuleAction, kind: RuleKind, scope: RuleScope, value: str
) -> SiteRule:
    """Return the rule somebody typed, not saved yet.

    :raises InvalidInputError: if there can be no such rule.
    """
    try:
        return read_rule(action=action, kind=kind, scope=scope, value=value)
    except InvalidRuleError as error:
        raise InvalidInputError({error.field: [str(error)]}) from error


def load_rules(session: Session, site: Site) -> tuple[SiteRule, ...]:
    """Return the active rules of a site in order of their ids.

    One query of at most `MOST_RULES` rows, and none on a site without rules.
    """
    if not site.rules_count:
        return ()
    rows = look_up(session, _READ_ACTIVE, {"site": site.id})
    return tuple(
        SiteRule(id=id_, action=action, kind=kind, scope=scope, value=value)
        for id_, action, kind, scope, value in rows
    )


def list_rules(session: Session, actor: Actor, site_key: str) -> Sequence[Rule]:
    """Return all rules of a site, the newest first.

    :raises NotFoundError: if the site is not the actor's to see.
    """
    site = find_visible_site(session, actor, site_key)
    return session.scalars(
        select(Rule).where(Rule.site_id == site.id).order_by(Rule.id.desc())
    ).all()


def add_rule(session: Session, actor: Actor, site_key: str, rule: SiteRule) -> Rule:
    """Return a new rule of a site, which holds from the next comment on.

    :raises NotFoundError: if the site is not the actor's to see.
    :raises NotAllowedError: if the actor is not its owner.
    :raises InvalidInputError: if there is a rule for that already, or too many.
    """
    site = lock_own_site(session, actor, site_key)
    _refuse_double(session, site, rule)
    if site.rules_count >= MOST_RULES:
        raise InvalidInputError(
            {"value": [f"A site has at most {MOST_RULES} rules. Delete one first."]}
        )
    row = Rule(
        site_id=site.id,
        action=rule.action,
        kind=rule.kind,
        scope=rule.scope,
        value=rule.value,
    )
    session.add(row)
    site.rules_count += 1
    record_change(session, site, actor, f"Added the rule “{describe_rule(rule)}”.")
    return row


def set_rule_active(
    session: Session, actor: Actor, site_key: str, rule_id: int, *, is_active: bool
) -> Rule:
    """Make a rule rest, or work again, and return it.

    :raises NotFoundError: if the site or the rule is not there for the actor.
    :raises NotAllowedError: if the actor is not the site's owner.
    """
    site = lock_own_site(session, actor, site_key)
    rule = _find_rule(session, site, rule_id)
    if rule.is_active is not is_active:
        rule.is_active = is_active
        change = "Switched on" if is_active else "Switched off"
        name = describe_rule(as_site_rule(rule))
        record_change(session, site, actor, f"{change} the rule “{name}”.")
    return rule


def remove_rule(session: Session, actor: Actor, site_key: str, rule_id: int) -> Rule:
    """Delete a rule and return what it was. What it matched stays as it is.

    :raises NotFoundError: as `set_rule_active`; likewise NotAllowedError.
    """
    site = lock_own_site(session, actor, site_key)
    rule = _find_rule(session, site, rule_id)
    session.delete(rule)
    site.rules_count -= 1
    name = describe_rule(as_site_rule(rule))
    record_change(session, site, actor, f"Deleted the rule “{name}”.")
    return rule


def as_site_rule(row: Rule) -> SiteRule:
    """Return a stored rule as it is matched."""
    return SiteRule(
        id=row.id, action=row.action, kind=row.kind, scope=row.scope, value=row.value
    )


def _find_rule(session: Session, site: Site, rule_id: int) -> Rule:
    rule = session.scalar(
        select(Rule).where(Rule.id == rule_id, Rule.site_id == site.id)
    )
    if rule is None:
        raise NotFoundError(NO_RULE)
    return rule


def _refuse_double(session: Session, site: Site, rule: SiteRule) -> None:
    found = session.scalar(
        select(Rule).where(
            Rule.site_id == site.id,
            Rule.kind == rule.kind,
            Rule.scope == rule.scope,
            Rule.value == rule.value,
        )
    )
    if found is not None:
        name = describe_rule(as_site_rule(found))
        state = "" if found.is_active else ", switched off"
        raise InvalidInputError({"value": [f"There is the rule “{name}”{state}."]})
