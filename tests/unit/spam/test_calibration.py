import math

import pytest

from moderation.spam.calibration import find_calibration
from moderation.spam.prior import calibrate
from moderation.spam.signal import Signal


def make_signal(name: str, weight: float) -> Signal:
    return Signal(name=name, weight=weight, reason="It is there.")


@pytest.mark.parametrize("weight", [-4.0, -0.5, 1.0, 2.0, 9.0])
def test_the_fitted_signals_and_the_calibration_add_up_to_the_curve(
    weight: float,
) -> None:
    signals = [make_signal("baseline", -1.0), make_signal("prior_words", weight)]

    calibration = find_calibration(signals)

    total = math.fsum([-1.0, weight, calibration.weight])
    assert total == pytest.approx(calibrate(weight - 1.0))


def test_what_was_not_fitted_is_left_as_it_is() -> None:
    fitted = [make_signal("baseline", -1.0), make_signal("website", 1.0)]

    calibration = find_calibration([*fitted, make_signal("honeypot", 3.5)])

    assert calibration == find_calibration(fitted)
