"""Owns how lists of phrases are written down in the code."""


def split_phrases(*texts: str) -> frozenset[str]:
    """Return the phrases that stand in `texts`, divided by commas."""
    return frozenset(
        " ".join(phrase.split()) for text in texts for phrase in text.split(",")
    )
