"""What a blog's slips and closed doors mean is told in the reader's language."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.domain.statuses import Status
from moderation.storage.models import Thread
from moderation.web.languages import LANGUAGES, load_language
from tests.factories import ORIGIN, make_comment
from tests.web.embed.posts import OWN, fetch_token, make_fields, read_json

EVIL = "https://evil.example"
UNKNOWN = "There is no such site here. Check its key for slips."
WRONG_ORIGIN = (
    "Comments for this site are not taken from the page this was sent from. If it is "
    "yours, register its origin: moderation site set KEY --origin URL"
)
CLOSED = "Comments are closed here. Nothing was saved."
CLOSED_PAGE = "This page takes no more comments."
GONE = "The comment you answer is not there (any more)."
HTML = "text/html"
SCRIPT = "application/json"
in_each_language = pytest.mark.parametrize("tag", LANGUAGES)


def read_text(answer: TestResponse) -> str:
    """Return what a page shows, or what a script is told."""
    if answer.is_json:
        told = read_json(answer)
        return " ".join([str(told["detail"]), str(told.get("errors", ""))])
    return answer.text.replace("&#39;", "'")


@in_each_language
@pytest.mark.parametrize("path", ["", "/comments", "/thread.html", "/feed.json"])
@pytest.mark.usefixtures("thread")
def test_a_site_that_is_not_here(client: FlaskClient, tag: str, path: str) -> None:
    answer = client.get(
        f"/embed/none{path}?thread=a&lang={tag}", headers={"Origin": ORIGIN}
    )

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert load_language(tag).find(UNKNOWN) in read_text(answer)
    # Else no script of the blog could read it, and say so.
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    # Which is sound since it is nobody's: sent without cookies, and none given.
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@in_each_language
@pytest.mark.parametrize("accept", [HTML, SCRIPT])
@pytest.mark.parametrize(
    ("origin", "changes", "text"),
    [(EVIL, {}, WRONG_ORIGIN), (ORIGIN, {}, CLOSED), (ORIGIN, {"parent": "9"}, GONE)],
    ids=["origin", "closed", "parent"],
)
def test_a_comment_that_is_not_taken(
    client: FlaskClient,
    session: Session,
    thread: Thread,
    *,
    tag: str,
    accept: str,
    origin: str,
    changes: dict[str, str],
    text: str,
) -> None:
    fields = make_fields(token=fetch_token(client), **changes)
    thread.is_open = text != CLOSED
    session.commit()

    answer = client.post(
        f"/embed/blog/comments?lang={tag}",
        data=fields,
        headers={"Origin": origin, "Accept": accept},
    )

    assert answer.status_code == (422 if text is GONE else 403)
    assert load_language(tag).find(text) in read_text(answer)


@in_each_language
@pytest.mark.parametrize("lang", ["query", "header"])
def test_a_thread_that_is_closed(
    client: FlaskClient, session: Session, thread: Thread, tag: str, lang: str
) -> None:
    thread.is_open = False
    session.commit()
    query = f"&lang={tag}" if lang == "query" else ""

    page = client.get(
        f"/embed/blog?thread=post-1{query}", headers={"Accept-Language": tag}
    )

    assert load_language(tag).find(CLOSED_PAGE) in page.text


@in_each_language
def test_a_reply_however_deep_is_offered_and_taken(
    client: FlaskClient, session: Session, thread: Thread, tag: str
) -> None:
    parent = None
    for _ in range(60):
        parent = make_comment(session, thread, status=Status.APPROVED, parent=parent)
    session.commit()
    assert parent is not None
    page = client.get(f"/embed/blog?thread=post-1&reply={parent.id}&lang={tag}")

    answer = client.post(
        f"/embed/blog/comments?lang={tag}",
        data=make_fields(token=fetch_token(client), parent=str(parent.id)),
        headers={"Origin": OWN, "Accept": SCRIPT},
    )

    language = load_language(tag)
    assert language.find("Reply to {name}").replace("{name}", "").strip() in (
        page.text.replace("<bdi>Ada</bdi>", "").replace("  ", " ")
    )
    assert answer.status_code == HTTPStatus.CREATED
