import math

import pytest

from moderation.spam.regression import (
    Case,
    Limits,
    PointCase,
    compute_logistic,
    fit_bounded,
    fit_sparse,
)

FREE = Limits(belief=0.0, least=-9.0, most=9.0, pull=1e-9)


def make_cases(spam: int, ham: int) -> list[PointCase]:
    """Return cases that all have one thing, so many of each kind."""
    kinds = spam * [True] + ham * [False]
    return [PointCase(values={"it": 1.0}, weight=1.0, is_spam=kind) for kind in kinds]


def test_a_free_weight_is_the_log_of_the_odds() -> None:
    fitted = fit_bounded(make_cases(30, 10), {"it": FREE})

    assert fitted["it"] == pytest.approx(math.log(3), abs=0.01)


def test_a_weight_stays_within_its_bounds() -> None:
    limits = Limits(belief=0.0, least=-1.0, most=0.5, pull=1e-9)

    assert fit_bounded(make_cases(30, 10), {"it": limits}) == {"it": 0.5}
    assert fit_bounded(make_cases(1, 30), {"it": limits}) == {"it": -1.0}


def test_without_data_a_belief_stands() -> None:
    believed = Limits(belief=0.7, least=0.0, most=3.0, pull=6.0)

    fitted = fit_bounded(make_cases(1, 1), {"it": FREE, "other": believed})

    assert fitted["other"] == 0.7


def test_a_pull_holds_a_weight_near_its_belief() -> None:
    strong = Limits(belief=0.0, least=-9.0, most=9.0, pull=100.0)

    fitted = fit_bounded(make_cases(30, 10), {"it": strong})

    assert 0 < fitted["it"] < 0.2


def test_sparse_weights_tell_spam_from_ham() -> None:
    cases = [
        Case(present=[0, 2], scale=1.0, weight=1.0, is_spam=True),
        Case(present=[1, 2], scale=1.0, weight=1.0, is_spam=False),
    ]

    spam, ham, both = fit_sparse(10 * cases, size=3, penalty=0.1)

    assert spam > 1
    assert spam == pytest.approx(-ham, abs=0.01)
    assert both == pytest.approx(0, abs=0.01)


def test_a_higher_penalty_gives_smaller_weights() -> None:
    cases = [
        Case(present=[0], scale=1.0, weight=1.0, is_spam=True),
        Case(present=[1], scale=1.0, weight=1.0, is_spam=False),
    ]

    light = fit_sparse(10 * cases, size=2, penalty=0.1)
    heavy = fit_sparse(10 * cases, size=2, penalty=10.0)

    assert 0 < heavy[0] < light[0]


@pytest.mark.parametrize("log_odds", [-1e6, -1.0, 0.0, 1.0, 1e6])
def test_the_logistic_function_never_overflows(log_odds: float) -> None:
    assert compute_logistic(log_odds) + compute_logistic(-log_odds) == pytest.approx(1)
