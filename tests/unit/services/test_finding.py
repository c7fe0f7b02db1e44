"""Finding comments: what each filter leaves, how far it looks, whose they are."""

import string
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from moderation.domain.campaigns import CampaignKind
from moderation.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services import finding
from moderation.services.access import OPERATOR, Actor
from moderation.services.finding import Findings, find_comments
from moderation.services.wishes import WISHES, make_wish
from moderation.storage.models import (
    Campaign,
    CampaignMember,
    Comment,
    SignalEvidence,
    Thread,
)
from tests.factories import make_comment, make_site, make_thread

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session))


@pytest.fixture
def three(session: Session, thread: Thread) -> Sequence[Comment]:
    """Return three comments, a day between each, the last spam on another thread."""
    other = make_thread(session, thread.site, key="post-2")
    comments = [
        make_comment(session, thread, body="Rain in the garden", score=0.05),
        make_comment(session, thread, body="Sun", email="bo@example.org", score=0.5),
        make_comment(
            session, other, body="Rain, cheap pills", status=Status.SPAM, score=0.99
        ),
    ]
    for number, comment in enumerate(comments):
        comment.created_at = START + timedelta(days=number)
    comments[2].network = "203.0.113.0/24"
    comments[2].signals.append(
        SignalEvidence(position=0, name="honeypot", weight=2, reason="It was filled.")
    )
    campaign = Campaign(
        site_id=thread.site_id,
        kind=CampaignKind.DOMAIN,
        key="pills.example",
        members=1,
        held=0,
        first_at=START,
        last_at=START,
    )
    session.add(campaign)
    session.flush()
    session.add(
        CampaignMember(
            campaign_id=campaign.id, comment_id=comments[2].id, is_held=False
        )
    )
    session.flush()
    return comments


def find(session: Session, *actors: Actor, **typed: str) -> Findings:
    fields = {name.rstrip("_"): value for name, value in typed.items()}
    (actor,) = actors or (OPERATOR,)
    return find_comments(session, actor, make_wish(fields))


def make_actor(roles: Mapping[int | None, Role]) -> Actor:
    return Actor(moderator_id=1, email="x@example.org", roles=roles)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        # Nothing asked for: everything, the newest first.
        ({}, [3, 2, 1]),
        ({"status": "spam"}, [3]),
        ({"status": "held"}, [2, 1]),
        ({"thread": "1"}, [2, 1]),
        ({"thread": "2"}, [3]),
        ({"from_": "bo@example.org"}, [2]),
        ({"from_": "ada"}, [3, 2, 1]),
        ({"network": "203.0.113.0/24"}, [3]),
        ({"reason": "honeypot"}, [3]),
        ({"campaign": "1"}, [3]),
        # The ends of a range belong to it.
        ({"least": "50"}, [3, 2]),
        ({"most": "50"}, [2, 1]),
        ({"since": "2026-03-02"}, [3, 2]),
        ({"until": "2026-03-02"}, [2, 1]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, [2]),
        ({"q": "rain"}, [3, 1]),
        ({"q": "rain -pills"}, [1]),
        ({"q": '"the garden"'}, [1]),
        ({"q": "gard*"}, [1]),
        ({"q": "rain is:spam"}, [3]),
        ({"q": "is:spam"}, [3]),
        # A field of its own is stronger; what is typed is then a word.
        ({"q": "is:spam", "status": "held"}, []),
        ({"q": "reason:honeypot rain"}, [3]),
        # Together.
        ({"q": "rain", "thread": "1", "most": "10"}, [1]),
        ({"q": "rain", "campaign": "1"}, [3]),
        ({"q": "rain", "network": "203.0.113.0/24", "status": "held"}, []),
        ({"from_": "ada@example.org", "reason": "honeypot"}, [3]),
        ({"campaign": "1", "status": "held"}, []),
        ({"q": "snow"}, []),
        # What has no word can't be found; beside words it does not matter.
        ({"q": "\N{THUMBS UP SIGN}"}, []),
        ({"from_": "!"}, []),
        ({"q": "rain & garden"}, [1]),
    ],
)
def test_each_filter_leaves_what_it_says(
    session: Session,
    three: Sequence[Comment],
    typed: dict[str, str],
    found: list[int],
) -> None:
    assert [comment.id for comment in three] == [1, 2, 3]

    findings = find(session, **typed)

    assert [comment.id for comment in findings.comments] == found
    assert findings.next is None


@pytest.mark.parametrize(
    "typed", [{}, {"q": "rain"}, {"status": "held"}, {"reason": "none"}, {"most": "90"}]
)
def test_page_follows_page_until_all_were_shown(
    session: Session, thread: Thread, typed: dict[str, str]
) -> None:
    made = [make_comment(session, thread, body=f"Rain {n}").id for n in range(23)]
    wish = make_wish(typed)

    seen, after = [], None
    while True:
        page = find_comments(session, OPERATOR, wish, after=after, length=5)
        seen += [comment.id for comment in page.comments]
        after = page.next
        if after is None:
            break

    assert seen == ([] if "reason" in typed else made[::-1])


@pytest.mark.parametrize(
    "typed",
    [{"most": "10"}, {"q": "rain", "most": "10"}, {"thread": "1", "most": "10"}],
)
def test_what_no_index_has_is_looked_for_so_far_and_then_further(
    session: Session,
    thread: Thread,
    monkeypatch: pytest.MonkeyPatch,
    typed: dict[str, str],
) -> None:
    monkeypatch.setattr(finding, "MOST_LOOKED", 40)
    first = make_comment(session, thread, body="Rain", score=0.01)
    for _ in range(100):
        make_comment(session, thread, body="Rain", score=0.5)
    wish = make_wish(typed)

    pages: list[Findings] = []
    after = None
    while len(pages) < 30:
        page = find_comments(session, OPERATOR, wish, after=after)
        pages.append(page)
        after = page.next
        if after is None:
            break

    assert pages[0].comments == ()
    assert pages[0].looked_to is not None
    assert [comment.id for page in pages for comment in page.comments] == [first.id]
    assert 3 <= len(pages) <= 12


@pytest.mark.parametrize("text", ["\ud800", "a\x00@b", "x@\udfff", "'", "1" * 600])
@pytest.mark.parametrize("field", [name for name in WISHES if name != "q"])
def test_no_field_can_break_the_search(
    session: Session, thread: Thread, field: str, text: str
) -> None:
    make_comment(session, thread)

    try:
        found = find_comments(session, OPERATOR, make_wish({field: text})).comments
    except (InvalidInputError, NotFoundError):
        return

    assert found == ()


def test_sites_are_looked_through_together_or_one_by_one(
    session: Session, three: Sequence[Comment]
) -> None:
    other = make_thread(session, make_site(session, key="other"))
    newest = make_comment(session, other, body="Rain")

    assert [c.id for c in find(session, q="rain").comments] == [newest.id, 3, 1]
    assert [c.id for c in find(session, q="rain", site="blog").comments] == [3, 1]
    assert len(find(session, site="other").comments) == 1
    assert len(three) == 3


def test_only_ones_own_sites_are_looked_through(
    session: Session, three: Sequence[Comment]
) -> None:
    make_site(session, key="other")
    actor = make_actor({2: Role.OWNER})

    for typed in ({}, {"q": "rain"}, {"campaign": "1"}, {"thread": "1"}):
        assert find(session, actor, **typed).comments == ()
    with pytest.raises(NotFoundError):
        find(session, actor, site="blog")
    assert find(session, make_actor({})).comments == ()
    assert len(three) == 3


def test_who_may_not_see_addresses_finds_nothing_by_them(
    session: Session, three: Sequence[Comment]
) -> None:
    viewer, moderator = make_actor({1: Role.VIEWER}), make_actor({1: Role.MODERATOR})

    assert find(session, viewer, q="bo").comments == ()
    assert [c.id for c in find(session, viewer, q="rain").comments] == [3, 1]
    assert len(three) == 3
    assert [c.id for c in find(session, moderator, q="bo").comments] == [2]
    with pytest.raises(NotAllowedError):
        find(session, viewer, from_="bo@example.org")


def test_a_viewer_of_one_site_finds_by_address_on_the_other_alone(
    session: Session, three: Sequence[Comment]
) -> None:
    other = make_thread(session, make_site(session, key="other"))
    theirs = make_comment(session, other, email="bo@example.org")
    actor = make_actor({1: Role.VIEWER, 2: Role.MODERATOR})

    found = find(session, actor, from_="bo@example.org").comments

    assert [comment.id for comment in found] == [theirs.id]
    assert find(session, actor, q="bo").comments == ()
    assert len(three) == 3


@pytest.mark.parametrize(
    ("typed", "most"),
    [
        # The sites, the page's ids, the comments with all they need, their signals.
        ({}, 4),
        ({"q": "rain"}, 4),
        # One more: how far to look.
        ({"q": "rain", "status": "held"}, 5),
        ({"reason": "none"}, 5),
    ],
)
def test_a_page_takes_the_same_number_of_queries(
    session: Session, thread: Thread, typed: dict[str, str], most: int
) -> None:
    for number in range(60):
        make_comment(session, thread, body=f"Rain {number}")
    session.flush()
    session.expire_all()

    with count_queries(session) as queries:
        find(session, **typed)

    assert len(queries) <= most


class count_queries:  # noqa: N801 used as a function
    """Collects the statements that are run in its block."""

    def __init__(self, session: Session) -> None:
        self.engine = session.get_bind()
        self.statements: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self.statements

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _: object, __: object, statement: str, *___: object) -> None:
        self.statements.append(statement)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(alphabet=string.punctuation + "ab日 ", max_size=40),
        st.lists(
            st.sampled_from(
                [
                    "-",
                    '"',
                    "*",
                    ":",
                    "is:",
                    "name:",
                    "AND",
                    "NOT",
                    "OR",
                    "NEAR",
                    "(",
                    ")",
                    "{",
                    "}",
                    "^",
                    "rain",
                    "日本",
                    "'",
                    "\\",
                    "s1",
                    "place",
                ]
            ),
            max_size=12,
        ).map(" ".join),
    )
)
def test_nothing_that_is_typed_is_an_error(session: Session, text: str) -> None:
    try:
        findings = find(session, q=text)
    except (InvalidInputError, NotFoundError) as refusal:
        # Nothing but words that are not wanted, or the site of somebody else.
        is_meant = "Add a word that is wanted" in str(refusal) or "site" in text.lower()
        assert is_meant
        return

    assert findings.comments == ()


@pytest.mark.parametrize("text", ["s1", "t1", "place:s1", "{place}:s1", '"s1"'])
def test_our_own_words_are_not_found(
    session: Session, three: Sequence[Comment], text: str
) -> None:
    assert find(session, q=text).comments == ()
    assert len(three) == 3
