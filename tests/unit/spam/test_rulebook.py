from itertools import count
from time import process_time

import pytest

from moderation.domain.rules import MOST_RULES, RuleAction, RuleKind, RuleScope
from moderation.spam.context import Context
from moderation.spam.learning import Learnt, Tally, find_evidence
from moderation.spam.pipeline import compute_score, judge
from moderation.spam.rulebook import MOST_MATCHES, match_rules
from moderation.spam.rules import SiteRule, read_rule
from moderation.spam.submission import Submission
from moderation.spam.weighing import list_shipped

LONGEST = 65_525
MOST_SECONDS = 1.0
IDS = count(1)


def make_rule(
    kind: str, value: str, *, scope: str = "any", action: str = "hold"
) -> SiteRule:
    return read_rule(
        action=RuleAction(action),
        kind=RuleKind(kind),
        scope=RuleScope(scope),
        value=value,
        rule_id=next(IDS),
    )


def find_marked(submission: Submission, rule: SiteRule) -> list[str]:
    """Return what the rule points at, by field and text."""
    return [
        f"{span.field}: {getattr(submission, span.field)[span.start : span.end]}"
        for match in match_rules(submission, (rule,))
        for span in match.spans
    ]


COMMENT = Submission(
    body="The ＢＥＳＴ casino: http://Win.Casino.example/a and <a href='http://b.example'>"
    "free spins</a>, write to Bob@Mail.example.",
    author="Casino King",
    email="king@casino.example",
    website="https://www.kings.example/casino",
    ip="203.0.113.7",
)


@pytest.mark.parametrize(
    ("rule", "marked"),
    [
        # A word in any field, also where a link has it.
        (
            make_rule("word", "CASINO"),
            [
                "body: casino",
                "body: Casino",
                "author: Casino",
                "website: casino",
                "email: casino",
            ],
        ),
        (make_rule("word", "casino", scope="name"), ["author: Casino"]),
        (make_rule("word", "free spins"), ["body: free spins"]),
        (make_rule("word", "best casino"), ["body: ＢＥＳＴ casino"]),
        # Part of a word is not the word; nor are its parts in another order.
        (make_rule("word", "cas"), []),
        (make_rule("word", "spins free"), []),
        # A domain, and what stands under it; not what only ends alike.
        (
            make_rule("domain", "casino.example"),
            ["body: http://Win.Casino.example/a", "email: casino.example"],
        ),
        (make_rule("domain", "no.example"), []),
        (make_rule("domain", "ino.example"), []),
        (
            make_rule("domain", "kings.example"),
            ["website: https://www.kings.example/casino"],
        ),
        (make_rule("domain", "kings.example", scope="comment"), []),
        (
            make_rule("domain", "b.example"),
            ["body: <a href='http://b.example'>free spins</a>"],
        ),
        # An address, or all of a mail domain; in the comment, too.
        (make_rule("email", "KING@casino.example"), ["email: king@casino.example"]),
        (make_rule("email", "queen@casino.example"), []),
        (
            make_rule("email", "@example"),
            ["email: king@casino.example", "body: Bob@Mail.example."],
        ),
        (make_rule("email", "bob@mail.example"), ["body: Bob@Mail.example."]),
        (make_rule("email", "bob@mail.example", scope="email"), []),
    ],
    ids=lambda value: value.value if isinstance(value, SiteRule) else "",
)
def test_a_rule_points_at_what_it_matches(rule: SiteRule, marked: list[str]) -> None:
    assert find_marked(COMMENT, rule) == marked


@pytest.mark.parametrize(
    ("network", "address", "is_match"),
    [
        ("203.0.113.0/24", "203.0.113.7", True),
        ("203.0.113.0/24", "203.0.114.7", False),
        ("203.0.113.7", "203.0.113.7", True),
        ("2001:db8::/32", "2001:db8:1::2", True),
        # IPv4 written as IPv6 is IPv4; a zone is no part of an address.
        ("203.0.113.0/24", "::ffff:203.0.113.7", True),
        ("fe80::/16", "fe80::1%eth0", True),
        # Not known.
        ("203.0.113.0/24", "", False),
        ("203.0.113.0/24", "none", False),
    ],
)
def test_a_network_matches_its_addresses(
    network: str, address: str, *, is_match: bool
) -> None:
    found = match_rules(
        Submission(body="Hello", ip=address), (make_rule("network", network),)
    )

    assert bool(found) is is_match


def test_hosts_in_other_scripts_match_their_ascii_form() -> None:
    rule = make_rule("domain", "xn--bcher-kva.example")

    found = find_marked(Submission(body="Go http://BÜCHER.example/x now"), rule)

    assert found == ["body: http://BÜCHER.example/x"]


def test_the_strongest_rules_come_first_and_only_so_many() -> None:
    rules = tuple(make_rule("word", f"w{i}") for i in range(MOST_MATCHES))
    spam = make_rule("word", "last", action="spam")
    body = " ".join(rule.value for rule in (*rules, spam))

    found = match_rules(Submission(body=body), (*rules, spam))

    assert len(found) == MOST_MATCHES
    assert found[0].rule == spam


def test_a_rule_is_kept_with_its_reason_and_changes_no_score() -> None:
    rule = make_rule("word", "casino", action="spam")
    plain = judge(COMMENT)

    judged = judge(COMMENT, Context(rules=(rule,)))

    first = judged.signals[0]
    assert (first.name, first.weight) == (f"rule_{rule.id}", 0.0)
    assert first.reason == "Your rule “spam word: casino” matches."
    assert judged.rule is RuleAction.SPAM
    assert judged.score == plain.score == compute_score(judged.signals)


def test_a_site_learns_nothing_of_its_rules() -> None:
    rules = (make_rule("word", "casino", action="spam"),)
    learnt = Learnt(totals=Tally(spam=30, ham=30), signals={"rule_1": Tally(30, 0)})
    plain = judge(COMMENT, Context(learnt=learnt))

    judged = judge(COMMENT, Context(learnt=learnt, rules=rules))

    shipped = list_shipped(signal.name for signal in judged.signals)
    assert not any(name.startswith("rule") for name in shipped)
    assert find_evidence(COMMENT, shipped).signals == frozenset(
        list_shipped(signal.name for signal in plain.signals)
    )
    assert (judged.inputs, judged.score) == (plain.inputs, plain.score)


def test_rules_that_break_down_mean_doubt() -> None:
    rule = make_rule("network", "203.0.113.0/24", action="spam")
    object.__setattr__(rule, "value", "broken")

    judged = judge(COMMENT, Context(rules=(rule,)))

    assert judged.failures == ("match_rules",)
    assert judged.rule is None


# Of each kind, and as many as a site can have.
FULL = (
    *(make_rule("word", f"word {i}") for i in range(200)),
    make_rule("word", "a a a a a a a b"),
    make_rule("word", "中 中 中 b"),
    *(make_rule("domain", f"a{i}.example") for i in range(140)),
    *(make_rule("email", f"a{i}@a.example") for i in range(100)),
    *(make_rule("network", f"10.{i}.0.0/16") for i in range(58)),
)


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "a",
        "word ",
        "word 1 ",
        "中",
        "a\u0301",
        "\u00ad",
        "a\u200b",
        "@",
        "a@",
        "a@b.",
        "a.",
        "a@a.a",
        "http://a1.example ",
        "http://" + "a." * 100,
        "ﷺ",
        "_",
        " ",
    ],
    ids=repr,
)
def test_hostile_texts_take_linear_time(piece: str) -> None:
    whole = (LONGEST * piece)[:LONGEST]

    # A busy machine may take longer, but not thrice.
    tries = (is_linear(whole) for _ in range(3))

    assert len(FULL) == MOST_RULES
    assert any(tries)


def is_linear(whole: str) -> bool:
    """Return whether four times the text takes four times as long, not sixteen."""
    quarter_seconds = measure_seconds(whole[: LONGEST // 4])
    seconds = measure_seconds(whole)
    return seconds < min(MOST_SECONDS, 6 * quarter_seconds + 0.05)


def measure_seconds(body: str) -> float:
    submission = Submission(body=body, website=body[:2_000])
    start = process_time()
    match_rules(submission, FULL)
    return process_time() - start
