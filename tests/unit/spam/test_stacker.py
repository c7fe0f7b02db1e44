import math
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.spam.stacker import (
    DIALS,
    INPUTS,
    NOTHING,
    SCALE,
    Group,
    Terms,
    compute_terms,
    compute_weights,
    find_group,
    round_inputs,
)

VALUES = st.floats(-8, 8)
DECISIONS = st.lists(
    st.tuples(st.lists(VALUES, min_size=9, max_size=9), st.booleans()), max_size=8
)


def make_inputs(**values: float) -> tuple[int, ...]:
    groups = dict.fromkeys(Group, 0.0) | {Group.START: 1.0}
    return round_inputs(groups | {Group(name): v for name, v in values.items()})


def add_up(decisions: list[tuple[list[float], bool]]) -> Terms:
    rows = [
        compute_terms(tuple(round(v * SCALE) for v in values), is_spam=is_spam)
        for values, is_spam in decisions
    ]
    return tuple(map(sum, zip(NOTHING, *rows, strict=True)))


def test_without_decisions_the_defaults_hold() -> None:
    weights = compute_weights(NOTHING)

    assert weights == {group: dial.default for group, dial in DIALS.items()}


def test_a_group_that_was_right_counts_more_and_one_that_was_wrong_less() -> None:
    decisions = [
        *[(make_inputs(words=2.0, links=-2.0), True)] * 200,
        *[(make_inputs(words=-2.0, links=2.0), False)] * 200,
    ]
    rows = [compute_terms(inputs, is_spam=is_spam) for inputs, is_spam in decisions]

    weights = compute_weights(tuple(map(sum, zip(*rows, strict=True))))

    assert weights[Group.WORDS] > DIALS[Group.WORDS].default
    assert weights[Group.LINKS] < DIALS[Group.LINKS].default
    assert weights[Group.AUTHOR] == DIALS[Group.AUTHOR].default


@given(DECISIONS)
def test_no_order_of_decisions_matters(
    decisions: list[tuple[list[float], bool]],
) -> None:
    sums = {add_up(list(order)) for order in islice(permutations(decisions), 20)}

    assert sums == {add_up(decisions)}


@given(DECISIONS)
def test_no_weight_goes_further_than_it_may(
    decisions: list[tuple[list[float], bool]],
) -> None:
    weights = compute_weights(add_up(decisions * 50))

    for group, dial in DIALS.items():
        assert math.isfinite(weights[group])
        assert abs(weights[group] - dial.default) <= dial.reach
        assert weights[group] >= 0 or group is Group.START


@pytest.mark.parametrize("inputs", [(), (1, 2, 3)])
def test_a_comment_without_inputs_teaches_no_weights(inputs: tuple[int, ...]) -> None:
    assert compute_terms(inputs, is_spam=True) == NOTHING


def test_what_is_not_named_is_the_shipped_filters() -> None:
    assert find_group("html_anchor") is Group.PRIOR
    assert find_group("site_words") is Group.WORDS
    assert set(INPUTS) == set(Group) - {Group.CALIBRATION}
