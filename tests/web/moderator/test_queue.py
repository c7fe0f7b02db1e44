import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.queues import PAGE_LENGTH
from moderation.storage.models import Audit, Comment, SignalEvidence, Thread
from tests.factories import make_comment, make_site, make_thread
from tests.web.conftest import CountQueries
from tests.web.visiting import Visitor, add_account, visit

Spans = Sequence[tuple[str, int, int]]


def add_signal(
    session: Session,
    comment: Comment,
    *,
    name: str = "money",
    weight: float = 0.5,
    reason: str = "It names money.",
    spans: Spans = (),
) -> None:
    comment.signals.append(
        SignalEvidence(
            position=len(comment.signals),
            name=name,
            weight=weight,
            reason=reason,
            spans=[list(span) for span in spans],
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("held", "Nothing waits for you."),
        ("approved", "No approved comments yet."),
        ("rejected", "Nothing was rejected."),
        ("spam", "No spam."),
    ],
)
def test_an_empty_list_says_so_kindly(alice: Visitor, status: str, words: str) -> None:
    assert words in alice.get(f"/moderate/?status={status}").text


def test_somebody_without_a_site_is_told_what_to_do(
    app: Flask, session: Session
) -> None:
    make_site(session)
    account = add_account(app, session, site_key="blog")
    account.memberships.clear()
    session.commit()

    page = visit(app, account.email).get("/moderate/")

    assert "You have no site yet." in page.text


def test_each_tab_has_its_comments_and_their_number(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    for number, status in enumerate(Status, start=1):
        for _ in range(number):
            make_comment(session, thread, status=status, body=f"A {status} one.")
    session.commit()

    for number, status in enumerate(Status, start=1):
        page = alice.get(f"/moderate/?status={status}").text

        assert page.count(f"A {status} one.") == number
        assert page.count("<article") == number
        assert f'data-status="{status}">{number}</span>' in page


def test_a_card_shows_all_there_is_to_know(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    parent = make_comment(
        session, thread, status=Status.APPROVED, name="Grace", body="Which dose was it?"
    )
    comment = make_comment(
        session, thread, parent=parent, body="Ten\n<b>mg</b>.", score=0.42
    )
    comment.website, comment.network = "https://ada.example/", "203.0.113.0/24"
    comment.failures = ["link_count"]
    session.commit()

    page = alice.get("/moderate/").text

    for shown in (
        "Ada",
        "ada@example.org",
        'href="https://ada.example/" rel="nofollow ugc noopener noreferrer"',
        "203.0.113.0/24",
        "A blog",
        'href="https://blog.example/post-1/"',
        "In reply to <bdi>Grace</bdi>",
        "Which dose was it?",
        "Ten\n&lt;b&gt;mg&lt;/b&gt;.",
        "42%",
        "The check “link count” broke down",
        ">just now</time>",
    ):
        assert shown in page


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://x.example/"])
def test_only_web_addresses_become_links(
    alice: Visitor, session: Session, thread: Thread, url: str
) -> None:
    thread.url = url
    make_comment(session, thread).website = url
    session.commit()

    page = alice.get("/moderate/").text

    assert f'href="{url}"' not in page
    assert "A post" in page


def test_the_evidence_is_marked_where_it_stands(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread, body="😀 win $5 <now>", name="CasinoAda")
    comment.website = "https://ada.example/"
    add_signal(session, comment, spans=[("body", 6, 8)])
    add_signal(
        session,
        comment,
        reason='So-called "offers".',
        weight=1.0,
        spans=[("body", 2, 8), ("author", 0, 6)],
    )
    add_signal(
        session, comment, reason="R.", spans=[("email", 0, 3), ("website", 8, 19)]
    )
    add_signal(session, comment, reason="Q.", weight=-1.0, spans=[("body", 9, 14)])
    session.commit()

    page = alice.get("/moderate/").text

    for shown in (
        '😀 <mark title="So-called &#34;offers&#34;.">win $5</mark>',
        '<mark class="good" title="Q.">&lt;now&gt;</mark>',
        '<mark title="So-called &#34;offers&#34;.">Casino</mark>Ada',
        '<mark title="R.">ada</mark>@example.org',
        'https://<mark title="R.">ada.example</mark>/',
    ):
        assert shown in page


def test_the_strongest_reasons_come_first_and_the_baseline_last(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread)
    add_signal(session, comment, name="baseline", weight=-2.5, reason="Baseline.")
    for number, weight in enumerate([0.5, -1.0, 3.0, 1.4, 0.7]):
        add_signal(session, comment, weight=weight, reason=f"Reason {number}.")
    session.commit()

    page = alice.get("/moderate/").text

    order = [
        "Reason 2.",
        "Reason 3.",
        "Reason 1.",
        "3 more reasons</a>",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    assert "+3.0" in page
    assert "−1.0" in page
    # All of them on demand: the page of the comment has them.
    whole = alice.get(f"/moderate/comments/{comment.id}").text
    assert whole.index("Reason 4.") < whole.index("Reason 0.")
    assert whole.index("Reason 0.") < whole.index("Baseline.")


def test_a_rule_is_told_before_all_evidence(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comment = make_comment(session, thread, body="A casino")
    comment.signals = [
        SignalEvidence(position=0, name="money", weight=2.0, reason="It sells."),
        SignalEvidence(
            position=1,
            name="rule_7",
            weight=0.0,
            reason="Your rule “hold word: casino” matches.",
            spans=[["body", 2, 8]],
        ),
    ]
    session.commit()

    page = alice.get("/moderate/").text

    rule = "<b>rule</b> Your rule “hold word: casino” matches."
    assert page.index(rule) < page.index("It sells.")
    assert re.search(r"<mark title=[^>]*>casino</mark>", page)


def test_a_long_comment_is_folded_and_none_of_it_lost(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    body = "word " * 1_000 + "https://end.example"
    comment = make_comment(session, thread, body=body)
    add_signal(session, comment, spans=[("body", 5_000, len(body))])
    session.commit()

    folded = alice.get("/moderate/").text
    whole = alice.get(f"/moderate/comments/{comment.id}").text

    assert "Show the other 4,119 characters, 1 marked passage</summary>" in folded
    for page in (folded, whole):
        assert page.count("word ") == 1_000
        assert ">https://end.example</mark>" in page
    assert "Show the other" not in whole


def test_pages_are_walked_through_without_loss_or_repeat(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    for number in range(PAGE_LENGTH * 2 + 1):
        comment = make_comment(session, thread, body=f"Number {number}.")
        # Every two at the same moment: the id decides between them.
        comment.created_at = start + timedelta(seconds=number // 2, microseconds=7)
    session.commit()

    path, seen, pages = "/moderate/", list[str](), 0
    while path:
        text = alice.get(path).text
        seen += [part.split("<")[0] for part in text.split('dir="auto">')[1:]]
        link = text.split('rel="next" href="')[1:]
        path = link[0].split('"')[0].replace("&amp;", "&") if link else ""
        pages += 1

    assert seen == [f"Number {number}." for number in range(PAGE_LENGTH * 2 + 1)]
    assert pages == 3


@pytest.mark.parametrize(
    "query",
    [
        "status=gone",
        "status=held&status=spam",
        "after=x",
        "after=1%27%20OR%201=1_2",
        "status=%00",
        "select=all&select=none",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(alice: Visitor, query: str) -> None:
    assert alice.get(f"/moderate/?{query}").status_code == 422


@pytest.mark.parametrize("done", ["nothing", "%00", "a" * 99, "<script>"])
def test_a_batch_that_is_none_is_not_told_of(alice: Visitor, done: str) -> None:
    page = alice.get(f"/moderate/?done={done}")

    assert page.status_code == 200
    assert 'class="notice"' not in page.text


@pytest.mark.parametrize(
    "number", ["0", "99999999999999999999", "-1", "x", "1%00", "١"]
)
def test_a_comment_that_is_none_is_not_found(alice: Visitor, number: str) -> None:
    assert alice.get(f"/moderate/comments/{number}").status_code == 404


def test_all_of_a_page_can_be_selected_without_a_script(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    for _ in range(3):
        make_comment(session, thread)
    session.commit()

    assert alice.get("/moderate/").text.count(" checked>") == 0
    assert alice.get("/moderate/?select=all").text.count(" checked>") == 3


@pytest.mark.parametrize(
    ("status", "question"),
    [
        (Status.APPROVED, "The filter published this by itself. Was it right?"),
        (Status.SPAM, "The filter filed this as spam by itself. Was it right?"),
    ],
)
def test_the_audit_sample_is_marked_and_decided_like_held_ones(
    alice: Visitor, session: Session, thread: Thread, status: Status, question: str
) -> None:
    make_comment(session, thread, status=status).audit = Audit.OPEN
    session.commit()

    page = alice.get("/moderate/").text

    assert "Audit sample" in page
    assert question in page
    for action in ("approve", "reject", "spam"):
        assert f'value="{action}"' in page


@pytest.mark.parametrize("number", [1, 30])
def test_the_queue_takes_few_queries_however_long_it_is(
    alice: Visitor,
    session: Session,
    thread: Thread,
    count_queries: CountQueries,
    number: int,
) -> None:
    other = make_thread(session, thread.site, key="post-2")
    parent = make_comment(session, thread, status=Status.APPROVED)
    for index in range(number):
        comment = make_comment(session, (thread, other)[index % 2], parent=parent)
        add_signal(session, comment)
    session.commit()

    with count_queries() as statements:
        alice.get("/moderate/?done=abc")

    # The session, its account, the moderator, the roles, the last comment there is,
    # the comments, their signals, what became of their authors' others, campaigns,
    # the numbers of the tabs, the moderator's signature, the batch.
    assert len(statements) == 12, "\n".join(statements)


def test_a_comments_page_takes_few_queries(
    alice: Visitor, comment: Comment, count_queries: CountQueries
) -> None:
    for action in ("approve", "hold", "spam", "hold"):
        version = alice.get(f"/moderate/comments/{comment.id}").text.split(
            f'value="{comment.id}:'
        )[1][0]
        alice.post(
            "/moderate/decisions", action=action, comment=f"{comment.id}:{version}"
        )

    with count_queries() as statements:
        alice.get(f"/moderate/comments/{comment.id}")

    assert len(statements) == 13, "\n".join(statements)


def test_the_history_tells_who_did_what(
    app: Flask, alice: Visitor, bob: Visitor, session: Session, thread: Thread
) -> None:
    leaver = add_account(app, session, email="carol@example.org", site_key="blog")
    carol = visit(app, "carol@example.org")
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False):
        comment = make_comment(session, thread)
        session.commit()
    carol.decide("approve", comment)
    bob.post("/moderate/decisions", action="reject", comment=f"{comment.id}:2")
    alice.post("/moderate/decisions", action="hold", comment=f"{comment.id}:3")
    session.delete(leaver)
    session.commit()

    page = alice.get(f"/moderate/comments/{comment.id}").text

    steps = [
        "<strong>Held for a moderator</strong>\n        by the filter",
        "<strong>Approved</strong>\n        by a moderator who has left",
        "<strong>Rejected</strong>\n        by bob@example.org",
        "<strong>Put back</strong>\n        by you",
    ]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)


def test_a_moderator_of_two_sites_sees_both_and_buttons_where_allowed(
    app: Flask, session: Session, thread: Thread
) -> None:
    other = make_thread(session, make_site(session, key="other"))
    mine, theirs = make_comment(session, thread), make_comment(session, other)
    add_account(app, session, site_key="blog")
    add_account(app, session, site_key="other", role=Role.VIEWER)

    page = visit(app, "alice@example.org").get("/moderate/").text

    assert page.count("<article") == 2
    assert f'value="{mine.id}:1"' in page
    assert f'value="{theirs.id}:1"' not in page
