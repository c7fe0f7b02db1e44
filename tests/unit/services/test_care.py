from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR, Actor, load_actor
from moderation.services.care import (
    LONGEST_HELP,
    MOST_PHRASES,
    Care,
    find_help,
    load_phrases,
    parse_phrases,
    read_care,
    set_care,
)
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.own_changes import change_own
from moderation.services.queues import list_comments
from moderation.services.submissions import submit_comment
from moderation.spam.care import CARE, REASON, SHIPPED_PHRASES
from moderation.storage.models import Comment, Decision, Site, SiteChange
from moderation.storage.models.base import now
from tests.factories import make_comment, make_moderator, make_site, make_thread

ON = Care(is_on=True, phrases=SHIPPED_PHRASES, help_text="Call 555 0100.")
WORDS = "I want to die. Nobody would notice."
# The thread and author of all of them are alike.
HARMLESS = "What you wrote helped me through a hard week."


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, policy=Policy.HOLD_SUSPECT)


def submit(session: Session, text: str, *, at: datetime | None = None) -> Comment:
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@example.org", body=text
    )
    return submit_comment(session, "blog", draft, Arrival(at=at))


def test_it_is_off_by_default(session: Session, site: Site) -> None:
    comment = submit(session, WORDS)

    assert read_care(site) == Care(is_on=False, phrases=SHIPPED_PHRASES, help_text="")
    assert load_phrases(site) == ()
    assert CARE not in {signal.name for signal in comment.signals}


def test_what_has_a_phrase_is_held_and_says_why(session: Session, site: Site) -> None:
    set_care(session, OPERATOR, "blog", ON)

    harmless, comment = submit(session, HARMLESS), submit(session, WORDS)

    arrival = session.scalars(
        select(Decision).where(Decision.comment_id == comment.id)
    ).one()
    assert harmless.status is Status.APPROVED
    assert comment.status is Status.HELD
    assert REASON in arrival.why
    assert site.is_care_on


def test_it_stands_first_in_the_queue_however_long_others_wait(
    session: Session, site: Site
) -> None:
    set_care(session, OPERATOR, "blog", ON)
    thread = make_thread(session, site, key="old")
    old = make_comment(session, thread, score=0.99)
    old.due_at = datetime(2020, 1, 1, tzinfo=UTC)
    comment = submit(session, WORDS)
    session.flush()

    page = list_comments(session, OPERATOR, status=Status.HELD)

    assert [found.id for found in page.comments] == [comment.id, old.id]


def test_it_keeps_its_place_when_nearly_the_same_waits(
    session: Session, site: Site
) -> None:
    session.add(site)
    site.policy = Policy.HOLD_ALL
    earlier = submit(session, WORDS)
    set_care(session, OPERATOR, "blog", ON)

    comment = submit(session, f"{WORDS} Nobody at all.")

    assert comment.due_at < earlier.due_at


def test_an_edit_that_brings_a_phrase_is_held_as_well(
    session: Session, site: Site
) -> None:
    set_care(session, OPERATOR, "blog", ON)
    comments = [submit(session, HARMLESS), submit(session, f"{HARMLESS} Twice.")]
    comments[1].status = Status.SPAM
    session.flush()

    for number, comment in enumerate(comments):
        draft = prepare_draft(
            thread="post-1",
            name="Ada",
            email="ada@example.org",
            body=f"{WORDS} {number}",
        )
        change_own(session, "blog", comment.id, draft, Arrival(at=now()))

    assert [comment.status for comment in comments] == [Status.HELD, Status.HELD]
    assert all(c.due_at < c.created_at for c in comments)
    assert site.is_care_on


def test_the_text_is_for_those_authors_alone_and_only_while_it_is_on(
    session: Session, site: Site
) -> None:
    set_care(session, OPERATOR, "blog", ON)
    site.policy = Policy.HOLD_ALL
    comments = [submit(session, WORDS), submit(session, HARMLESS)]

    shown = [find_help(session, comment) for comment in comments]
    set_care(
        session,
        OPERATOR,
        "blog",
        Care(is_on=False, phrases=ON.phrases, help_text=ON.help_text),
    )

    assert shown == ["Call 555 0100.", ""]
    assert find_help(session, comments[0]) == ""


def test_the_text_is_gone_once_somebody_has_decided(
    session: Session, site: Site
) -> None:
    set_care(session, OPERATOR, "blog", ON)
    comment = submit(session, WORDS)
    comment.status = Status.APPROVED
    session.flush()

    assert find_help(session, comment) == ""
    assert site.is_care_on


def test_phrases_are_one_a_line_without_doubles() -> None:
    assert parse_phrases(" give  up \r\n\n give up\nno way out") == (
        "give up",
        "no way out",
    )


@pytest.mark.parametrize(
    "text",
    [
        # Nothing to look for, too long, too many.
        "!?",
        "a" * 101,
        "\n".join(f"phrase {number}" for number in range(MOST_PHRASES + 1)),
    ],
)
def test_what_can_be_no_phrases_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_phrases(text)

    assert list(caught.value.errors) == ["phrases"]


def test_own_phrases_take_the_place_of_the_shipped_ones(
    session: Session, site: Site
) -> None:
    own = Care(is_on=True, phrases=("no way out",), help_text="")

    set_care(session, OPERATOR, "blog", own)

    assert read_care(site) == own
    assert submit(session, WORDS).status is Status.APPROVED
    assert submit(session, "I see no way out.").status is Status.HELD


def test_the_shipped_phrases_stay_the_shipped_ones(
    session: Session, site: Site
) -> None:
    set_care(session, OPERATOR, "blog", ON)

    assert site.care_phrases is None
    assert session.scalars(select(SiteChange.text)).all() == [
        "Care: switched on, changed the help text."
    ]


def test_setting_what_is_set_records_nothing(session: Session, site: Site) -> None:
    set_care(session, OPERATOR, "blog", read_care(site))

    assert session.scalars(select(SiteChange)).all() == []


@pytest.mark.parametrize(
    "wanted",
    [
        Care(is_on=True, phrases=(), help_text=""),
        Care(is_on=True, phrases=("x",), help_text="x" * (LONGEST_HELP + 1)),
    ],
)
def test_what_cannot_be_is_refused(session: Session, site: Site, wanted: Care) -> None:
    with pytest.raises(InvalidInputError):
        set_care(session, OPERATOR, site.key, wanted)


def test_what_somebody_else_changed_is_not_overwritten(
    session: Session, site: Site
) -> None:
    seen = read_care(site)
    set_care(session, OPERATOR, "blog", ON)

    with pytest.raises(ChangedMeanwhileError):
        set_care(session, OPERATOR, "blog", seen, seen=seen)

    assert read_care(site) == ON


@pytest.mark.parametrize(
    ("role", "site_key", "error"),
    [
        (Role.MODERATOR, "blog", NotAllowedError),
        (Role.OWNER, "other", NotFoundError),
    ],
)
def test_only_owners_of_the_site_set_it(
    session: Session, site: Site, role: Role, site_key: str, error: type[Exception]
) -> None:
    make_site(session, key="other")
    actor: Actor = load_actor(
        session, make_moderator(session, role=role, site_key=site_key).id
    )

    with pytest.raises(error):
        set_care(session, actor, "blog", ON)

    assert not site.is_care_on
