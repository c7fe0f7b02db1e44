"""Owns matching a site's rules: all of them at once, in time linear in the text.

No rule is a pattern: words, hosts, addresses and networks are looked up in tables, so
that the time does not depend on what the rules say, and hardly on how many there are.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TypeVar

from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.spam.reading import find_link_host
from moderation.spam.rule_words import find_words
from moderation.spam.rules import (
    PRECEDENCE,
    SiteRule,
    describe_rule,
    find_strongest,
    name_signal,
    normalise_host,
    read_network,
)
from moderation.spam.signal import MOST_SPANS, Field, Signal, Span
from moderation.spam.submission import Submission

# It bounds what is kept with a comment that all rules are about.
MOST_MATCHES = 20
_SCOPES: Mapping[Field, RuleScope] = {
    "body": RuleScope.COMMENT,
    "author": RuleScope.NAME,
    "website": RuleScope.WEBSITE,
    "email": RuleScope.EMAIL,
}
LONGEST_HOST = 253
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w.-]{1,253}+")

Rules = tuple[SiteRule, ...]
Hit = tuple[SiteRule, Span | None]
K = TypeVar("K")


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """Rules by what they look for. `lengths` are those of the phrases by first word.

    `networks` are by version and length of the prefix, and the bits before it.
    """

    phrases: Mapping[tuple[str, ...], Rules]
    lengths: Mapping[str, Sequence[int]]
    domains: Mapping[str, Rules]
    emails: Mapping[str, Rules]
    networks: Mapping[tuple[int, int], Mapping[int, Rules]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleMatch:
    """A rule that matches, and where."""

    rule: SiteRule
    spans: tuple[Span, ...]


def match_rules(submission: Submission, rules: Rules) -> Sequence[RuleMatch]:
    """Return the rules that match, the strongest first, `MOST_MATCHES` at most."""
    if not rules:
        return ()
    book = compile_rules(rules)
    spans: dict[SiteRule, list[Span]] = {}
    for rule, span in _find_all(book, submission):
        found = spans.setdefault(rule, [])
        if span is not None and len(found) < MOST_SPANS:
            found.append(span)
    ordered = sorted(spans, key=lambda rule: (PRECEDENCE.index(rule.action), rule.id))
    return [
        RuleMatch(rule=rule, spans=tuple(spans[rule]))
        for rule in ordered[:MOST_MATCHES]
    ]


def find_action(matches: Iterable[RuleMatch]) -> RuleAction | None:
    """Return what the rules want done, None if none matches."""
    return find_strongest(match.rule.action for match in matches)


def make_signal(match: RuleMatch) -> Signal:
    """Return the evidence of a rule. It weighs nothing: the verdict obeys it."""
    return Signal(
        name=name_signal(match.rule.id),
        weight=0.0,
        reason=f"Your rule “{describe_rule(match.rule)}” matches.",
        spans=match.spans,
    )


@lru_cache(maxsize=64)
def compile_rules(rules: Rules) -> RuleBook:
    """Return rules ready to be looked up; the same rules are compiled once."""
    phrases = _group(rules, RuleKind.WORD, lambda value: tuple(value.split(" ")))
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        lengths[phrase[0]].add(len(phrase))
    networks: defaultdict[tuple[int, int], dict[int, Rules]] = defaultdict(dict)
    for network, found in _group(rules, RuleKind.NETWORK, read_network).items():
        bits = int(network.network_address) >> (
            network.max_prefixlen - network.prefixlen
        )
        networks[network.version, network.prefixlen][bits] = found
    return RuleBook(
        phrases=phrases,
        lengths={first: sorted(found) for first, found in lengths.items()},
        domains=_group(rules, RuleKind.DOMAIN, str),
        emails=_group(rules, RuleKind.EMAIL, str),
        networks=networks,
    )


def _group(
    rules: Iterable[SiteRule], kind: RuleKind, make_key: Callable[[str], K]
) -> Mapping[K, Rules]:
    groups: defaultdict[K, list[SiteRule]] = defaultdict(list)
    for rule in rules:
        if rule.kind is kind:
            groups[make_key(rule.value)].append(rule)
    return {key: tuple(found) for key, found in groups.items()}


def _find_all(book: RuleBook, submission: Submission) -> Iterator[Hit]:
    if book.phrases:
        for field in _SCOPES:
            text: str = getattr(submission, field)
            yield from _find_phrases(book, field, text)
    if book.domains:
        yield from _find_domains(book, submission)
    if book.emails:
        yield from _find_emails(book, submission)
    if book.networks:
        yield from _find_networks(book, submission.ip)


def _find_phrases(book: RuleBook, field: Field, text: str) -> Iterator[Hit]:
    texts, spans = find_words(text)
    for place, word in enumerate(texts):
        for length in book.lengths.get(word, ()):
            rules = book.phrases.get(tuple(texts[place : place + length]))
            if rules:
                start, end = spans[place][0], spans[place + length - 1][1]
                yield from _choose(rules, field, start, end)


def _find_domains(book: RuleBook, submission: Submission) -> Iterator[Hit]:
    for link in submission.links:
        for rules in _look_up(book.domains, link.host):
            yield from _choose(rules, "body", link.start, link.end)
    for rules in _look_up(book.domains, find_link_host(submission.website)):
        yield from _choose(rules, "website", 0, len(submission.website))
    local, _, domain = submission.email.rpartition("@")
    for rules in _look_up(book.domains, domain):
        start = len(local) + 1
        yield from _choose(rules, "email", start, len(submission.email))


def _find_emails(book: RuleBook, submission: Submission) -> Iterator[Hit]:
    for field in ("email", "body"):
        for match in _EMAIL.finditer(getattr(submission, field)):
            local, _, domain = match[0].rpartition("@")
            host = normalise_host(domain)
            exact = book.emails.get(f"{local.casefold()}@{host}", ())
            whole = _look_up(book.emails, domain, before="@")
            for rules in (exact, *whole):
                yield from _choose(rules, field, *match.span())


def _find_networks(book: RuleBook, address: str) -> Iterator[Hit]:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    for (version, length), networks in book.networks.items():
        if version == ip.version:
            bits = int(ip) >> (ip.max_prefixlen - length)
            for rule in networks.get(bits, ()):
                yield rule, None


def _look_up(
    table: Mapping[str, Rules], host: str, *, before: str = ""
) -> Iterator[Rules]:
    """Yield what the table has for a host, and for each domain it stands under."""
    name = normalise_host(host) if len(host) <= LONGEST_HOST else ""
    while name:
        if before + name in table:
            yield table[before + name]
        name = name.partition(".")[2]


def _choose(rules: Rules, field: Field, start: int, end: int) -> Iterator[Hit]:
    """Yield those of the rules that look into this field."""
    for rule in rules:
        if rule.scope in {RuleScope.ANY, _SCOPES[field]}:
            yield rule, Span(field=field, start=start, end=end)
