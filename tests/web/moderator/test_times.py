from datetime import UTC, datetime, timedelta

import pytest

from moderation.web.moderator.times import describe_age, describe_moment

NOW = datetime(2026, 5, 20, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        # Another machine's clock may be ahead.
        (timedelta(hours=-3), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=7), "1 week ago"),
        (timedelta(days=34), "4 weeks ago"),
        # So long ago, people want the date.
        (timedelta(days=35), "15 April 2026"),
        (timedelta(days=365), "20 May 2025"),
    ],
)
def test_an_age_is_told_as_people_say_it(age: timedelta, words: str) -> None:
    assert describe_age(NOW - age, NOW) == words


def test_a_moment_is_told_in_full() -> None:
    assert describe_moment(NOW) == "20 May 2026, 09:05 UTC"
