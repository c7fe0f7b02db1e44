import pytest
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.drafts import Arrival, Draft, prepare_draft
from moderation.services.memory import MOST_COMPARED, find_twins, remember_text
from moderation.services.submissions import submit_comment
from moderation.spam.context import Twins
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.storage.models import Comment, Decision, Site
from tests.factories import make_comment, make_site, make_thread

SPUN = (
    (
        "I have to say that this is one of the most helpful posts about home insurance "
        "that I have read in a long time, and I will be sure to tell all of my friends "
        "about it. Please keep up the good work, because there are not many blogs like "
        "this one out there, and we need more of them."
    ),
    (
        "I must say that this is one of the most useful articles about home insurance "
        "that I have seen in a long while, and I will be sure to tell all of my family "
        "about it. Please keep up the great work, because there are not many like "
        "this one out there, and we need more of them."
    ),
)
HONEST = (
    "My mother started lithium last spring, and what nobody had told us is how much "
    "water she would need. The nurse at the group noticed it before we did. It was "
    "a hard summer, but she is back in her garden now, and I wanted to thank the "
    "people here for their patience with my questions."
)


def make_draft(body: str, *, email: str = "ada@example.org") -> Draft:
    return prepare_draft(thread="post-1", name="Ada", email=email, body=body)


def store(session: Session, body: str, *, email: str, status: Status) -> Comment:
    comment = submit_comment(session, "blog", make_draft(body, email=email), Arrival())
    comment.status = status
    session.add(
        Decision(
            comment_id=comment.id, from_status=Status.HELD, to_status=status, version=2
        )
    )
    session.flush()
    return comment


def look_up(session: Session, site: Site, body: str) -> Twins:
    submission = Submission(body=body, author="Ada", email="ada@example.org")
    return find_twins(session, site.id, submission, sketch_text(body))


@pytest.mark.parametrize("status", [Status.SPAM, Status.APPROVED, Status.HELD])
def test_respun_text_is_known_again_with_its_status(
    session: Session, status: Status
) -> None:
    site = make_site(session)
    store(session, SPUN[0], email="seo@example.org", status=status)

    twins = look_up(session, site, SPUN[1])

    found = {
        Status.SPAM: twins.spam,
        Status.APPROVED: twins.approved,
        Status.HELD: twins.other,
    }
    assert found == {each: int(each is status) for each in found}
    assert twins.by_same_author == 0


def test_an_honest_text_has_no_twins(session: Session) -> None:
    site = make_site(session)
    store(session, SPUN[0], email="seo@example.org", status=Status.SPAM)

    twins = look_up(session, site, HONEST)

    assert (twins.spam, twins.approved, twins.other) == (0, 0, 0)


def test_another_site_remembers_nothing_of_it(session: Session) -> None:
    make_site(session)
    other = make_site(session, key="other")
    store(session, SPUN[0], email="seo@example.org", status=Status.SPAM)

    twins = look_up(session, other, SPUN[1])

    assert twins.spam == 0


def test_a_spam_twin_raises_the_score(session: Session) -> None:
    make_site(session)
    first = store(session, SPUN[0], email="seo@example.org", status=Status.SPAM)

    second = submit_comment(
        session, "blog", make_draft(SPUN[1], email="b@example.org"), Arrival()
    )

    assert second.score > first.score


def test_a_campaign_of_any_size_costs_a_bounded_search(session: Session) -> None:
    site = make_site(session)
    thread = make_thread(session, site)
    sketch = make_draft(SPUN[0]).sketch
    for _ in range(2 * MOST_COMPARED):
        comment = make_comment(session, thread, status=Status.SPAM, body=SPUN[0])
        remember_text(session, comment, sketch)

    twins = look_up(session, site, SPUN[1])

    assert twins.other == MOST_COMPARED


def test_the_nearest_of_several_twins_is_named(session: Session) -> None:
    site = make_site(session)
    store(session, SPUN[0], email="a@example.org", status=Status.SPAM)
    copies = [
        store(session, SPUN[1], email=f"{name}@example.org", status=Status.HELD)
        for name in ("b", "c")
    ]

    twins = look_up(session, site, SPUN[1])

    assert twins.nearest == copies[0].id
    assert look_up(session, site, HONEST).nearest is None
