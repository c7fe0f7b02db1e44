from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services import counting
from moderation.services.counting import count_lessons, list_uncounted
from moderation.services.learning import Taught, note_lessons, teach_labels
from moderation.services.piles import Pile
from moderation.services.sums import Change, pack_words
from moderation.spam.learning import Label
from moderation.storage.models import (
    Comment,
    LearntFeature,
    LearntSite,
    LearntWord,
    Lesson,
)
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread

WORDS = ([1, 2, 2**24 - 1], [2, 3], [2, 2**24 - 1])


def make_lesson(number: int) -> Lesson:
    return Lesson(
        label=Label.SPAM if number % 3 else Label.HAM,
        words=pack_words(WORDS[number % len(WORDS)]),
        features={"domain": [f"{number % 5}.example"], "author": []},
        terms=[],
    )


def test_many_lessons_add_up_to_the_same_as_few() -> None:
    # More often than a byte can count.
    lessons = [make_lesson(number) for number in range(1_000)]
    few, many = Change(), Pile()

    for lesson in lessons:
        few.add(lesson)
        many.add(lesson)
    many.sum_up()

    assert list(many.list_words(1)) == list(few.list_words(1))
    assert list(many.list_features(1)) == list(few.list_features(1))
    assert (many.totals, list(many.terms)) == (few.totals, list(few.terms))


@pytest.mark.parametrize("many", [1, 1_000])
def test_each_lesson_is_counted_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(counting, "MANY", many)
    site_id = keep_lessons(database, number=5)

    counts = [count_lessons(database, site_id, most=3) for _ in range(3)]

    assert counts == [3, 2, 0]
    assert read_sums(database) == (5, Counter({1: 5, 2: 5}), {"a.example": 5})
    with database.read() as session:
        assert list_uncounted(session) == []


def test_what_is_not_counted_is_not_taken_back(database: Database) -> None:
    site_id = keep_lessons(database, number=2)

    with database.write() as session:
        lesson = session.scalars(select(Lesson)).first()
        assert lesson is not None
        comment = session.get_one(Comment, lesson.comment_id)
        teach_labels(session, [(comment, None)])
    count_lessons(database, site_id)

    assert read_sums(database) == (1, Counter({1: 1, 2: 1}), {"a.example": 1})


@pytest.mark.parametrize("many", [1, 1_000])
def test_what_is_decided_while_lessons_are_added_up_is_counted_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(counting, "MANY", many)
    site_id = keep_lessons(database, number=3)
    add_up, moments = counting.add_up_lessons, iter([Label.SPAM, None])

    def decide(session: Session, ids: Sequence[int]) -> Pile | Change:
        sums = add_up(session, ids)
        for label in moments:
            with database.write() as other:
                comment = other.get_one(Comment, ids[0])
                teach_labels(other, [(comment, label)])
            break
        return sums

    monkeypatch.setattr(counting, "add_up_lessons", decide)

    counted = count_lessons(database, site_id)

    # One is taken for spam after all, one teaches nothing any more.
    assert counted == 1
    assert read_sums(database) == (1, Counter({1: 1, 2: 1}), {"a.example": 1})


def keep_lessons(database: Database, *, number: int) -> int:
    with database.write() as session:
        thread = make_thread(session, make_site(session))
        comments = [
            make_comment(session, thread, status=Status.APPROVED, body=f"No {one}")
            for one in range(number)
        ]
        taught = [
            Taught(
                comment_id=comment.id,
                label=Label.HAM,
                words=pack_words([1, 2]),
                domains=["a.example"],
                author="",
                signals=[],
                inputs=[],
            )
            for comment in comments
        ]
        note_lessons(session, taught)
        return thread.site_id


def read_sums(database: Database) -> tuple[int, Counter[int], dict[str, int]]:
    with database.read() as session:
        site = session.scalars(select(LearntSite)).one()
        words = {row.word: row.ham for row in session.scalars(select(LearntWord))}
        features = session.scalars(select(LearntFeature))
        keys = {row.key: row.ham for row in features if row.ham}
    return site.ham, Counter(words), keys
