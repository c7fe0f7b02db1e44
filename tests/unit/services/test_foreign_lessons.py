from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.services.learning import teach_foreign
from moderation.spam.cold import make_cold_context
from moderation.spam.learning import Label
from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission
from moderation.storage.models import LearntFeature, LearntSite, LearntWord, Site
from tests.factories import make_site

PILLS = Submission(
    body="Cheap pills at https://pills.example now", author="Al", email="a@b.example"
)


def teach(session: Session, site: Site, label: Label) -> bool:
    judgement = judge(PILLS, make_cold_context(PILLS))
    return teach_foreign(session, site.id, PILLS, judgement, label)


def read_sums(session: Session, site: Site) -> list[object]:
    """Return all that a site has learnt, but for what sums up to nothing."""
    sums = session.scalars(select(LearntSite)).one()
    words = session.execute(
        select(LearntWord.word, LearntWord.spam, LearntWord.ham).order_by(
            LearntWord.word
        )
    )
    features = session.execute(
        select(LearntFeature.key, LearntFeature.spam, LearntFeature.ham).order_by(
            LearntFeature.kind, LearntFeature.key
        )
    )
    rows = [tuple(row) for row in (*words, *features) if row[1] or row[2]]
    return [site.id, sums.spam, sums.ham, sums.terms, rows]


def test_the_same_comment_told_twice_is_learnt_once(session: Session) -> None:
    site = make_site(session)

    first = teach(session, site, Label.SPAM)
    sums = read_sums(session, site)
    second = teach(session, site, Label.SPAM)

    assert (first, second) == (True, False)
    assert read_sums(session, site) == sums


def test_told_otherwise_takes_back_exactly_what_was_learnt(session: Session) -> None:
    site = make_site(session)
    teach(session, site, Label.HAM)
    expected = read_sums(session, site)

    teach(session, site, Label.SPAM)
    between = read_sums(session, site)
    session.expire_all()
    teach(session, site, Label.HAM)

    assert read_sums(session, site) == expected
    assert between[1:3] == [1, 0]
