import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from moderation.domain.outcomes import Said
from moderation.domain.statuses import Action
from moderation.domain.waits import Wait
from moderation.services.statistics import MOST_COUNTED
from moderation.spam.verdict import Verdict
from moderation.storage.models import Comment, SiteDay, Thread
from moderation.storage.models.base import now
from moderation.web.moderator.statistic_charts import describe_speed, describe_waiting
from tests.web.visiting import Visitor

PAGE = "/moderate/sites/blog/statistics"


def count(**numbers: int) -> dict[Wait, int]:
    return {wait: numbers.get(wait.name, 0) for wait in Wait}


@pytest.mark.parametrize(
    ("ages", "told"),
    [
        (count(), "Nothing waits."),
        (count(HOUR=1), "1 comment waits, none for longer than an hour."),
        (count(HOUR=1, DAYS=2), "3 comments wait, none for longer than 3 days."),
        (count(LONGER=1_200), "1,200 comments wait, some for more than a week."),
        # What was not counted to its end is not told as if it were.
        (
            count(DAY=MOST_COUNTED, WEEK=5),
            "At least 10,005 comments wait, none for longer than a week.",
        ),
    ],
)
def test_the_queue_is_told_in_a_sentence(ages: dict[Wait, int], told: str) -> None:
    assert describe_waiting(ages) == told


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        (count(), "Nobody decided on a held comment in this time."),
        (count(MINUTES=9, LONGER=1), "Nine in ten were decided on within 10 minutes."),
        (
            count(HOUR=5, DAY=4, WEEK=1),
            "Half were decided on within an hour, nine in ten within a day.",
        ),
        (
            count(HOUR=6, LONGER=4),
            "Half were decided on within an hour; some took over a week.",
        ),
        (count(LONGER=2), "Half of them and more waited for longer than a week."),
    ],
)
def test_the_speed_is_told_in_a_sentence(waits: dict[Wait, int], told: str) -> None:
    assert describe_speed(waits) == told


def test_a_page_draws_what_was_counted_and_tells_it_in_tables(
    alice: Visitor, session: Session, thread: Thread, comment: Comment
) -> None:
    for back in range(0, 60, 3):
        session.add(
            SiteDay(
                site_id=thread.site_id,
                day=now().date() - timedelta(days=back),
                verdict=Verdict.PUBLISH,
                said=Said.SPAM,
                number=2,
            )
        )
    comment.verdict = Verdict.HOLD
    session.commit()
    alice.decide(Action.APPROVE.value, comment)

    page = alice.get(PAGE).text

    assert "40 comments" in page
    assert re.search(r'<rect class="kind-published" x="[\d.]+%"', page)
    assert page.count("<details") == 5
    assert '<th scope="row"><bdi>alice@example.org</bdi></th><td>1</td>' in page
    assert "style=" not in page


@pytest.mark.parametrize("path", [PAGE, "/moderate/statistics"])
@pytest.mark.parametrize("span", ["month", "quarter", "year"])
def test_a_span_is_chosen_by_a_link(alice: Visitor, path: str, span: str) -> None:
    page = alice.get(f"{path}?span={span}")

    assert page.status_code == 200
    assert f'<a href="?span={span}" aria-current="page">' in page.text
    assert "Nothing came in" in page.text


@pytest.mark.parametrize("query", ["span=none", "span=month&span=year", "span=%00"])
def test_what_is_no_span_is_refused(alice: Visitor, query: str) -> None:
    assert alice.get(f"{PAGE}?{query}").status_code == 422
