"""Owns how often something happened, as reasons say it."""

_WORDS = {1: "once", 2: "twice"}


def describe_times(number: int) -> str:
    """Return "once", "twice", "3 times"."""
    return _WORDS.get(number, f"{number} times")
