from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import Comment, Thread
from tests.factories import ORIGIN, make_comment
from tests.web.embed.posts import (
    PAGE,
    fetch_token,
    find_comments,
    find_dangers,
    find_value,
    make_fields,
    post_form,
    post_json,
    read_page,
)

XSS = [
    # Elements, where text was expected.
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "</textarea><img src=x onerror=alert(1)>",
    # Attributes, with every kind of quote.
    '" onmouseover="alert(1)" x="',
    "' onmouseover='alert(1)' x='",
    # Markdown that becomes a link.
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "<javascript:alert(1)>",
    "[a](data:text/html,<script>alert(1)</script>)",
    '[a](https://e.example "onmouseover=alert(1)")',
    "![x](https://e.example/x.png)",
    'https://e.example/"onmouseover="alert(1)',
    # Template syntax.
    "{{ 7 * 7 }}{% include 'base.html' %}",
]
WEBSITES = [
    "http://x.example/?'onmouseover='alert(1)'x='",
    'http://x.example/"onmouseover="alert(1)',
    "http://x.example/#<script>alert(1)</script>",
    "javascript://x.example/%0aalert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "x.example/`onmouseover=alert(1)`",
]


@pytest.mark.usefixtures("thread")
def test_the_form_is_as_people_know_it(client: FlaskClient) -> None:
    answer = client.get(PAGE)

    page = answer.text
    assert answer.status_code == HTTPStatus.OK
    assert "Leave a Reply" in page
    assert "Your email address will not be published." in page
    assert "Required fields are marked" in page
    for label in ("Name", "Email", "Comment"):
        assert f'{label} <span class="star">*</span></label>' in page
    assert ">Website</label>" in page
    assert '<button type="submit">Post Comment</button>' in page
    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.usefixtures("thread")
def test_the_form_can_be_filled_in_by_the_browser(client: FlaskClient) -> None:
    elements = {
        attributes["name"]: attributes
        for tag, attributes in read_page(client.get(PAGE).text).elements
        if tag == "input"
    }

    for name, purpose in [("name", "name"), ("email", "email"), ("website", "url")]:
        assert elements[name]["autocomplete"] == purpose
    assert elements["remark"]["autocomplete"] == "off"
    assert elements["remark"]["tabindex"] == "-1"


@pytest.mark.usefixtures("thread")
def test_the_page_may_be_framed_by_the_blog_alone(client: FlaskClient) -> None:
    headers = client.get(PAGE).headers

    policy = headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {ORIGIN}" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in headers
    assert headers["Cache-Control"] == "no-store"


def test_replies_stand_below_what_they_answer(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    ada = make_comment(session, thread, status=Status.APPROVED, body="One")
    make_comment(session, thread, status=Status.APPROVED, body="Three", name="Eve")
    make_comment(
        session, thread, status=Status.APPROVED, body="Two", name="Bob", parent=ada
    )
    session.commit()

    page = client.get(PAGE).text

    assert page.index("One") < page.index("Two") < page.index("Three")
    assert page.count('<li class="depth-1">') == 1
    assert f'<a class="answers" href="#comment-{ada.id}">in reply to' in page
    assert "3 comments" in page


def test_a_reply_works_without_script(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    parent = make_comment(session, thread, status=Status.APPROVED)
    session.commit()
    link = next(
        attributes["href"]
        for tag, attributes in read_page(client.get(PAGE).text).elements
        if tag == "a" and attributes.get("aria-label") == "Reply to Ada"
    )

    page = client.get(link).text
    answer = post_form(
        client,
        make_fields(token=find_value(page, "token"), parent=find_value(page, "parent")),
    )

    assert link == f"{PAGE}&reply={parent.id}#leave-a-reply"
    assert "Reply to <bdi>Ada</bdi></h2>" in page
    assert "Cancel reply" in page
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert find_comments(session)[-1].parent_id == parent.id


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize("reply", ["99", "x", "", "-1", "1 OR 1=1", "9" * 100])
def test_a_reply_to_nothing_is_a_new_comment(client: FlaskClient, reply: str) -> None:
    answer = client.get(
        "/embed/blog", query_string={"thread": "post-1", "reply": reply}
    )

    assert answer.status_code == HTTPStatus.OK
    assert find_value(answer.text, "parent") == ""
    assert "Cancel reply" not in answer.text


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("posted", "text"),
    [
        ("held", "awaits moderation"),
        ("approved", "is published"),
        ("<script>", ""),
    ],
)
def test_the_page_says_what_became_of_the_comment(
    client: FlaskClient, posted: str, text: str
) -> None:
    page = client.get(f"{PAGE}&posted={posted}").text

    assert ('role="status">Thank you.' in page) is bool(text)
    assert text in page
    assert "<script>" not in page


def test_a_closed_thread_has_no_form(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    make_comment(session, thread, status=Status.APPROVED, body="Still here")
    thread.is_open = False
    session.commit()

    page = client.get(PAGE).text

    assert "Comments are closed" in page
    assert "Still here" in page
    assert "<form" not in page
    assert ">Reply</a>" not in page


@pytest.mark.usefixtures("trusting_thread")
@pytest.mark.parametrize("text", XSS)
def test_nothing_a_visitor_writes_runs_on_the_page(
    client: FlaskClient, text: str
) -> None:
    fields = make_fields(
        token=fetch_token(client), name=text, comment=text, title=text, url=text
    )
    again = post_form(client, {**fields, "email": text, "website": text})
    preview = post_form(client, {**fields, "token": ""})
    posted = post_json(client, fields)

    page = client.get("/embed/blog", query_string={"thread": "post-1", "title": text})

    assert [a.status_code for a in (again, preview, posted)] == [422, 200, 201]
    assert find_dangers(again.text) == []
    assert find_dangers(preview.text) == []
    assert find_dangers(page.text) == []
    assert page.text.count('class="comment"') == 1
    assert "49" not in page.text.partition("</h2>")[0]


@pytest.mark.usefixtures("trusting_thread")
@pytest.mark.parametrize("website", WEBSITES)
def test_no_website_runs_on_the_page(client: FlaskClient, website: str) -> None:
    fields = make_fields(token=fetch_token(client, PAGE), website=website, remark="")

    answer = post_form(client, fields)
    page = client.get(PAGE)

    assert answer.status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert find_dangers(answer.text) == []
    assert find_dangers(page.text) == []


@pytest.mark.usefixtures("trusting_thread")
def test_links_of_visitors_earn_them_nothing(client: FlaskClient) -> None:
    post_json(
        client,
        make_fields(
            token=fetch_token(client),
            website="https://bob.example.org",
            comment="See [this](https://bob.example.net/x).",
        ),
    )

    links = [
        attributes["rel"]
        for tag, attributes in read_page(client.get(PAGE).text).elements
        if tag == "a" and attributes["href"].startswith("https://bob.")
    ]

    assert links == ["nofollow ugc noopener"] * 2


def test_a_conversation_10_000_replies_deep_is_shown(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    session.execute(
        insert(Comment),
        [
            {
                "id": number, "parent_id": number - 1 or None, "body": "", "score": 0,
                "site_id": thread.site_id, "thread_id": thread.id, "name": "Ada",
                "status": Status.APPROVED, "email": "", "html": f"<p>r{number}</p>",
                "digest": str(number).encode(),
            }
            for number in range(1, 10_001)
        ],
    )  # fmt: skip
    session.commit()

    answer = client.get(PAGE)

    assert answer.status_code == HTTPStatus.OK
    assert answer.text.count('<li class="depth-4">') == 9_996
    assert answer.text.index("<p>r9999<") < answer.text.index("<p>r10000<")
