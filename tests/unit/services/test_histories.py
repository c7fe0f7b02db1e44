from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.histories import MOST_COUNTED, History, read_histories
from tests.factories import make_comment, make_site, make_thread

NOTHING = History(approved=0, rejected=0, spam=0)


def test_a_history_has_the_other_comments_of_an_address_on_the_site(
    session: Session,
) -> None:
    thread = make_thread(session, make_site(session))
    other = make_thread(session, make_site(session, key="other"))
    for status in (Status.APPROVED, Status.APPROVED, Status.SPAM, Status.HELD):
        make_comment(session, thread, status=status)
    make_comment(session, other, status=Status.REJECTED)
    comment = make_comment(session, thread)
    approved = make_comment(
        session, thread, status=Status.APPROVED, email="b@b.example"
    )

    histories = read_histories(session, [comment, approved])

    assert histories == {
        comment.id: History(approved=2, rejected=0, spam=1),
        # Not by its own presence.
        approved.id: NOTHING,
    }


def test_a_history_is_counted_no_further_than_needed(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    for _ in range(MOST_COUNTED + 2):
        make_comment(session, thread, status=Status.SPAM)
    comment = make_comment(session, thread)

    assert read_histories(session, [comment])[comment.id].spam == MOST_COUNTED
