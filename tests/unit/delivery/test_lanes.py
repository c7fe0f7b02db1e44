from moderation.delivery.lanes import Lanes


def test_an_endpoint_holds_half_of_the_hands_at_most() -> None:
    lanes = Lanes(4)

    entered = [lanes.enter(1, is_failing=False) for _ in range(3)]

    assert entered == [True, True, False]
    assert set(lanes.survey().busy) == {1}
    assert lanes.enter(2, is_failing=False)


def test_one_that_fails_holds_a_single_hand() -> None:
    lanes = Lanes(8)

    assert lanes.enter(1, is_failing=True)
    assert not lanes.enter(1, is_failing=True)
    assert set(lanes.survey().busy) == {1}


def test_all_that_fail_leave_hands_for_the_others() -> None:
    lanes = Lanes(4)

    entered = [lanes.enter(number, is_failing=True) for number in range(3)]

    assert entered == [True, True, False]
    assert not lanes.survey().may_fail
    assert lanes.enter(9, is_failing=False)


def test_a_lane_that_was_left_is_free_again() -> None:
    lanes = Lanes(2)
    lanes.enter(1, is_failing=True)

    lanes.leave(1)

    assert lanes.enter(1, is_failing=False)
    assert lanes.survey().may_fail
