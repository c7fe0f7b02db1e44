import pytest

from moderation.spam.flood import is_flooded


@pytest.mark.parametrize(
    ("recent", "usual", "flooded"),
    [
        # On a quiet site.
        (30, 0.0, False),
        (31, 0.0, True),
        # Where many comments are usual.
        (160, 20.0, False),
        (161, 20.0, True),
        # Not known.
        (None, 0.0, False),
        (500, None, False),
    ],
)
def test_many_times_what_is_usual_is_a_flood(
    recent: int | None, usual: float | None, *, flooded: bool
) -> None:
    assert is_flooded(recent, usual) is flooded
