import pytest

from moderation.domain.scores import find_percent


@pytest.mark.parametrize(
    ("score", "percent"),
    [
        (0.027, 3),
        (0.987, 99),
        # Nothing is certain.
        (0.0, 1),
        (0.9999, 99),
    ],
)
def test_a_score_is_told_in_percent(score: float, percent: int) -> None:
    assert find_percent(score) == percent
