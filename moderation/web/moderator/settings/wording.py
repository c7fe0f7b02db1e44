"""Owns the words for rules, policies and what became of comments."""

from moderation.domain.outcomes import Said
from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.spam.verdict import Verdict

ACTIONS = {
    RuleAction.HOLD: "Hold it for a moderator",
    RuleAction.SPAM: "File it as spam",
    RuleAction.ALLOW: "Publish it",
}
ACTIONS_SHORT = {
    RuleAction.HOLD: "Hold",
    RuleAction.SPAM: "Spam",
    RuleAction.ALLOW: "Allow",
}
KINDS = {
    RuleKind.WORD: "the word or words",
    RuleKind.DOMAIN: "the domain",
    RuleKind.EMAIL: "the e-mail address or mail domain",
    RuleKind.NETWORK: "a sender in the network",
}
SCOPES = {
    RuleScope.ANY: "anywhere",
    RuleScope.COMMENT: "in the comment",
    RuleScope.NAME: "in the name",
    RuleScope.WEBSITE: "in the website",
    RuleScope.EMAIL: "in the e-mail address",
}
POLICIES = {
    Policy.HOLD_ALL: "Hold every comment",
    Policy.HOLD_FIRST: "Hold authors' first comments, and what looks like spam",
    Policy.HOLD_SUSPECT: "Hold only what looks like spam",
}
SAID = {
    Said.NOTHING: "not decided on",
    Said.APPROVED: "approved",
    Said.REJECTED: "rejected",
    Said.SPAM: "spam",
}
BECAME = {
    Verdict.PUBLISH: "published",
    Verdict.HOLD: "held",
    Verdict.SPAM: "filed as spam",
}
EVENTS = {
    "added": "The rule is saved and works from the next comment on.",
    "on": "The rule works again.",
    "off": "The rule rests. Nothing it did is undone.",
    "deleted": "The rule is deleted. Nothing it did is undone.",
    "saved": "Saved. It holds from the next comment on.",
    "site": "The site is added. This is what its pages need.",
    "basics": "Saved.",
    "origin-add": "The origin is added: its pages may show the comments.",
    "origin-remove": "The origin is removed: its pages show no comments any more.",
    "thread-open": "The thread takes comments again.",
    "thread-closed": "The thread is closed. What is published stays.",
    "care": "Saved. It holds from the next comment on.",
}


def describe_signal(name: str) -> str:
    """Return the name of a signal as people read it."""
    return name.replace("_", " ")


def write_percent(share: float) -> str:
    """Return a share (0 to 1) in percent without needless zeros: "10", "99.5"."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".")
