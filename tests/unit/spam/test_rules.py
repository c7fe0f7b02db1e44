import pytest

from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.spam.rules import (
    InvalidRuleError,
    describe_rule,
    find_strongest,
    read_rule,
)

ALLOW, HOLD, SPAM = RuleAction.ALLOW, RuleAction.HOLD, RuleAction.SPAM
WORD, DOMAIN = RuleKind.WORD, RuleKind.DOMAIN
EMAIL, NETWORK = RuleKind.EMAIL, RuleKind.NETWORK
ANY = RuleScope.ANY


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (WORD, "  Casino ", "casino"),
        (WORD, "Free—Spins", "free spins"),
        # A host, however it is given: as an address, with www., a port, dots, capitals.
        (DOMAIN, "Casino.Example", "casino.example"),
        (DOMAIN, "https://www.casino.example:8080/win?a=b", "casino.example"),
        (DOMAIN, ".casino.example.", "casino.example"),
        (DOMAIN, "bücher.example", "xn--bcher-kva.example"),
        # A whole top-level domain may be held.
        (DOMAIN, ".xyz", "xyz"),
        (EMAIL, "Ada@Mail.Example", "ada@mail.example"),
        (EMAIL, "@mail.example", "@mail.example"),
        (EMAIL, "mail.example", "@mail.example"),
        # One address is a network, too; what is behind the prefix is left out.
        (NETWORK, "203.0.113.7", "203.0.113.7/32"),
        (NETWORK, "203.0.113.7/24", "203.0.113.0/24"),
        (NETWORK, "2001:DB8::1/32", "2001:db8::/32"),
    ],
)
def test_what_is_typed_is_kept_as_it_is_compared(
    kind: RuleKind, typed: str, value: str
) -> None:
    rule = read_rule(action=HOLD, kind=kind, scope=ANY, value=typed)

    assert rule.value == value


@pytest.mark.parametrize(
    ("action", "kind", "scope", "typed", "field"),
    [
        # No word in it.
        (HOLD, WORD, ANY, "!?", "value"),
        # Not a word, but a text.
        (HOLD, WORD, ANY, "a b c d e f g h i", "value"),
        (HOLD, WORD, ANY, "a" * 101, "value"),
        (HOLD, WORD, ANY, "a " + "é" * 400, "value"),
        # No host.
        (HOLD, DOMAIN, ANY, "no domain", "value"),
        (HOLD, DOMAIN, ANY, "http://user:pw@casino.example", "value"),
        (HOLD, DOMAIN, ANY, "javascript://casino.example", "value"),
        # Anybody can get one below it.
        (ALLOW, DOMAIN, ANY, "co.uk", "value"),
        (ALLOW, DOMAIN, ANY, "blogspot.com", "value"),
        (ALLOW, EMAIL, ANY, "@com", "value"),
        # No address.
        (HOLD, EMAIL, ANY, "ada@", "value"),
        (HOLD, EMAIL, ANY, "ada lovelace@mail.example", "value"),
        (HOLD, EMAIL, ANY, "a@b@mail.example", "value"),
        # No network, or most of them.
        (HOLD, NETWORK, ANY, "203.0.113", "value"),
        (HOLD, NETWORK, ANY, "0.0.0.0/0", "value"),
        (HOLD, NETWORK, ANY, "::/8", "value"),
        # Not there to be found.
        (HOLD, EMAIL, RuleScope.WEBSITE, "a@b.example", "scope"),
        (HOLD, NETWORK, RuleScope.NAME, "203.0.113.0/24", "scope"),
        (HOLD, DOMAIN, RuleScope.NAME, "a.example", "scope"),
    ],
)
def test_what_can_be_no_rule_is_refused(
    action: RuleAction, kind: RuleKind, scope: RuleScope, typed: str, field: str
) -> None:
    with pytest.raises(InvalidRuleError) as refused:
        read_rule(action=action, kind=kind, scope=scope, value=typed)

    assert refused.value.field == field


def test_a_rule_is_named_in_plain_words() -> None:
    rule = read_rule(action=HOLD, kind=WORD, scope=RuleScope.NAME, value="Casino")

    assert describe_rule(rule) == "hold word in the name: casino"


@pytest.mark.parametrize(
    ("actions", "strongest"),
    [
        ([], None),
        ([ALLOW], ALLOW),
        ([ALLOW, HOLD], HOLD),
        ([ALLOW, HOLD, SPAM], SPAM),
    ],
)
def test_spam_comes_before_hold_before_allow(
    actions: list[RuleAction], strongest: RuleAction | None
) -> None:
    assert find_strongest(actions) is strongest
