"""What an import leaves behind is what the form does, but for what is listed here."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, Table, select, text
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.statuses import Action, Status
from moderation.formats.records import ImportedComment, ImportedThread
from moderation.services.access import load_actor
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.imports.moving import move_in
from moderation.services.imports.preparing import prepare_here
from moderation.services.imports.run import ImportRun, Wishes
from moderation.services.imports.spool import Spool
from moderation.services.reviews import decide_comments
from moderation.services.submissions import submit_comment
from moderation.storage.models import (
    Base,
    Campaign,
    CampaignMember,
    Comment,
    Decision,
    LearntFeature,
    LearntSite,
    LearntWord,
    Lesson,
    SignalEvidence,
    Site,
    TextBand,
)
from moderation.storage.session import Database
from tests.factories import make_moderator, make_site

START = datetime(2024, 5, 1, 12, tzinfo=UTC)
POST = "https://blog.example/post-1/"
IP, BROWSER = "198.51.100.7", "Mozilla/5.0 (X11; Linux x86_64)"
QUESTION = """\
I have read what you wrote about **gardens** and found that it helped me a lot, since \
all of mine had died when it was cold. Do you water them at night?"""
CASINO = """\
Best casino bonus at https://casino-win.example/slots for you and for all of your \
friends, who will be as rich as you are when they have played it. 漢字"""
ANSWER = "> gardens\n\nYes, at night; `water --slow` is what I do."
TEXTS = (
    ("Ada", QUESTION, Action.APPROVE),
    ("Slots", CASINO, Action.SPAM),
    ("Bob", ANSWER, Action.APPROVE),
)
STATUSES = {Action.APPROVE: Status.APPROVED, Action.SPAM: Status.SPAM}
# Numbers of rows, or of their neighbours: given in the order of arrival.
NUMBERS = {"id", "comment_id", "site_id", "thread_id", "campaign_id", "parent_id"}

# What differs, and why.
DIFFERENCES: Mapping[type[Base], Mapping[str, str]] = {
    Comment: {
        "version": "An import is one change, a post and a decision are two.",
        "verdict": "The filter was not asked what to do: that was decided elsewhere.",
        "is_author_known": "It matters to a verdict alone, and there is none.",
        "said": "Nobody here decided.",
        "reviewed_at": "Nobody here decided.",
    },
}
# The score, the signals and what they teach are the same where the filter looked at a
# comment: at some 500 of an import, and without what only a visitor's request shows.
ALIKE = (
    Comment,
    Lesson,
    LearntSite,
    LearntWord,
    LearntFeature,
    TextBand,
    Campaign,
    CampaignMember,
    SignalEvidence,
)
Rows = Mapping[type[Base], Sequence[Mapping[str, Any]]]


@pytest.fixture
def rows(database: Database) -> tuple[Rows, Rows]:
    """Return what the same comments left when posted, and when imported."""
    with database.write() as session:
        sites = [
            make_site(session, key=key, policy=Policy.HOLD_ALL)
            for key in ("posted", "imported")
        ]
    post_all(database, sites[0])
    import_all(database, sites[1])
    with database.read() as session:
        found = [read_rows(session, site) for site in sites]
    return found[0], found[1]


def post_all(database: Database, site: Site) -> None:
    """Post each comment by the form, and have a moderator decide on it."""
    parent = None
    with database.write() as session:
        alice = load_actor(session, make_moderator(session).id)
    for place, (name, body, action) in enumerate(TEXTS):
        draft = prepare_draft(
            thread="/post-1/",
            url=POST,
            title="Post 1",
            name=name,
            email=f"{name}@example.org",
            website=f"https://{name.lower()}.example/" if place else "",
            body=body,
            parent=parent if name == "Bob" else None,
        )
        arrival = Arrival(ip=IP, user_agent=BROWSER, at=find_time(place))
        with database.write() as session:
            comment = submit_comment(session, site.key, draft, arrival)
        with database.write() as session:
            decide_comments(session, alice, {comment.id: comment.version}, action)
        parent = parent or comment.id


def import_all(database: Database, site: Site) -> None:
    """Import the same comments with the statuses that the moderator gave."""
    comments = [
        ImportedComment(
            place=f"line {place}",
            id=str(place),
            thread="1",
            parent="0" if name == "Bob" else "",
            body=body,
            status=STATUSES[action],
            name=name,
            email=f"{name}@Example.org",
            website=f"https://{name.lower()}.example/" if place else "",
            ip=IP,
            user_agent=BROWSER,
            created_at=find_time(place),
        )
        for place, (name, body, action) in enumerate(TEXTS)
    ]
    with closing(Spool()) as spool:
        spool.fill([ImportedThread(id="1", url=POST, title="Post 1"), *comments])
        move_in(
            database,
            ImportRun(spool, Wishes(format="test", site_key=site.key)),
            is_dry=False,
            prepare=prepare_here,
            passing=iter,
        )


def find_time(place: int) -> datetime:
    return START + timedelta(hours=place)


def read_rows(session: Session, site: Site) -> Rows:
    """Return the rows of a site by table, without what only numbers them."""
    ids = list_ids(session, site)
    found = {
        model: session.execute(_select(model, site.id, ids))
        for model in (*ALIKE, Decision)
    }
    return {
        model: [_number(ids, row._asdict()) for row in rows]
        for model, rows in found.items()
    }


def list_ids(session: Session, site: Site) -> Sequence[int]:
    """Return the comments of a site in the order of arrival."""
    query = select(Comment.id).where(Comment.site_id == site.id).order_by(Comment.id)
    return session.scalars(query).all()


def _select(model: type[Base], site_id: int, ids: Sequence[int]) -> Executable:
    table = model.__table__
    assert isinstance(table, Table)
    if model is CampaignMember:
        named = select(Campaign.kind, Campaign.key, *table.c)
        joined = named.join(Campaign, Campaign.id == table.c.campaign_id)
        return joined.where(Campaign.site_id == site_id).order_by(
            Campaign.kind, Campaign.key, table.c.comment_id
        )
    query = select(table).order_by(*table.primary_key.columns)
    if model is Campaign:
        query = select(table).order_by(Campaign.kind, Campaign.key)
    if "site_id" in table.c:
        return query.where(table.c.site_id == site_id)
    return query.where(table.c.comment_id.in_(ids))


def _number(ids: Sequence[int], row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row with the places of comments in place of their ids."""
    numbered = {name: value for name, value in row.items() if name not in NUMBERS}
    for name in ("comment_id", "parent_id"):
        if row.get(name) is not None:
            numbered[name] = ids.index(row[name])
    return numbered


@pytest.mark.parametrize("model", ALIKE, ids=lambda model: model.__tablename__)
def test_an_imported_comment_leaves_the_rows_of_a_posted_one(
    rows: tuple[Rows, Rows], model: type[Base]
) -> None:
    posted, imported = (
        [
            {k: v for k, v in row.items() if k not in DIFFERENCES.get(model, ())}
            for row in found[model]
        ]
        for found in rows
    )

    assert imported == posted
    assert posted


def test_what_is_listed_does_differ(rows: tuple[Rows, Rows]) -> None:
    posted, imported = rows

    alike = [
        f"{model.__tablename__}.{name}"
        for model, names in DIFFERENCES.items()
        for name in names
        if [r[name] for r in posted[model]] == [r[name] for r in imported[model]]
    ]

    assert alike == []


def test_the_decision_is_told_as_one(rows: tuple[Rows, Rows]) -> None:
    posted, imported = (found[Decision] for found in rows)

    arrivals, decisions = posted[::2], posted[1::2]
    for place, one in enumerate(imported):
        decided = decisions[place]
        same = ("comment_id", "to_status", "label", "agent", "undoes_id")
        assert [one[name] for name in same] == [decided[name] for name in same]
        # When it was decided elsewhere, and by whom, no file tells.
        assert one["created_at"] == arrivals[place]["created_at"]
        assert (one["from_status"], one["version"]) == (None, 1)
        assert (one["why"], one["moderator_id"]) == ("Imported (test).", None)
    assert len(imported) == len(TEXTS)


@pytest.mark.sqlite(reason="reads SQLite's own list of words")
@pytest.mark.usefixtures("rows")
def test_an_imported_comment_is_found_by_the_same_words(database: Database) -> None:
    with database.read() as session:
        sites = session.scalars(select(Site).order_by(Site.id)).all()
        ids = [list_ids(session, site) for site in sites]
        session.execute(
            text(
                "CREATE VIRTUAL TABLE temp.found USING"
                " fts5vocab('main', 'comment_search', 'instance')"
            )
        )
        words = session.execute(
            # Of the last column are site, thread and network.
            text("SELECT doc, col, term, offset FROM temp.found WHERE col <> 'place'")
        ).all()

    posted, imported = (
        sorted((some.index(doc), *word) for doc, *word in words if doc in some)
        for some in ids
    )

    assert imported == posted
    assert len(posted) > len(TEXTS)
