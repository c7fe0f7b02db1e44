"""Owns how a number of things is said."""


def count_in_words(number: int, noun: str) -> str:
    """Return "1 comment" or "2 comments"."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
