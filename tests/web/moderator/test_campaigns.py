import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.campaigns import CampaignKind
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.submissions import submit_comment
from moderation.storage.models import Campaign, Comment, Thread
from moderation.storage.models.base import now
from moderation.web.moderator import campaigns as pages
from tests.factories import make_comment, make_site
from tests.web.conftest import CountQueries
from tests.web.moderator.conftest import State
from tests.web.people import PEOPLE, add_person
from tests.web.visiting import Visitor, name_version

Look = Callable[[Comment], State]
TEXT = (
    "I have to say that this is one of the {} posts about home insurance that I have "
    "read in a long time, and I will be sure to tell all of my friends about it."
)
ADJECTIVES = ("best", "finest", "nicest")
EVIL = "<img src=x onerror=alert(1)>"


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Three respun comments that link to one domain, and their campaigns' ids."""

    comments: Sequence[Comment]
    domain: int
    text: int


def submit(session: Session, number: int, *, name: str = "Player") -> Comment:
    draft = prepare_draft(
        thread="post-1",
        name=f"{name} {number}",
        email=f"player{number}@example.org",
        website=f"https://casino.example/{number}",
        body=TEXT.format(ADJECTIVES[number % 3]),
    )
    return submit_comment(session, "blog", draft, Arrival(ip=f"192.0.{number}.1"))


def find_id(session: Session, kind: CampaignKind) -> int:
    return session.scalars(select(Campaign.id).where(Campaign.kind == kind)).one()


@pytest.fixture
def gathered(session: Session, thread: Thread) -> Gathered:
    del thread
    comments = [submit(session, number) for number in range(3)]
    gathered = Gathered(
        comments=comments,
        domain=find_id(session, CampaignKind.DOMAIN),
        text=find_id(session, CampaignKind.TEXT),
    )
    session.commit()
    return gathered


def read_fields(page: TestResponse) -> dict[str, str | list[str]]:
    """Return what the form of a campaign sends if nothing is touched."""
    fields = dict(re.findall(r'name="(seen|shown)" value="([^"]*)"', page.text))
    picked = re.findall(r'name="comment" value="([^"]+)" checked', page.text)
    return {**fields, "comment": picked}


def post_decision(
    visitor: Visitor, campaign: int, action: str, **fields: str | Sequence[str]
) -> TestResponse:
    path = f"/moderate/campaigns/{campaign}"
    given = {**read_fields(visitor.get(path)), **fields}
    return visitor.post(f"{path}/decisions", action=action, **given)


def test_campaigns_are_listed_in_words_that_accuse_nobody(
    alice: Visitor, gathered: Gathered
) -> None:
    page = alice.get("/moderate/campaigns").text

    assert "3 comments with nearly the same text" in page
    assert "3 comments link to casino.example" in page
    assert f'href="/moderate/campaigns/{gathered.text}"' in page
    assert f'href="/moderate/campaigns/{gathered.domain}"' in page
    # The same comments are one heap, however many things they share.
    assert page.count("Player 2") == 1


def test_no_campaign_is_told_so(alice: Visitor) -> None:
    page = alice.get("/moderate/campaigns")

    assert page.status_code == 200
    assert "Nothing belongs together." in page.text


def test_a_campaign_shows_its_members_and_what_differs(
    alice: Visitor, gathered: Gathered
) -> None:
    page = alice.get(f"/moderate/campaigns/{gathered.text}").text

    assert "3 comments from 3 networks; " in page
    assert all(comment.name in page for comment in gathered.comments)
    assert '<em class="other">finest</em>' in page
    # The first row is what the others are compared with.
    assert '<em class="other">nicest</em>' not in page


@pytest.mark.parametrize("action", ["approve", "reject", "spam"])
def test_one_click_decides_on_all_and_one_takes_it_back(
    alice: Visitor, gathered: Gathered, look: Look, action: str
) -> None:
    answer = post_decision(alice, gathered.text, action)
    decided = {look(comment)[1] for comment in gathered.comments}
    page = alice.get(answer.location)
    batch = re.findall(r'name="batch" value="([^"]+)"', page.text)[0]
    undone = alice.post("/moderate/campaigns/undo", batch=batch)

    assert answer.status_code == 303
    assert answer.location.startswith("/moderate/campaigns?done=")
    assert decided == {2}
    assert "3 comments." in page.text
    assert undone.location.startswith("/moderate/campaigns?done=")
    assert {look(comment)[0] for comment in gathered.comments} == {"held"}


def test_what_is_unselected_goes_on_waiting(
    alice: Visitor, gathered: Gathered, look: Look
) -> None:
    chosen = [name_version(comment) for comment in gathered.comments[:2]]

    answer = post_decision(alice, gathered.text, "spam", comment=chosen)

    statuses = [look(comment)[0] for comment in gathered.comments]
    assert statuses == ["spam", "spam", "held"]
    assert answer.location.startswith(f"/moderate/campaigns/{gathered.text}?done=")


def test_of_a_long_campaign_all_are_decided_on_but_those_unselected(
    alice: Visitor,
    gathered: Gathered,
    look: Look,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "MEMBERS_LENGTH", 2)
    path = f"/moderate/campaigns/{gathered.text}"
    oldest, middle, newest = gathered.comments

    page = alice.get(path)
    answer = post_decision(
        alice, gathered.text, "spam", comment=[name_version(newest)], scope="all"
    )

    assert "All 3, but those unselected here" in page.text
    assert f"after={middle.id}" in page.text
    assert answer.status_code == 303
    assert [look(comment)[0] for comment in (oldest, middle, newest)] == [
        "spam",
        "held",
        "spam",
    ]


def test_what_came_since_the_page_was_shown_is_not_decided_on(
    alice: Visitor, session: Session, gathered: Gathered, look: Look
) -> None:
    fields = read_fields(alice.get(f"/moderate/campaigns/{gathered.text}"))
    late = submit(session, 3)
    session.commit()

    for scope in ("selected", "all"):
        alice.post(
            f"/moderate/campaigns/{gathered.text}/decisions",
            action="spam",
            scope=scope,
            **fields,
        )

    assert look(late)[0] == "held"
    assert {look(comment)[0] for comment in gathered.comments} == {"spam"}


def test_what_somebody_decided_first_is_told(
    alice: Visitor, bob: Visitor, gathered: Gathered, look: Look
) -> None:
    fields = read_fields(alice.get(f"/moderate/campaigns/{gathered.text}"))
    bob.decide("approve", gathered.comments[0])

    answer = alice.post(
        f"/moderate/campaigns/{gathered.text}/decisions",
        action="spam",
        scope="all",
        **fields,
    )

    assert answer.status_code == 409
    assert "bob@example.org" in answer.text
    assert look(gathered.comments[0])[0] == "approved"
    assert look(gathered.comments[1])[0] == "spam"


def test_decided_members_are_shown_on_their_own(
    alice: Visitor, gathered: Gathered
) -> None:
    alice.decide("spam", gathered.comments[0])

    held = alice.get(f"/moderate/campaigns/{gathered.text}").text
    decided = alice.get(f"/moderate/campaigns/{gathered.text}?show=decided").text

    assert "1 decided before" in held
    assert "Player 0" not in held
    assert "Player 0" in decided
    assert "Player 1" not in decided
    assert 'name="comment"' not in decided


def test_nothing_that_was_written_is_markup(
    alice: Visitor, session: Session, gathered: Gathered
) -> None:
    submit(session, 4, name=EVIL)
    session.commit()

    for path in ("/moderate/campaigns", f"/moderate/campaigns/{gathered.text}"):
        page = alice.get(path).text
        assert EVIL not in page
        assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/moderate/campaigns?after=none", None),
        ("/moderate/campaigns?after=1&after=2", None),
        ("/moderate/campaigns/{id}?after=none", None),
        ("/moderate/campaigns/{id}/decisions", {"action": "none"}),
        ("/moderate/campaigns/{id}/decisions", {"action": "spam"}),
        ("/moderate/campaigns/{id}/decisions", {"action": "spam", "scope": "all"}),
        (
            "/moderate/campaigns/{id}/decisions",
            {"action": "spam", "scope": "all", "seen": "x", "shown": ""},
        ),
        (
            "/moderate/campaigns/{id}/decisions",
            {"action": "spam", "scope": "all", "seen": "1", "shown": "1;2"},
        ),
        (
            "/moderate/campaigns/{id}/decisions",
            {"action": "hold", "scope": "all", "seen": "999999", "shown": ""},
        ),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(
    alice: Visitor,
    gathered: Gathered,
    look: Look,
    path: str,
    fields: dict[str, str] | None,
) -> None:
    address = path.format(id=gathered.text)

    answer = alice.get(address) if fields is None else alice.post(address, **fields)

    assert answer.status_code == 422
    assert {look(comment)[0] for comment in gathered.comments} == {"held"}


def test_the_pages_ask_as_much_for_many_as_for_few(
    alice: Visitor, session: Session, gathered: Gathered, count_queries: CountQueries
) -> None:
    paths = ("/moderate/campaigns", f"/moderate/campaigns/{gathered.text}")
    numbers = []

    for last in (3, 12):
        for number in range(3, last):
            submit(session, number)
        session.commit()
        with count_queries() as statements:
            for path in paths:
                assert alice.get(path).status_code == 200
        numbers.append(len(statements))

    assert numbers[0] == numbers[1] <= 20


def open_list(visitor: Visitor, _: Gathered) -> TestResponse:
    return visitor.get("/moderate/campaigns")


def open_one(visitor: Visitor, gathered: Gathered) -> TestResponse:
    return visitor.get(f"/moderate/campaigns/{gathered.domain}")


def decide_on_shown(visitor: Visitor, gathered: Gathered) -> TestResponse:
    return visitor.post(
        f"/moderate/campaigns/{gathered.domain}/decisions",
        action="spam",
        comment=[name_version(comment) for comment in gathered.comments],
        shown="",
    )


def decide_on_all(visitor: Visitor, gathered: Gathered) -> TestResponse:
    return visitor.post(
        f"/moderate/campaigns/{gathered.domain}/decisions",
        action="spam",
        scope="all",
        seen="999999",
        shown="",
    )


# What each of PEOPLE is answered, in that order.
TABLE = [
    (open_list, (200, 200, 200, 200, 200, 200, 302)),
    (open_one, (200, 200, 200, 200, 404, 404, 302)),
    (decide_on_shown, (303, 303, 303, 403, 404, 404, 302)),
    (decide_on_all, (303, 303, 303, 403, 404, 404, 302)),
]


@pytest.mark.parametrize(
    ("name", "ask", "status"),
    [
        pytest.param(name, ask, status, id=f"{ask.__name__}-{name}")
        for ask, statuses in TABLE
        for name, status in zip(PEOPLE, statuses, strict=True)
    ],
)
def test_who_may_do_what(
    app: Flask,
    session: Session,
    gathered: Gathered,
    look: Look,
    *,
    name: str,
    ask: Callable[[Visitor, Gathered], TestResponse],
    status: int,
) -> None:
    make_site(session, key="other")
    person = add_person(app, session, name)

    answer = ask(person, gathered)

    assert answer.status_code == status
    statuses = {look(comment)[0] for comment in gathered.comments}
    assert statuses == ({"spam"} if status == 303 else {"held"})


@pytest.mark.parametrize("name", ["outsider", "nowhere"])
def test_the_list_of_strangers_to_the_site_is_empty(
    app: Flask, session: Session, gathered: Gathered, name: str
) -> None:
    make_site(session, key="other")
    person = add_person(app, session, name)

    page = person.get("/moderate/campaigns").text

    assert "casino.example" not in page
    assert f"/moderate/campaigns/{gathered.domain}" not in page


def test_a_campaign_of_one_comment_is_not_there(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread)
    campaign = Campaign(
        site_id=comment.site_id,
        kind=CampaignKind.AUTHOR,
        key="0123456789abcdef",
        members=1,
        held=1,
        first_at=now(),
        last_at=now(),
    )
    session.add(campaign)
    session.commit()

    assert alice.get(f"/moderate/campaigns/{campaign.id}").status_code == 404
