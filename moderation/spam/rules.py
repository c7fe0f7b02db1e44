"""Owns what a site's rule is, how one is read, and what it is called.

A rule is the owner's word, not evidence of spam: its signal weighs nothing, and the
verdict obeys it (docs/adr/0009-site-rules.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from moderation.domain.rules import SCOPES, RuleAction, RuleKind, RuleScope
from moderation.domain.urls import find_host
from moderation.spam.domains import is_public_suffix
from moderation.spam.rule_words import split_words

PREFIX = "rule_"
MOST_WORDS, LONGEST_WORDS = 8, 100
LONGEST_LOCAL_PART = 64
# Shorter ones are parts of the Internet, not somebody's network.
SHORTEST_PREFIXES = {4: 8, 6: 16}
# The first of these that matches decides.
PRECEDENCE = (RuleAction.SPAM, RuleAction.HOLD, RuleAction.ALLOW)
PLACES = {
    RuleScope.ANY: "",
    RuleScope.COMMENT: " in the comment",
    RuleScope.NAME: " in the name",
    RuleScope.WEBSITE: " in the website",
    RuleScope.EMAIL: " in the e-mail",
}
KINDS = {
    RuleKind.WORD: "word",
    RuleKind.DOMAIN: "domain",
    RuleKind.EMAIL: "e-mail",
    RuleKind.NETWORK: "network",
}


class InvalidRuleError(ValueError):
    """What can't be a rule: `field` is what is wrong, the message what to give."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteRule:
    """A rule as it is matched; `value` is in the form `read_rule` gives it."""

    id: int
    action: RuleAction
    kind: RuleKind
    scope: RuleScope
    value: str


def read_rule(
    *,
    action: RuleAction,
    kind: RuleKind,
    scope: RuleScope,
    value: str,
    rule_id: int = 0,
) -> SiteRule:
    """Return the rule somebody typed, its value in the form it is compared in.

    :raises InvalidRuleError: if there can be no such rule.
    """
    if scope not in SCOPES[kind]:
        raise InvalidRuleError("scope", f"No {KINDS[kind]} can stand there.")
    match kind:
        case RuleKind.WORD:
            found = _read_words(value)
        case RuleKind.DOMAIN:
            found = _read_domain(value, action)
        case RuleKind.EMAIL:
            found = _read_email(value, action)
        case RuleKind.NETWORK:
            found = str(read_network(value))
    return SiteRule(id=rule_id, action=action, kind=kind, scope=scope, value=found)


def describe_rule(rule: SiteRule) -> str:
    """Return what a rule is called: "hold word in the name: casino"."""
    return f"{rule.action} {KINDS[rule.kind]}{PLACES[rule.scope]}: {rule.value}"


def name_signal(rule_id: int) -> str:
    """Return the name of a rule's signals."""
    return f"{PREFIX}{rule_id}"


def is_rule(signal_name: str) -> bool:
    """Return whether a signal is a rule's."""
    return signal_name.startswith(PREFIX)


def find_strongest(actions: Iterable[RuleAction]) -> RuleAction | None:
    """Return the action that decides: spam before hold before allow."""
    given = frozenset(actions)
    return next((action for action in PRECEDENCE if action in given), None)


def read_network(text: str) -> IPv4Network | IPv6Network:
    """Return the network of "203.0.113.0/24" or of a single address.

    :raises InvalidRuleError: if it is none, or a large part of the Internet.
    """
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise InvalidRuleError(
            "value", "Give an address or a network, like 203.0.113.0/24."
        ) from error
    shortest = SHORTEST_PREFIXES[network.version]
    if network.prefixlen < shortest:
        raise InvalidRuleError(
            "value", f"That is much of the Internet. Give /{shortest} or smaller."
        )
    return network


def normalise_host(host: str) -> str:
    """Return a host as domains are compared: small ASCII letters, no `www.`."""
    low = host.strip(".").lower()
    if not low.isascii():
        low = find_host(f"https://{low}") or low
    return low.removeprefix("www.")


def _read_words(text: str) -> str:
    words = split_words(text)
    if not all(words) or not words:
        raise InvalidRuleError("value", "Give a word or a few, like casino.")
    value = " ".join(words)
    if len(words) > MOST_WORDS or len(value) > LONGEST_WORDS:
        raise InvalidRuleError(
            "value",
            f"Give at most {MOST_WORDS} words of {LONGEST_WORDS} characters together.",
        )
    return value


def _read_domain(text: str, action: RuleAction) -> str:
    """Return the host of a domain or an address of the web."""
    text = text.strip()
    host = find_host(text if "://" in text else f"https://{text.strip('.')}")
    host = host.removeprefix("www.")
    if not host or host.startswith("["):
        raise InvalidRuleError("value", "Give a domain, like casino.example.")
    if action is RuleAction.ALLOW and is_public_suffix(host):
        raise InvalidRuleError(
            "value", f"Anybody can have a domain below {host}. Give one of these."
        )
    return host


def _read_email(text: str, action: RuleAction) -> str:
    """Return an address, or "@" and a mail domain."""
    local, _, domain = text.strip().rpartition("@")
    host = _read_domain(domain, action) if domain.strip() else ""
    is_local = len(local) <= LONGEST_LOCAL_PART and not set(local) & set(" \t\r\n@<>,")
    if not host or not is_local:
        raise InvalidRuleError(
            "value", "Give an address, or @ and a mail domain, like @mail.example."
        )
    return f"{local.casefold()}@{host}"
