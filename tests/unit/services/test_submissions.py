from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    DuplicateCommentError,
    InvalidInputError,
    NotFoundError,
    ThreadClosedError,
)
from moderation.domain.policy import Policy
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.drafts import Arrival, Draft, prepare_draft
from moderation.services.reviews import decide_comments
from moderation.services.submissions import submit_comment
from moderation.spam.context import Context
from moderation.spam.registry import HEURISTICS
from moderation.spam.submission import Submission
from moderation.storage.models import Comment, Decision, SignalEvidence, Thread
from moderation.storage.session import Database
from tests.factories import ORIGIN, make_comment, make_moderator, make_site, make_thread

HONEST = "After my first month on sertraline the group was what kept me going."
CASINO = (
    'Best <a href="http://casino-bonus.top/1">online casino</a> '
    "http://casino-bonus.top/2 http://slots-win.xyz/3 http://poker-cash.top/4"
)


def make_draft(
    body: str = HONEST,
    *,
    thread: str = "post-1",
    email: str = "ada@example.org",
    name: str = "Ada",
    parent: int | None = None,
    url: str = "",
) -> Draft:
    return prepare_draft(
        thread=thread, name=name, email=email, body=body, parent=parent, url=url
    )


def break_down(submission: Submission, _context: Context) -> None:
    """Be a heuristic with a bug in it, whose message quotes the text."""
    raise ZeroDivisionError(submission.body)


def submit(session: Session, draft: Draft, **arrival: object) -> Comment:
    return submit_comment(session, "blog", draft, Arrival(**arrival))  # type: ignore[arg-type]


def test_a_first_comment_is_held_with_its_evidence(session: Session) -> None:
    make_site(session)

    comment = submit(session, make_draft())

    assert comment.status is Status.HELD
    assert comment.score < 0.1
    names = session.scalars(select(SignalEvidence.name)).all()
    assert "baseline" in names
    assert comment.html == f"<p>{HONEST}</p>"


def test_the_kept_weights_add_up_to_the_score(session: Session) -> None:
    make_site(session)

    comment = submit(session, make_draft(CASINO))

    log_odds = sum(signal.weight for signal in comment.signals)
    assert 1 / (1 + 2.718281828459045**-log_odds) == pytest.approx(comment.score)
    assert comment.score > 0.9


def test_link_spam_is_held_on_a_cold_site_and_never_refused_unseen(
    session: Session,
) -> None:
    make_site(session, policy=Policy.HOLD_SUSPECT)

    comment = submit(session, make_draft(CASINO))

    assert comment.status is Status.HELD


def test_certain_spam_is_filed_once_the_site_has_taught_enough(
    session: Session,
) -> None:
    thread = make_thread(session, make_site(session))
    actor = load_actor(session, make_moderator(session).id)
    for status, action in (
        (Status.HELD, Action.SPAM),
        (Status.HELD, Action.APPROVE),
    ):
        ids = [make_comment(session, thread, status=status).id for _ in range(20)]
        decide_comments(session, actor, dict.fromkeys(ids, 1), action)

    comment = submit(session, make_draft(CASINO))

    assert comment.score > 0.99
    assert comment.status is Status.SPAM


@pytest.mark.parametrize(
    ("policy", "is_known", "status"),
    [
        (Policy.HOLD_ALL, True, Status.HELD),
        (Policy.HOLD_FIRST, False, Status.HELD),
        (Policy.HOLD_FIRST, True, Status.APPROVED),
        (Policy.HOLD_SUSPECT, False, Status.APPROVED),
    ],
)
def test_the_policy_decides_about_what_the_filter_trusts(
    session: Session, policy: Policy, status: Status, *, is_known: bool
) -> None:
    thread = make_thread(session, make_site(session, policy=policy))
    if is_known:
        make_comment(session, thread, status=Status.APPROVED)

    comment = submit(session, make_draft())

    assert comment.status is status
    assert thread.approved_count == (status is Status.APPROVED) + is_known


def test_a_known_author_stays_known_however_much_waits(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    make_comment(session, thread, status=Status.APPROVED)
    for _ in range(30):
        make_comment(session, thread)

    comment = submit(session, make_draft(), at=datetime.now(UTC) + timedelta(hours=1))

    assert comment.status is Status.APPROVED


def test_the_arrival_is_the_first_decision(session: Session) -> None:
    make_site(session)

    comment = submit(session, make_draft())

    decision = session.scalars(select(Decision)).one()
    assert decision.comment_id == comment.id
    assert decision.moderator_id is None
    assert (decision.from_status, decision.to_status) == (None, Status.HELD)
    assert decision.why.startswith(f"Spam score {comment.score:.0%}. This site holds")


def test_the_same_text_by_the_same_author_is_stored_once(session: Session) -> None:
    make_site(session)
    submit(session, make_draft("Thank you,  truly."))

    with pytest.raises(DuplicateCommentError):
        submit(session, make_draft("Thank you, truly.\n", email="ADA@example.org"))

    assert session.scalar(select(func.count()).select_from(Comment)) == 1


@pytest.mark.parametrize(
    "draft",
    [
        # Others may say the same, and the same may be said elsewhere.
        make_draft("Thank you.", email="bob@example.org"),
        make_draft("Thank you.", thread="post-2"),
    ],
)
def test_others_may_write_the_same(session: Session, draft: Draft) -> None:
    make_site(session)
    submit(session, make_draft("Thank you."))

    submit(session, draft)

    assert session.scalar(select(func.count()).select_from(Comment)) == 2


def test_a_reply_needs_a_public_parent_on_its_thread(session: Session) -> None:
    site = make_site(session)
    thread, other = make_thread(session, site), make_thread(session, site, key="post-2")
    public = make_comment(session, thread, status=Status.APPROVED)
    held = make_comment(session, thread)
    elsewhere = make_comment(session, other, status=Status.APPROVED)

    reply = submit(session, make_draft(parent=public.id))

    assert reply.parent_id == public.id
    for parent in (held.id, elsewhere.id, 999):
        with pytest.raises(InvalidInputError) as caught:
            submit(session, make_draft("Me too.", parent=parent))
        assert set(caught.value.errors) == {"parent"}


def test_closed_is_closed(session: Session) -> None:
    site = make_site(session)
    make_thread(session, site).is_open = False

    with pytest.raises(ThreadClosedError):
        submit(session, make_draft())
    site.is_open = False
    with pytest.raises(ThreadClosedError):
        submit(session, make_draft(thread="post-2"))


def test_an_unknown_site_is_said_to_be_unknown(session: Session) -> None:
    with pytest.raises(NotFoundError, match="no such site"):
        submit(session, make_draft())


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (f"{ORIGIN}/post-1/", f"{ORIGIN}/post-1/"),
        # Visitors are sent to this address: it must be the blog's.
        ("https://evil.example/", ""),
        ("https://blog.example.evil.test/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_thread_keeps_only_addresses_of_its_site(
    session: Session, url: str, kept: str
) -> None:
    make_site(session)

    submit(session, make_draft(url=url))

    assert session.scalars(select(Thread.url)).one() == kept


def test_a_broken_heuristic_is_named_on_the_comment_which_is_held(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    make_site(session, policy=Policy.HOLD_SUSPECT)

    whole = submit_comment(session, "blog", make_draft(), Arrival())
    broken = submit_comment(
        session,
        "blog",
        make_draft("Another harmless comment, on the same subject."),
        Arrival(),
        heuristics=[break_down, *HEURISTICS],
    )

    assert whole.status is Status.APPROVED
    assert broken.status is Status.HELD
    assert broken.failures == ["break_down"]
    assert {"baseline", "no_link"} <= {signal.name for signal in broken.signals}
    assert "Heuristic break_down failed with ZeroDivisionError" in caplog.text
    assert "harmless" not in caplog.text


def test_a_burst_from_one_network_is_seen(session: Session) -> None:
    make_site(session)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    scores = [
        submit(
            session,
            make_draft(f"{HONEST} {n}", email=f"a{n}@example.org"),
            ip=f"203.0.113.{n}",
            at=start + timedelta(seconds=n),
        ).score
        for n in range(12)
    ]

    assert scores[-1] > scores[0]
    names = session.scalars(
        select(SignalEvidence.name).where(SignalEvidence.comment_id == 12)
    ).all()
    assert any("network" in name for name in names)


def test_two_processes_store_a_double_click_once(database: Database) -> None:
    with database.write() as session:
        make_site(session)
    other = Database(database.url.render_as_string())

    with database.write() as session:
        submit(session, make_draft())
    with pytest.raises(DuplicateCommentError), other.write() as session:
        submit(session, make_draft())

    other.close()
