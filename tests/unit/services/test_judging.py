from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.rates import RATE_WINDOW
from moderation.services.submissions import submit_comment
from tests.factories import make_comment, make_site, make_thread

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
GREEK = "Σας ευχαριστώ πολύ για το κείμενο, με βοήθησε πάρα πολύ σήμερα το πρωί."


def submit(session: Session, body: str, *, at: datetime = NOON) -> set[str]:
    """Submit a comment by a new author from the same network; return its signals."""
    draft = prepare_draft(
        thread="post-1", name="Ada", email=f"a{at.timestamp()}@example.org", body=body
    )
    arrival = Arrival(ip="203.0.113.7", at=at)
    comment = submit_comment(session, "blog", draft, arrival)
    return {signal.name for signal in comment.signals}


def test_only_the_last_minutes_count_as_a_burst(session: Session) -> None:
    make_site(session)
    for second in range(12):
        submit(session, f"Thought {second}", at=NOON + timedelta(seconds=second))

    soon = submit(session, "One more.", at=NOON + timedelta(minutes=5))
    later = submit(session, "And one.", at=NOON + 2 * RATE_WINDOW)

    assert "busy_network" in soon
    assert "busy_network" not in later


def test_what_is_not_approved_does_not_tell_the_script_of_a_thread(
    session: Session,
) -> None:
    thread = make_thread(session, make_site(session))
    for status in (Status.HELD, Status.SPAM, Status.REJECTED):
        make_comment(session, thread, status=status, body=GREEK)

    assert "foreign_script" in submit(session, GREEK)


def test_approved_comments_tell_the_script_of_a_thread(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    make_comment(session, thread, status=Status.APPROVED, body=GREEK)

    assert "foreign_script" not in submit(session, GREEK)
