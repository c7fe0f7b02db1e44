import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from unittest.mock import ANY

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.services.sites import set_site
from moderation.storage.models import LearntSite, Site, Thread
from tests.factories import ORIGIN, make_comment, make_site, make_thread
from tests.web.embed.posts import (
    EMAIL,
    HIDDEN,
    JSON,
    OWN,
    PAGE,
    fetch_token,
    find_comments,
    find_value,
    make_fields,
    post_form,
    post_json,
    read_json,
)

PROBLEM = "application/problem+json"


def test_a_script_gets_201_and_what_was_stored(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    answer = post_json(
        client,
        make_fields(
            token=fetch_token(client), comment="*Hello*", website="bob.example.org"
        ),
    )

    comment = find_comments(session)[0]
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.headers["Location"] == f"{PAGE}#comment-{comment.id}"
    assert read_json(answer) == {
        "id": comment.id,
        "status": "held",
        "parent": None,
        "name": "Bob",
        "website": "https://bob.example.org/",
        "html": "<p><em>Hello</em></p>",
        "date": comment.created_at.isoformat().replace("+00:00", "Z"),
        "author_token": ANY,
        "status_url": ANY,
    }
    assert (comment.thread_id, comment.email) == (thread.id, EMAIL)


@pytest.mark.usefixtures("thread")
def test_our_own_page_leads_back_to_itself(client: FlaskClient) -> None:
    answer = post_form(
        client,
        make_fields(token=fetch_token(client, PAGE), url=f"{ORIGIN}/x/", title="A & B"),
    )

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert drop_own(answer.headers["Location"]) == (
        "/embed/blog?thread=post-1&url=https://blog.example/x/&title=A+%26+B"
        "&posted=held#comment-pending"
    )


def drop_own(address: str) -> str:
    """Return an address without the token that the author is given."""
    found, count = re.subn("&own=[A-Za-z0-9._-]+", "", address)
    assert count == 1
    return found


@pytest.mark.usefixtures("trusting_thread")
def test_a_published_comment_is_led_to(client: FlaskClient, session: Session) -> None:
    answer = post_form(client, make_fields(token=fetch_token(client, PAGE)))

    comment = find_comments(session)[0]
    assert comment.status is Status.APPROVED
    assert drop_own(answer.headers["Location"]) == (
        f"{PAGE}&posted=approved#comment-{comment.id}"
    )


@pytest.mark.usefixtures("thread")
def test_a_form_on_the_blog_leads_back_to_the_blog(client: FlaskClient) -> None:
    answer = post_form(client, make_fields(token=fetch_token(client)), origin=ORIGIN)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["Location"] == f"{ORIGIN}/post-1/#comment-pending"


@pytest.mark.usefixtures("thread")
def test_our_page_leads_back_to_itself_where_the_blog_has_our_origin(
    client: FlaskClient, session: Session, site: Site
) -> None:
    # The page may lie in a frame on the blog: the blog's page must not open in it.
    set_site(session, site.key, origins=[ORIGIN, OWN])
    session.commit()

    answer = post_form(client, make_fields(token=fetch_token(client, PAGE)))

    assert answer.headers["Location"].startswith("/embed/blog?")


@pytest.mark.usefixtures("thread")
def test_the_preview_of_a_form_on_the_blog_leads_back_to_the_blog(
    client: FlaskClient,
) -> None:
    preview = post_form(client, make_fields(), origin=ORIGIN)

    answer = post_form(client, make_fields(token=find_value(preview.text, "token")))

    assert preview.status_code == HTTPStatus.OK
    assert answer.headers["Location"] == f"{ORIGIN}/post-1/#comment-pending"
    assert f"form-action 'self' {ORIGIN};" in preview.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "url",
    [
        # Another site.
        "https://evil.example/",
        # A host that only begins or ends like a registered one.
        "https://blog.example.evil.test/",
        "https://evil-blog.example/",
        # Addresses that browsers and parsers read differently.
        "//evil.example",
        "https:evil.example",
        "https://blog.example@evil.example/",
        "https://evil.example\\@blog.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        # A header of its own.
        "https://blog.example/%0d%0aX: y\r\nX: y",
    ],
)
def test_no_post_leads_anywhere_else(client: FlaskClient, url: str) -> None:
    fields = make_fields(token=fetch_token(client), url=url)

    answer = post_form(client, fields, origin=ORIGIN)

    location = answer.headers["Location"]
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert location.startswith(("/embed/blog?thread=post-1", f"{ORIGIN}/"))
    assert "X" not in answer.headers


def test_a_thread_whose_blog_moved_is_not_led_to(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    thread.url = "https://former.example/post-1/"
    session.commit()

    answer = post_form(client, make_fields(token=fetch_token(client)), origin=ORIGIN)

    assert answer.headers["Location"].startswith("/embed/blog?")


@pytest.mark.parametrize(
    "convert",
    [
        # As a number, as JavaScript and as a form write it.
        int,
        str,
    ],
)
def test_a_reply_is_stored_below_its_parent(
    client: FlaskClient,
    session: Session,
    thread: Thread,
    convert: Callable[[int], object],
) -> None:
    parent = make_comment(session, thread, status=Status.APPROVED)
    session.commit()

    answer = post_json(
        client, make_fields(token=fetch_token(client), parent=convert(parent.id))
    )

    assert answer.status_code == HTTPStatus.CREATED
    assert read_json(answer)["parent"] == parent.id


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.usefixtures("thread")
def test_no_parent_may_be_said_in_two_ways(
    client: FlaskClient, value: str | None
) -> None:
    answer = post_json(client, make_fields(token=fetch_token(client), parent=value))

    assert answer.status_code == HTTPStatus.CREATED
    assert read_json(answer)["parent"] is None


@pytest.mark.usefixtures("thread")
def test_a_parent_on_another_thread_is_refused_and_can_be_mended(
    client: FlaskClient, session: Session, site: Site
) -> None:
    other = make_thread(session, site, key="post-2")
    parent = make_comment(session, other, status=Status.APPROVED)
    session.commit()

    answer = post_form(
        client, make_fields(token=fetch_token(client), parent=str(parent.id))
    )

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert find_value(answer.text, "parent") == ""
    assert find_value(answer.text, "name") == "Bob"


@pytest.mark.usefixtures("thread")
def test_a_field_sent_twice_is_refused(client: FlaskClient, session: Session) -> None:
    fields = make_fields(token=fetch_token(client), name=["Bob", "Eve"])

    answer = post_form(client, fields)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "only once" in answer.text
    assert find_comments(session) == []


@pytest.mark.usefixtures("thread")
def test_what_the_form_does_not_ask_changes_nothing(
    client: FlaskClient, session: Session, site: Site
) -> None:
    other = make_site(session, key="other", origins=["https://other.example"])
    session.commit()
    extra = {
        "status": "approved", "is_spam": False, "score": 0, "site_id": other.id,
        "site": "other", "id": 99, "created_at": "2001-01-01", "ip": "203.0.113.9",
        "html": "<b>", "version": 7, "__class__": "x", "csrf_token": "x", "data": 1,
    }  # fmt: skip

    answer = post_json(client, make_fields(token=fetch_token(client), **extra))

    comment = find_comments(session)[0]
    assert answer.status_code == HTTPStatus.CREATED
    assert comment.status is Status.HELD
    assert (comment.id, comment.site_id, comment.version) == (1, site.id, 1)
    assert comment.ip == "127.0.0.1"
    assert comment.created_at.year > 2001


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    "comment",
    [
        # The longest, ending in a character of four bytes.
        "x" * 65_524 + "🙂",
        # Four bytes each.
        "𝔸" * 65_525,
        # Counted with the line ends that browsers count, not those they send.
        "x\r\n" * 32_762,
    ],
)
@pytest.mark.parametrize("is_script", [True, False])
def test_the_longest_comment_is_kept_whole(
    client: FlaskClient, session: Session, comment: str, *, is_script: bool
) -> None:
    fields = make_fields(token=fetch_token(client), comment=comment)

    answer = (post_json if is_script else post_form)(client, fields)

    assert answer.status_code in {HTTPStatus.CREATED, HTTPStatus.SEE_OTHER}
    assert find_comments(session)[0].body == comment.replace("\r\n", "\n")


@pytest.mark.usefixtures("thread")
def test_the_same_again_is_a_conflict_that_keeps_what_was_written(
    client: FlaskClient, session: Session
) -> None:
    fields = make_fields(token=fetch_token(client))
    post_json(client, fields)

    answers = [post_json(client, fields), post_form(client, fields)]

    assert [answer.status_code for answer in answers] == [HTTPStatus.CONFLICT] * 2
    assert answers[0].mimetype == PROBLEM
    assert fields["comment"] in answers[1].text
    assert len(find_comments(session)) == 1


def test_a_closed_thread_is_403_and_keeps_what_was_written(
    client: FlaskClient, session: Session, thread: Thread
) -> None:
    fields = make_fields(token=fetch_token(client))
    thread.is_open = False
    session.commit()

    answers = [post_json(client, fields), post_form(client, fields)]

    assert [answer.status_code for answer in answers] == [HTTPStatus.FORBIDDEN] * 2
    assert answers[0].mimetype == PROBLEM
    assert fields["comment"] in answers[1].text
    assert "<form" not in answers[1].text


@pytest.mark.usefixtures("thread")
def test_a_form_shown_again_keeps_all_that_was_typed(client: FlaskClient) -> None:
    fields = make_fields(
        token=fetch_token(client, PAGE),
        name='"><script>alert(1)</script>',
        email="no address",
        website="https://bob.example.org/ & more",
        comment="</textarea><script>alert(1)</script>",
        url=f"{ORIGIN}/post-1/",
        title="A post",
    )

    answer = post_form(client, fields)

    page = answer.text
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in page
    for name in ("name", "email", "website", "url", "title", "thread"):
        assert find_value(page, name) == fields[name]
    assert "<script>" not in page


@pytest.mark.usefixtures("thread")
def test_errors_are_tied_to_their_fields(client: FlaskClient) -> None:
    answer = post_form(client, make_fields(token=fetch_token(client), email="bob"))

    page = answer.text
    assert 'aria-describedby="email-error" aria-invalid="true"' in page
    assert 'id="email-error"' in page
    assert page.count('aria-invalid="true"') == 1
    assert '<a href="#email">Email</a>' in page
    assert 'id="reply-status" role="alert" tabindex="-1"' in page


@pytest.mark.parametrize("origin", [OWN, HIDDEN, None, ORIGIN])
@pytest.mark.usefixtures("thread")
def test_a_form_shown_again_can_be_sent(
    client: FlaskClient, session: Session, origin: str | None
) -> None:
    first = post_form(client, make_fields(email="bob"), origin=origin)

    answer = post_form(
        client, make_fields(token=find_value(first.text, "token")), origin=origin
    )

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert len(find_comments(session)) == 1


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("changes", "url", "signals"),
    [
        # As a person leaves it.
        ({"remark": ""}, PAGE, set()),
        # Filled; left out; sent twice: what only programs do.
        ({"remark": "x"}, PAGE, {"honeypot"}),
        ({}, PAGE, {"honeypot"}),
        ({"remark": ["", ""]}, PAGE, {"honeypot"}),
        # The blog's own form was not given it: what it calls "remark" is its own.
        ({}, None, set()),
        ({"remark": "x"}, None, set()),
        # The element was: it says how long its form was open.
        ({"remark": "", "seconds": "60"}, None, set()),
        ({"remark": "x", "seconds": "60"}, None, {"honeypot"}),
        ({"seconds": "60"}, None, {"honeypot"}),
    ],
)
def test_the_field_people_do_not_see_is_evidence(
    client: FlaskClient,
    session: Session,
    changes: dict[str, Any],
    url: str | None,
    signals: set[str],
) -> None:
    token = fetch_token(client, url) if url else fetch_token(client)

    answer = post_form(client, make_fields(token=token, **changes))

    comment = find_comments(session)[0]
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert {s.name for s in comment.signals} & {"honeypot"} == signals


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("told", "url", "signals"),
    [
        ("1", JSON, {"fast_form"}),
        ("60", JSON, set()),
        # No time that there is; told twice; not told.
        ("-1", JSON, set()),
        ("1e400", JSON, set()),
        (["1", "1"], JSON, set()),
        (None, JSON, set()),
        # Our own page knows better than whoever sends its form.
        ("60", PAGE, {"fast_form"}),
    ],
)
def test_the_element_tells_how_long_its_form_was_open(
    client: FlaskClient,
    session: Session,
    told: str | list[str] | None,
    url: str,
    signals: set[str],
) -> None:
    token = fetch_token(client, url)
    changes = {} if told is None else {"seconds": told}

    post_form(client, make_fields(token=token, remark="", **changes))

    comment = find_comments(session)[0]
    assert {s.name for s in comment.signals} & {"fast_form"} == signals


def test_comments_held_as_spam_look_like_held_ones(
    client: FlaskClient, session: Session, site: Site
) -> None:
    # The site has taught the filter enough: it may file as spam by itself.
    session.add(LearntSite(site_id=site.id, spam=20, ham=20))
    site.publish_below = site.spam_above = 0.0
    session.commit()
    token = fetch_token(client, PAGE)

    script = post_json(client, make_fields(token=token, remark="x"))
    form = post_form(client, make_fields(token=token, comment="Two.", remark="x"))

    assert {c.status for c in find_comments(session)[-2:]} == {Status.SPAM}
    assert read_json(script)["status"] == "held"
    assert "posted=held#comment-pending" in form.headers["Location"]
