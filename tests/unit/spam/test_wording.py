import pytest

from moderation.spam.wording import describe_times


@pytest.mark.parametrize(
    ("number", "words"), [(1, "once"), (2, "twice"), (3, "3 times")]
)
def test_a_number_of_times_is_said_as_people_do(number: int, words: str) -> None:
    assert describe_times(number) == words
