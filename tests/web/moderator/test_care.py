"""A comment whose author may be in danger, as moderators find it."""

from sqlalchemy.orm import Session

from moderation.services.access import OPERATOR
from moderation.services.care import Care, set_care
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.spam.care import REASON, SHIPPED_PHRASES
from moderation.storage.models import Comment
from tests.web.visiting import Visitor, name_version


def submit(session: Session, body: str) -> Comment:
    draft = prepare_draft(
        thread="post-1", name="Nell", email="nell@example.org", body=body
    )
    comment = submit_comment(session, "blog", draft, Arrival())
    session.commit()
    return comment


def switch_on(session: Session) -> None:
    care = Care(is_on=True, phrases=SHIPPED_PHRASES, help_text="")
    set_care(session, OPERATOR, "blog", care)


def test_it_is_first_in_the_queue_and_says_so_once(
    alice: Visitor, session: Session, comment: Comment
) -> None:
    switch_on(session)
    urgent = submit(session, "I want to die.")

    queue = alice.get("/moderate/").text
    page = alice.get(f"/moderate/comments/{urgent.id}").text

    order = [queue.index(f'id="comment-{c.id}"') for c in (urgent, comment)]
    assert order == sorted(order)
    assert queue.count("Read first") == 1
    assert queue.count(f'<p class="care">{REASON}</p>') == 1
    assert "want to die</mark>" in queue
    # The history says as well why it was held.
    assert page.count(REASON) >= 2


def test_it_is_shown_apart_before_a_selection_is_decided_on(
    alice: Visitor, session: Session, comment: Comment
) -> None:
    switch_on(session)
    urgent = submit(session, "I want to die.")
    selected = [name_version(one) for one in (comment, urgent)]

    page = alice.post("/moderate/preview", action="spam", comment=selected).text

    assert "Please read this one first: its author may be in danger" in page
    assert page.index(f'value="{urgent.id}:') < page.index(f'value="{comment.id}:')


def test_while_it_is_off_nothing_is_marked(alice: Visitor, session: Session) -> None:
    submit(session, "I want to die.")

    assert "Read first" not in alice.get("/moderate/").text
