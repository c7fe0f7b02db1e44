"""Many post at the same moment, from processes that share nothing but the database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from moderation.domain.campaigns import CampaignKind
from moderation.domain.errors import DuplicateCommentError
from moderation.services.drafts import Arrival, Draft, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.storage.models import Campaign, Comment, Thread
from moderation.storage.session import Database
from tests.factories import make_site

NUMBER = 6


def make_draft(body: str) -> Draft:
    return prepare_draft(
        thread="a-new-page", name="Ada", email="ada@example.org", body=body
    )


def race(database: Database, drafts: Sequence[Draft]) -> list[int | None]:
    """Return the ids of what is stored, None for what is there already."""
    barrier = Barrier(len(drafts))

    def post(draft: Draft) -> int | None:
        own = Database(database.url.render_as_string())
        with own.read() as session:
            session.connection()
        barrier.wait(timeout=30)
        try:
            with own.write() as session:
                return submit_comment(session, "blog", draft, Arrival()).id
        except DuplicateCommentError:
            return None
        finally:
            own.close()

    with ThreadPoolExecutor(len(drafts)) as pool:
        return list(pool.map(post, drafts))


def test_one_of_many_alike_is_stored(database: Database) -> None:
    with database.write() as session:
        make_site(session)

    told = race(database, [make_draft("The same, sent at once.")] * NUMBER)

    with database.read() as session:
        stored = session.scalars(select(Comment.id)).all()
    assert sorted(told, key=bool) == [*[None] * (NUMBER - 1), *stored]


def test_the_first_comments_of_a_page_make_one_thread(database: Database) -> None:
    with database.write() as session:
        make_site(session)

    told = race(database, [make_draft(f"Number {place}.") for place in range(NUMBER)])

    with database.read() as session:
        stored = session.scalars(select(Comment.id)).all()
        assert session.scalar(select(func.count()).select_from(Thread)) == 1
    assert sorted(stored) == sorted(number for number in told if number is not None)
    assert len(stored) == NUMBER


def test_texts_that_are_nearly_the_same_come_into_one_campaign(
    database: Database,
) -> None:
    text = "Number {}: it took me {} days in the garden, and I am glad of each of them."
    with database.write() as session:
        make_site(session)
        submit_comment(session, "blog", make_draft(text.format(0, 0)), Arrival())

    told = race(
        database, [make_draft(text.format(place, place)) for place in range(1, NUMBER)]
    )

    with database.read() as session:
        query = select(Campaign.members).where(Campaign.kind == CampaignKind.TEXT)
        assert session.scalars(query).all() == [NUMBER]
    assert None not in told
