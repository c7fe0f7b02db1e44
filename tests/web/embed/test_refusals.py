import json
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.app import MOST_BODY_BYTES
from tests.factories import ORIGIN
from tests.web.embed.posts import (
    URL,
    fetch_token,
    find_comments,
    make_fields,
    post_form,
    post_json,
    read_json,
)

PROBLEM = "application/problem+json"

# A body, its type, and the status it is answered with.
REFUSALS = [
    # The body is not JSON.
    (b'{"thread":', "application/json", 400),
    # JSON, but no object.
    (b'["thread"]', "application/json", 400),
    (b"null", "application/json", 400),
    # Nothing at all.
    (b"", "application/json", 400),
    # What Python takes and RFC 8259 does not.
    (b'{"thread": NaN}', "application/json", 400),
    (b'{"thread": -Infinity}', "application/json", 400),
    # A name twice: readers differ on which counts.
    (b'{"thread": "a", "thread": "b"}', "application/json", 400),
    # Not UTF-8.
    (b'{"thread": "\xff"}', "application/json", 400),
    ('{"thread": "é"}'.encode("utf-16"), "application/json", 400),
    (b"thread=\xff", "application/x-www-form-urlencoded", 400),
    (b"thread=%FF", "application/x-www-form-urlencoded", 400),
    # Nested deeper than any reader follows.
    (b"[" * 100_000, "application/json", 400),
    (b'{"a":' * 100_000, "application/json", 400),
    # A number longer than Python converts.
    (b'{"parent": ' + b"9" * 5_000 + b"}", "application/json", 400),
    # A form broken off in the middle, or without its boundary.
    (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nBo',
        "multipart/form-data; boundary=x",
        400,
    ),
    (b"--x--\r\n", "multipart/form-data", 400),
    # A boundary that is no ASCII.
    (b"--x--\r\n", "multipart/form-data; boundary=\xe9", 400),
    # Types that are not taken; none at all.
    (b"{}", "text/plain", 415),
    (b"<a/>", "application/xml", 415),
    (b"{}", "", 415),
    # Another charset, and one that does not exist.
    (b"{}", "application/json; charset=iso-8859-1", 415),
    (b"name=a", "application/x-www-form-urlencoded; charset=utf-7", 415),
    (b"name=a", "application/x-www-form-urlencoded; charset=nonsense", 415),
    # More than the service takes.
    (b"a" * (MOST_BODY_BYTES + 1), "application/json", 413),
    (b"a" * (MOST_BODY_BYTES + 1), "application/x-www-form-urlencoded", 413),
    (b"a=&" * 1_000, "application/x-www-form-urlencoded", 413),
    (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1_000,
        "multipart/form-data; boundary=x",
        413,
    ),
    # Readable, but without a token.
    (b"{}", "application/json", 400),
]


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(("body", "kind", "status"), REFUSALS)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_cannot_be_read_is_refused(
    client: FlaskClient,
    session: Session,
    *,
    body: bytes,
    kind: str,
    status: int,
    accept: str,
) -> None:
    answer = client.post(
        URL,
        data=body,
        content_type=kind,
        headers={"Origin": ORIGIN, "Accept": accept},
    )

    is_json = accept == "application/json" or kind.startswith("application/json")
    assert answer.status_code == status
    assert answer.mimetype == (PROBLEM if is_json else "text/html")
    assert answer.headers["Cache-Control"] == "no-store"
    assert find_comments(session) == []


@pytest.mark.usefixtures("thread")
def test_a_compressed_body_is_not_unpacked(client: FlaskClient) -> None:
    answer = client.post(
        URL, json=make_fields(), headers={"Content-Encoding": "gzip", "Origin": ORIGIN}
    )

    assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_post_to_an_unknown_site_is_404(client: FlaskClient, accept: str) -> None:
    answer = client.post(
        "/embed/none/comments", data=make_fields(), headers={"Accept": accept}
    )

    assert answer.status_code == HTTPStatus.NOT_FOUND


LONG = "x" * 65_526


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        # Left out (None), empty, or nothing to be seen.
        ("name", None, "name"),
        ("name", "", "name"),
        ("name", " \t\u00a0\u200b\u3164", "name"),
        ("email", "  ", "e-mail"),
        ("comment", "\r\n \u2800", "comment"),
        ("thread", " ", "thread"),
        # Too long by one character.
        ("name", "x" * 246, "245"),
        ("comment", LONG, "65,525"),
        ("thread", "x" * 501, "500"),
        # No e-mail address, or a header of its own.
        ("email", "bob", "name@example.org"),
        ("email", "bob@example", "name@example.org"),
        ("email", "bob@example.org, eve@example.org", "name@example.org"),
        ("email", "bob@example.org\r\nBcc: eve@example.org", "name@example.org"),
        ("email", "b" * 100_000 + "@example.org", "too long"),
        # No web address, or none anybody else could open.
        ("website", "javascript:alert(1)", ""),
        ("website", "ftp://bob.example.org", "http"),
        ("website", "http://localhost/", "example.org"),
        ("website", "http://x/?'onmouseover='alert(1)'x='", "example.org"),
        ("website", "https://bob.example.org/" + "x" * 2_000, "2000"),
        # Characters that break databases and codecs.
        ("name", "Bo\x00b", "control"),
        ("comment", "a\x1bb", "control"),
        ("thread", "post\x00", "control"),
        ("url", "https://blog.example/\x00", "control"),
        ("title", "\x08", "control"),
        ("website", "\x00", "control"),
        ("email", "bob\x00@example.org", "control"),
        # No number of a comment.
        ("parent", "-1", "number"),
        ("parent", "1.5", "number"),
        ("parent", "١", "number"),
        ("parent", "9" * 19, "number"),
        ("parent", "9" * 200, "number"),
        # A number of no comment.
        ("parent", "123456", ""),
    ],
)
@pytest.mark.parametrize("is_script", [True, False])
def test_a_field_that_cannot_be_taken_is_named(
    client: FlaskClient,
    session: Session,
    field: str,
    value: str | None,
    message: str,
    *,
    is_script: bool,
) -> None:
    fields = make_fields(token=fetch_token(client))
    fields = {k: v for k, v in {**fields, field: value}.items() if v is not None}

    answer = (post_json if is_script else post_form)(client, fields)

    if field == "thread" and is_script:
        # A token is bound to its thread: that is refused first.
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        return
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    if is_script:
        assert set(read_json(answer)["errors"]) == {field}
        assert message in read_json(answer)["errors"][field][0]
    else:
        assert message in answer.text
    assert find_comments(session) == []


@pytest.mark.usefixtures("thread")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        # No text: nothing is converted, for "None" and "True" are nobody's name.
        ("name", 5),
        ("name", True),
        ("name", ["Bob"]),
        ("email", {"a": 1}),
        ("website", 0),
        ("comment", 1.5),
        ("title", []),
        ("url", False),
        # Half a character.
        ("name", "\ud800"),
        ("comment", "a\udfff"),
        # No whole number.
        ("parent", True),
        ("parent", 1.0),
        ("parent", [1]),
        ("parent", -1),
        ("parent", 10**30),
        # The number of no comment.
        ("parent", 2**63 - 1),
    ],
)
def test_json_of_the_wrong_type_is_refused_at_its_field(
    client: FlaskClient, session: Session, field: str, value: object
) -> None:
    body = json.dumps(make_fields(token=fetch_token(client), **{field: value}))

    answer = client.post(URL, data=body, content_type="application/json")

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert set(read_json(answer)["errors"]) == {field}
    assert find_comments(session) == []
