import pytest

from moderation.domain.statuses import MOVES, Action, Status, find_target


@pytest.mark.parametrize(
    ("status", "action", "target"),
    [
        # The everyday moves out of the queue.
        (Status.HELD, Action.APPROVE, Status.APPROVED),
        (Status.HELD, Action.REJECT, Status.REJECTED),
        (Status.HELD, Action.SPAM, Status.SPAM),
        # A second thought leads anywhere else.
        (Status.APPROVED, Action.SPAM, Status.SPAM),
        (Status.REJECTED, Action.APPROVE, Status.APPROVED),
        (Status.SPAM, Action.HOLD, Status.HELD),
        # What would change nothing is not offered: a rejected comment stays rejected.
        (Status.REJECTED, Action.REJECT, None),
        (Status.HELD, Action.HOLD, None),
    ],
)
def test_each_action_leads_where_the_table_says(
    status: Status, action: Action, target: Status | None
) -> None:
    assert find_target(status, action) is target


def test_every_status_can_be_left_and_none_leads_to_itself() -> None:
    for status in Status:
        assert MOVES[status]
        assert status not in MOVES[status].values()
