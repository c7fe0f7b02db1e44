"""Finding comments on a page: what is asked for, shown, refused, and decided there."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.queues import PAGE_LENGTH
from moderation.storage.models import Comment, Thread
from moderation.web.moderator.author_seals import seal_author
from tests.factories import make_comment, make_site, make_thread
from tests.web.conftest import CountQueries
from tests.web.moderator.conftest import State
from tests.web.people import PEOPLE, add_person
from tests.web.visiting import Visitor

FIND = "/moderate/find"


def test_words_are_found_and_marked_in_what_was_written(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, body="Rain <b>in</b> the Gärten", status=Status.SPAM)
    make_comment(session, thread, body="Sun")
    session.commit()

    page = alice.get(f"{FIND}?q=garten rain").text

    assert '<mark class="hit">Rain</mark> &lt;b&gt;in&lt;/b&gt; the' in page
    assert '<mark class="hit">Gärten</mark>' in page
    assert "Sun" not in page


@pytest.mark.parametrize(
    "attack",
    [
        '<script>alert("xss")</script>',
        "xss\"'><img src=x onerror=alert(1)>",
        "</mark>xss<svg onload=alert(1)>",
        "&lt;xss&gt; {{ 7 * 7777 }}",
    ],
)
def test_what_is_found_never_runs(
    alice: Visitor, session: Session, thread: Thread, attack: str
) -> None:
    comment = make_comment(session, thread, body=attack, name=attack)
    comment.website = attack
    session.commit()

    page = alice.get(f"{FIND}?q=alert xss").text
    page += alice.client.get(FIND, query_string={"q": attack, "reason": attack}).text
    page += alice.client.get(FIND, query_string={"q": f"xss {attack}"}).text

    assert "<svg onload" not in page
    assert "<img src=x" not in page
    assert "<script>" not in page
    assert "54439" not in page


def test_each_filter_that_is_set_can_be_removed(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, body="Rain")
    session.commit()

    page = alice.get(f"{FIND}?q=rain&status=held&least=10").text

    assert 'href="/moderate/find?q=rain&amp;least=10"' in page
    assert 'href="/moderate/find?q=rain&amp;status=held"' in page
    assert '<option value="held" selected>' in page


@pytest.mark.parametrize(
    "query",
    [
        "status=none",
        "thread=x",
        "least=101",
        "most=-1",
        "since=yesterday",
        "until=9999-12-31",
        "network=x y",
        "q=-rain",
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(
    alice: Visitor, query: str
) -> None:
    answer = alice.get(f"{FIND}?{query}")

    name = query.split("=", maxsplit=1)[0]
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text


def test_a_decision_leads_back_to_what_was_found(
    alice: Visitor,
    session: Session,
    thread: Thread,
    look: Callable[[Comment], State],
) -> None:
    comment = make_comment(session, thread, body="Rain", status=Status.APPROVED)
    session.commit()

    answer = alice.decide("spam", comment, status="held", find="q=rain&next=//evil")
    page = alice.get(answer.headers["Location"]).text

    assert look(comment)[0] == "spam"
    assert answer.headers["Location"].startswith("/moderate/find?q=rain&done=")
    assert "Marked as spam 1 comment" in page
    assert 'name="find" value="q=rain"' in page


def test_a_viewer_neither_sees_nor_finds_addresses(
    app: object, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, body="Rain", email="hidden@example.net")
    make_site(session, key="other")
    session.commit()
    viewer = add_person(app, session, "viewer")  # type: ignore[arg-type]

    assert "Rain" in viewer.get(f"{FIND}?q=rain").text
    assert "hidden@example.net" not in viewer.get(f"{FIND}?q=rain").text
    assert "Rain" not in viewer.get(f"{FIND}?q=hidden").text
    assert viewer.get(f"{FIND}?from=hidden@example.net").status_code == 403


@pytest.mark.parametrize("person", PEOPLE)
def test_nobody_finds_what_is_not_theirs(
    app: object, session: Session, thread: Thread, person: str
) -> None:
    make_comment(session, thread, body="Rain")
    make_comment(
        session, make_thread(session, make_site(session, key="other")), body="Snow"
    )
    session.commit()
    visitor = add_person(app, session, person)  # type: ignore[arg-type]
    shown = {
        "everywhere": {"Rain", "Snow"},
        "outsider": {"Snow"},
        "nowhere": set(),
        "stranger": set(),
    }.get(person, {"Rain"})

    pages = [
        visitor.get(f"{FIND}{query}").text
        for query in ("", "?q=rain", "?q=snow", "?status=held", "?thread=1")
    ]

    everything = "".join(pages)
    for word in ("Rain", "Snow"):
        assert (f">{word}<" in everything) is (word in shown)
    other = visitor.get(f"{FIND}?site=other").status_code
    expected = 200 if person in {"everywhere", "outsider"} else 404
    assert other == (302 if person == "stranger" else expected)


def test_no_string_breaks_the_search(alice: Visitor) -> None:
    strings = [
        "' OR 1=1 --",
        '"; DROP TABLE comments; --',
        "NEAR(a b, 5)",
        "body : rain",
        "{name body} : rain",
        "a AND OR NOT",
        '"""',
        "*",
        "^rain",
        "-",
        "--",
        '-"',
        "from:",
        "is:none",
        'site:"x y"',
        "reason:';",
        "\x00",
        "\ud800",
        "(" * 400,
        "日" * 400,
        "ﷺ" * 400,
        "a*b*c*",
        "rain:*",
        "'rain':A",
        "!rain & |",
        "\\",
        "%%%s%n",
        json.dumps({"a": [1]}),
    ]
    for text in strings:
        answer = alice.client.get(
            FIND, query_string={"q": text.encode(errors="replace")}
        )
        assert answer.status_code in {200, 422}, text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # Who asks, which sites, the page, what is known of its authors and campaigns.
        (f"{FIND}?q=rain", 16),
        (f"{FIND}?q=rain&status=held&least=1", 17),
        # Beside it what is known of the author.
        (f"/moderate/authors/{seal_author('ada@example.org', ['k' * 48])}", 24),
        ("/moderate/sites/blog/log", 12),
    ],
)
def test_a_page_asks_as_often_whatever_there_is(
    alice: Visitor,
    session: Session,
    thread: Thread,
    count_queries: CountQueries,
    *,
    path: str,
    most: int,
) -> None:
    make_comment(session, thread, body="Rain")
    session.commit()
    with count_queries() as few:
        alice.get(path)
    for number in range(55):
        make_comment(session, thread, body=f"Rain {number}")
    session.commit()

    with count_queries() as many:
        assert alice.get(path).status_code == 200

    assert len(many) == len(few) <= most


def test_the_page_and_its_style_are_within_their_weight(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    for number in range(60):
        make_comment(session, thread, body=f"Rain {number} " + "in the garden " * 20)
    session.commit()

    page = alice.get(f"{FIND}?q=rain")

    assert page.text.count('class="card"') == PAGE_LENGTH
    assert "Next page" in page.text
    assert len(page.data) <= 150_000
    assert Path("moderation/static/find.css").stat().st_size < 6_000
