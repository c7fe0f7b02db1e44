"""Owns how a spam probability is told to people."""


def find_percent(score: float) -> int:
    """Return a probability (0 to 1) in percent; 0 and 100 would claim certainty."""
    return min(99, max(1, round(score * 100)))
