"""Owns the words of the pages on which comments are found."""

from moderation.domain.statuses import Status
from moderation.web.moderator.wording import TABS

# What a filter that is set is called; words searched for stand in their own field.
CHIPS = {
    "site": "Site",
    "status": "Status",
    "thread": "Thread",
    "from": "From",
    "author": "By",
    "network": "Network",
    "reason": "Reason",
    "least": "Score from",
    "most": "Score up to",
    "campaign": "Campaign",
    "since": "Since",
    "until": "Until",
}
PERCENTS = ("least", "most")


def describe_value(name: str, value: str) -> str:
    """Return the value of a filter as a chip shows it."""
    if name == "author":
        return "one author"
    if name == "status":
        return TABS[Status(value)].lower() if value in set(Status) else value
    if name in PERCENTS:
        return f"{value.removesuffix('%')}%"
    if name in {"thread", "campaign"}:
        return f"no. {value}"
    if name == "reason":
        return value.replace("_", " ")
    return value
