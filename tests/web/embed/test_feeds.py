"""Feeds and the fragment: approved comments alone, in forms that programs read."""

from http import HTTPStatus
from urllib.parse import quote

import feedparser
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.domain.urls import parse_web_url
from moderation.services.rendering import render_markdown
from moderation.storage.models import Comment, Site, Thread
from tests.factories import ORIGIN, make_comment, make_site, make_thread
from tests.web.embed.posts import find_dangers, read_json

ATOM = "/embed/blog/feed.atom"
JSON_FEED = "/embed/blog/feed.json"
FRAGMENT = "/embed/blog/thread.html?thread=post-1"
SURFACES = [ATOM, f"{ATOM}?thread=post-1", JSON_FEED, FRAGMENT]
PAGE = f"{ORIGIN}/post-1/"


def approve(session: Session, thread: Thread, **changes: str) -> Comment:
    comment = make_comment(session, thread, status=Status.APPROVED)
    for name, value in changes.items():
        setattr(comment, name, value)
    session.commit()
    return comment


def test_a_feed_reader_understands_the_atom_feed(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    first = approve(session, thread, website="https://ada.example.org/")
    reply = make_comment(
        session, thread, status=Status.APPROVED, parent=first, name="B & <C>"
    )
    session.commit()

    answer = client.get(ATOM)
    feed = feedparser.parse(answer.data)

    assert answer.mimetype == "application/atom+xml"
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == "Comments – A blog"
    assert [entry.author for entry in feed.entries] == ["B & <C>", "Ada"]
    newest, oldest = feed.entries
    assert newest.link == f"{PAGE}#comment-{reply.id}"
    assert newest.content[0].value == "<p>What you wrote helped me.</p>"
    assert newest["thr_in-reply-to"]["ref"] == oldest.id
    assert oldest.author_detail.href == "https://ada.example.org/"


def test_the_json_feed_says_the_same(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    first = approve(session, thread)
    make_comment(session, thread, status=Status.APPROVED, parent=first)
    session.commit()

    answer = client.get(JSON_FEED)
    feed = read_json(answer)

    assert answer.mimetype == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"] == f"{ORIGIN}/"
    newest, oldest = feed["items"]
    assert newest["_thread"]["in_reply_to"] == oldest["id"]
    assert oldest["url"] == f"{PAGE}#comment-{first.id}"
    assert oldest["authors"] == [{"name": "Ada"}]


def test_a_feed_of_a_thread_has_no_other_thread(
    client: FlaskClient, session: Session, site: Site, thread: Thread
) -> None:
    approve(session, thread)
    approve(session, make_thread(session, site, key="post-2"), html="<p>Other</p>")

    one, all_ = (client.get(url).text for url in (f"{ATOM}?thread=post-1", ATOM))

    assert "Other" not in one
    assert "Other" in all_
    assert "Comments on A post – A blog" in one


@pytest.mark.parametrize("url", SURFACES)
@pytest.mark.parametrize("status", [Status.HELD, Status.REJECTED, Status.SPAM])
def test_what_is_not_approved_is_in_none(
    client: FlaskClient, session: Session, thread: Thread, status: Status, url: str
) -> None:
    hidden = make_comment(session, thread, status=status, name="Hid")
    make_comment(session, thread, status=Status.APPROVED, parent=hidden)
    other = make_thread(session, make_site(session, key="other"))
    make_comment(session, other, status=Status.APPROVED, name="Hid")
    session.commit()

    text = client.get(url).text

    assert "Ada" in text
    assert "Hid" not in text
    assert f"comment-{hidden.id}" not in text
    assert "ada@example.org" not in text


@pytest.mark.parametrize(
    "text",
    [
        # No XML document may hold these, however they are written.
        "a\ufffeb\uffffc",
        # What ends or opens something in XML.
        "]]><script>alert(1)</script>",
        "<!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
    ],
)
def test_no_name_breaks_the_feed(
    client: FlaskClient, session: Session, thread: Thread, text: str
) -> None:
    approve(session, thread, name=text)

    feed = feedparser.parse(client.get(ATOM).data)

    assert not feed.bozo
    assert len(feed.entries) == 1


@pytest.mark.parametrize("field", ["name", "body", "website"])
@pytest.mark.parametrize(
    "attack",
    [
        # A tag, one that ends the element it stands in, one that closes an attribute.
        "<script>alert(1)</script>",
        "</textarea></p></section><svg/onload=alert(1)>",
        "\" autofocus onfocus=alert(1) x='",
        # A link that runs, in Markdown and in the ways around it.
        "[x](javascript:alert(1)) <JaVaScRiPt:alert(1)>",
        "![x](x onerror=alert(1)) [x](data:text/html;base64,PHN2Zz4=)",
        # Ours to put in, if a template were made of it.
        "{{ config }} ${alert(1)} <![CDATA[<img src=x onerror=alert(1)>]]>",
    ],
)
def test_nothing_a_visitor_writes_runs_where_it_is_put_in(
    client: FlaskClient, session: Session, thread: Thread, field: str, attack: str
) -> None:
    written = {"name": attack, "body": "Hello", "website": ""}
    if field == "website":
        written["website"] = parse_web_url(f"https://x.example/?{quote(attack)}'")
        written["name"] = "Ada"
    else:
        written[field] = attack
    approve(session, thread, **written, html=render_markdown(written["body"]))

    feed = feedparser.parse(client.get(ATOM).data, sanitize_html=False)
    contents = [read_json(client.get(JSON_FEED))["items"][0]["content_html"]]
    contents += [feed.entries[0].content[0].value, client.get(FRAGMENT).text]

    assert not feed.bozo
    assert [find_dangers(content) for content in contents] == [[], [], []]


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize("url", [ATOM, JSON_FEED])
def test_an_empty_feed_is_a_feed(client: FlaskClient, url: str) -> None:
    feed = feedparser.parse(client.get(ATOM).data)

    assert client.get(url).status_code == HTTPStatus.OK
    assert not feed.bozo
    assert feed.entries == []


@pytest.mark.parametrize("url", SURFACES)
def test_nothing_new_is_304_and_a_comment_is_seen(
    client: FlaskClient, session: Session, thread: Thread, url: str
) -> None:
    etag = {"If-None-Match": client.get(url).headers["ETag"]}

    same = client.get(url, headers=etag)
    approve(session, thread)
    changed = client.get(url, headers=etag)

    assert same.status_code == HTTPStatus.NOT_MODIFIED
    assert changed.status_code == HTTPStatus.OK
    assert "helped me" in changed.text


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "query", ["thread=a&thread=b", "thread=%00", "thread=" + "x" * 501]
)
def test_a_feed_of_no_thread_is_422(client: FlaskClient, query: str) -> None:
    answers = [client.get(f"{url}?{query}") for url in (ATOM, JSON_FEED)]

    assert {answer.status_code for answer in answers} == {422}


def test_the_fragment_stands_in_a_page_without_script(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    first = approve(session, thread, website="https://ada.example.org/")
    make_comment(session, thread, status=Status.APPROVED, parent=first)
    session.commit()

    answer = client.get(FRAGMENT)

    assert answer.mimetype == "text/html"
    assert answer.text.lstrip().startswith("<section")
    assert f'id="comment-{first.id}"' in answer.text
    assert 'rel="nofollow ugc noopener"' in answer.text
    assert "<form" not in answer.text
    assert "noindex" not in answer.text
    assert find_dangers(answer.text) == []


def test_the_fragment_is_in_the_language_asked_for(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    reply = approve(session, thread)
    make_comment(session, thread, status=Status.APPROVED, parent=reply)
    session.commit()

    german = client.get(f"{FRAGMENT}&lang=de").text
    plain = client.get(FRAGMENT, headers={"Accept-Language": "de"}).text

    assert "als Antwort auf" in german
    assert "in reply to" in plain
