"""Owns when a site is flooded: so many comments at once that no filter can be trusted.

In a flood nothing is refused, and nothing is published by the filter alone: whoever
finds a text that the filter lets pass can send it a thousand times, from a thousand
addresses.
"""

# In ten minutes. Not measured: a post that becomes known brings a few comments a
# minute at most.
FEWEST_IN_FLOOD = 31
TIMES_USUAL = 8


def is_flooded(recent: int | None, usual: float | None) -> bool:
    """Return whether `recent` comments in ten minutes are a flood where `usual` are.

    None stands for what is not known: no flood.
    """
    if recent is None or usual is None:
        return False
    return recent >= FEWEST_IN_FLOOD and recent > TIMES_USUAL * usual
