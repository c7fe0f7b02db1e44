"""What a script is told, what a reply and a note do, and what the page weighs."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.domain.statuses import Status
from moderation.services.queues import PAGE_LENGTH
from moderation.storage.models import Comment, Note, SignalEvidence, Thread
from moderation.web.moderator.cards import REASONS_SHOWN
from tests.factories import make_comment
from tests.web.moderator.conftest import State
from tests.web.visiting import Visitor, add_account, name_version, visit

Look = Callable[[Comment], State]

STATIC = Path(__file__).parents[3] / "moderation" / "static"
SCRIPT = {"Accept": "application/json"}
MOST_PAGE_BYTES = 150_000
MOST_FILE_BYTES = 60_000
# Of comments as people write them: half a printed page.
WORDS = "The first weeks were hard, and writing it down each evening helped me. " * 8
REASON = "Words typical of spam: information, site, back, content."
MARKS = 10


def ask(visitor: Visitor, path: str, **fields: str) -> tuple[int, dict[str, object]]:
    answer = visitor.client.post(
        path, data={"csrf_token": visitor.find_token(), **fields}, headers=SCRIPT
    )
    assert answer.is_json or answer.mimetype == "application/problem+json"
    return answer.status_code, answer.get_json()


def test_a_script_is_told_what_was_decided_and_can_take_it_back(
    alice: Visitor, comment: Comment, look: Look
) -> None:
    status, said = ask(
        alice, "/moderate/decisions", action="spam", comment=name_version(comment)
    )
    decided = look(comment)
    undone, _ = ask(alice, "/moderate/undo", batch=str(said["batch"]))

    assert (status, said["decided"]) == (200, [comment.id])
    assert decided == ("spam", 2, 2)
    assert undone == 200
    assert look(comment) == ("held", 3, 3)


def test_a_script_is_told_who_decided_first(
    alice: Visitor, bob: Visitor, comment: Comment, look: Look
) -> None:
    bob.decide("approve", comment)

    status, said = ask(
        alice, "/moderate/decisions", action="spam", comment=name_version(comment)
    )

    assert status == 409
    assert said["detail"] == "Already approved by bob@example.org, just now."
    assert said["decided"] == []
    assert look(comment) == ("approved", 2, 2)


def test_a_script_is_told_of_several_at_once(
    alice: Visitor, bob: Visitor, session: Session, thread: Thread
) -> None:
    comments = [make_comment(session, thread) for _ in range(3)]
    session.commit()
    bob.decide("reject", *comments[:2])

    answer = alice.client.post(
        "/moderate/decisions",
        data={
            "csrf_token": alice.find_token(),
            "action": "spam",
            "comment": [name_version(comment) for comment in comments],
        },
        headers=SCRIPT,
    )

    said = answer.get_json()
    assert answer.status_code == 409
    assert said["detail"].endswith("just now. 1 comment more had changed as well.")
    assert said["decided"] == [comments[2].id]


@pytest.mark.parametrize("headers", [SCRIPT, {"HX-Request": "true"}])
def test_a_script_without_a_login_is_told_so(
    app: Flask, headers: dict[str, str]
) -> None:
    answer = app.test_client().get("/moderate/news", headers=headers)

    assert answer.status_code == 401
    assert "Your login has ended." in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        # Nothing said, nobody signed, too long, what no database takes, no version.
        ("reply", {"seen": "1", "name": "Al", "reply": " "}),
        ("reply", {"seen": "1", "name": "", "reply": "Hi"}),
        ("reply", {"seen": "1", "name": "a" * 101, "reply": "Hi"}),
        ("reply", {"seen": "1", "name": "Al", "reply": "a" * 65_526}),
        ("reply", {"seen": "1", "name": "Al\0", "reply": "Hi"}),
        ("reply", {"name": "Al", "reply": "Hi"}),
        ("note", {"note": "a" * 4_001}),
        ("note", {"note": "\x1b[2J"}),
        ("note", {"note": "Hi", "version": "x"}),
    ],
)
def test_what_cannot_be_written_is_refused(
    alice: Visitor,
    session: Session,
    comment: Comment,
    path: str,
    fields: dict[str, str],
) -> None:
    answer = alice.post(f"/moderate/comments/{comment.id}/{path}", **fields)

    assert answer.status_code == 422
    assert session.scalars(select(Note)).all() == []
    assert len(session.scalars(select(Comment)).all()) == 1


def test_a_reply_is_public_and_signed_again_with_the_same_name(
    alice: Visitor, comment: Comment, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, name="Grace")
    session.commit()
    path = f"/moderate/comments/{comment.id}/reply"

    answer = alice.post(path, seen="1", name=" Al  B. ", reply="Glad it did.")

    page = alice.get(answer.location).text
    assert "Approved 2 comments." in page
    public = alice.get(f"/embed/blog/comments?thread={thread.key}").get_json()
    assert [c["name"] for c in public["comments"]] == ["Ada", "Al B."]
    assert "alice@example.org" not in str(public)
    assert 'value="Al B."' in page


def test_a_note_is_for_moderators_alone(
    alice: Visitor, comment: Comment, thread: Thread
) -> None:
    alice.post(f"/moderate/comments/{comment.id}/note", note="Be kind to <her>.")
    alice.decide("approve", comment)

    assert "Be kind to &lt;her&gt;." in alice.get("/moderate/?status=approved").text
    for path in (
        f"/embed/blog?thread={thread.key}",
        f"/embed/blog/comments?thread={thread.key}",
    ):
        assert "Be kind" not in alice.get(path).text


def test_a_note_that_somebody_else_changed_is_not_overwritten(
    alice: Visitor, bob: Visitor, comment: Comment, session: Session
) -> None:
    path = f"/moderate/comments/{comment.id}/note"
    bob.post(path, note="His.", version="0")

    status, said = ask(alice, path, note="Hers.", version="0")

    assert status == 409
    assert "Somebody else has changed this note" in str(said["detail"])
    assert session.scalars(select(Note.body)).all() == ["His."]


def test_a_viewer_sees_no_address_of_a_visitor(
    app: Flask, session: Session, comment: Comment
) -> None:
    comment.ip = "192.0.2.7"
    session.commit()
    add_account(app, session, email="v@example.com", role=Role.VIEWER, site_key="blog")
    viewer = visit(app, "v@example.com")

    for path in ("/moderate/", f"/moderate/comments/{comment.id}"):
        page = viewer.get(path).text
        assert "What you wrote helped me." in page
        assert "ada@example.org" not in page
        assert "192.0.2.7" not in page


def test_the_preview_counts_and_warns(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    comments = [make_comment(session, thread, score=s) for s in (0.9, 0.9, 0.2)]
    for comment, network in zip(comments, ("a", "b", "b"), strict=True):
        comment.network = network
    session.commit()

    page = alice.post(
        "/moderate/preview",
        action="spam",
        comment=[name_version(comment) for comment in comments],
    ).text

    assert "3 comments from 2 networks; <strong>1 looks honest</strong>." in page
    assert page.count(" checked>") == 3


def test_news_say_how_many_came_and_nothing_if_it_is_as_before(
    alice: Visitor, comment: Comment, session: Session, thread: Thread
) -> None:
    since = comment.id
    quiet = alice.get(f"/moderate/news?since={since}")
    make_comment(session, thread)
    session.commit()

    news = alice.get(f"/moderate/news?since={since}")
    again = alice.client.get(
        f"/moderate/news?since={since}",
        headers={"If-None-Match": news.headers["ETag"]},
    )

    assert "new comment" not in quiet.text
    assert "1 new comment: show" in news.text
    assert (again.status_code, again.data) == (304, b"")


def test_what_became_of_an_authors_comments_is_told(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    for status in (Status.APPROVED, Status.APPROVED, Status.SPAM):
        make_comment(session, thread, status=status)
    make_comment(session, thread)
    make_comment(session, thread, email="new@example.org")
    session.commit()

    page = alice.get("/moderate/").text

    assert ">approved 2, spam 1</a>" in page
    assert ">new here</a>" in page


def test_a_full_page_of_the_queue_is_light(
    alice: Visitor, session: Session, thread: Thread
) -> None:
    parent = make_comment(session, thread, status=Status.APPROVED)
    for _ in range(PAGE_LENGTH):
        comment = make_comment(session, thread, body=WORDS, parent=parent)
        comment.signals = [
            SignalEvidence(
                position=position,
                name=f"signal_{position}",
                weight=0.5,
                reason=REASON,
                spans=[["body", position * 20, position * 20 + 9]],
            )
            for position in range(MARKS)
        ]
    session.commit()

    page = alice.get("/moderate/")

    assert page.text.count("<article") == PAGE_LENGTH
    # What the text and the reasons themselves take is not ours to save.
    own = PAGE_LENGTH * (len(WORDS) + (MARKS + REASONS_SHOWN) * len(REASON))
    assert len(page.data) - own <= MOST_PAGE_BYTES


def test_styles_and_scripts_of_the_queue_are_light() -> None:
    files = [
        STATIC / name
        for name in (
            "moderator.css",
            "queue.js",
            "asking.js",
            "cards.js",
            "drafts.js",
            "keys.js",
            "selection.js",
            "comment.js",
            "vendor/htmx-4.0.1.min.js",
        )
    ]

    size = sum(len(gzip.compress(file.read_bytes(), mtime=0)) for file in files)

    assert size <= MOST_FILE_BYTES
