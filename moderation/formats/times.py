"""Owns how instants are read, in all the ways that exports write them."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Some write a space before the offset, which ISO 8601 does not know.
_SPACED_OFFSET = re.compile(r" +(?=[+-]\d\d:?\d\d$)")


def parse_instant(value: object) -> datetime | None:
    """Return an aware instant; without an offset it is UTC. None if it is none.

    Numbers are seconds since 1970.
    """
    try:
        found = _parse(value)
        if found is None:
            return None
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # What lies before is a zero that was meant to say "unknown".
    return found if found > EPOCH else None


def _parse(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return EPOCH + timedelta(seconds=value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.replace(".", "", 1).isdecimal() and "-" not in text:
        return EPOCH + timedelta(seconds=float(text))
    return datetime.fromisoformat(_SPACED_OFFSET.sub("", text))
