from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from moderation.spam.learning import Tally
from moderation.storage.models import LearntFeature, LearntWord, Site
from moderation.storage.models.learning import Kind
from moderation.storage.session import Database
from moderation.storage.tallies import add_rows, read_features, read_words
from tests.factories import make_site


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    database = Database(database_url)
    with database.write() as session:
        yield session
    database.close()


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session)


def add_word(session: Session, site: Site, word: int, *, spam: int, ham: int) -> None:
    row = {"site_id": site.id, "word": word, "spam": spam, "ham": ham}
    add_rows(session, LearntWord, [row])


def test_what_is_added_adds_up(session: Session, site: Site) -> None:
    add_word(session, site, 7, spam=2, ham=1)
    add_word(session, site, 7, spam=-1, ham=3)

    assert read_words(session, site.id, [7, 8]) == {7: Tally(spam=1, ham=4)}


def test_what_was_taken_back_was_never_seen(session: Session, site: Site) -> None:
    add_word(session, site, 7, spam=1, ham=0)
    add_word(session, site, 7, spam=-1, ham=0)

    assert read_words(session, site.id, [7]) == {}


def test_any_number_of_words_is_read(session: Session, site: Site) -> None:
    rows = [
        {"site_id": site.id, "word": word, "spam": 1, "ham": 0}
        for word in range(40_000)
    ]
    add_rows(session, LearntWord, rows)

    assert len(read_words(session, site.id, range(40_000))) == 40_000


def test_features_are_read_by_kind_and_key(session: Session, site: Site) -> None:
    rows = [
        {"site_id": site.id, "kind": kind, "key": key, "spam": 1, "ham": 0}
        for kind, key in (
            ("author", "a"),
            ("domain", "a"),
            ("domain", "it's"),
            ("signal", "code"),
        )
    ]
    add_rows(session, LearntFeature, rows)

    one = Tally(spam=1)
    assert read_features(session, site.id, ["it's", "b"]) == {
        Kind.DOMAIN: {"it's": one},
        Kind.AUTHOR: {},
        Kind.SIGNAL: {"code": one},
    }
    assert read_features(session, site.id, ["a"])[Kind.AUTHOR] == {"a": one}


def test_a_site_reads_its_own(session: Session, site: Site) -> None:
    other = make_site(session, key="other")
    add_word(session, other, 7, spam=1, ham=0)

    assert read_words(session, site.id, [7]) == {}
