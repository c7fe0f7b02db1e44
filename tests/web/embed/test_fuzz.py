import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.embed.posts import (
    PAGE,
    URL,
    fetch_token,
    find_dangers,
    make_fields,
    post_form,
)

FIELDS = [*make_fields(), "url", "title", "website", "parent", "token", "remark", "x"]
TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["\ud800", "\x00", "[" * 50, "1. " * 50, "https://a.example/" * 3, "\u202e", "🙂"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=5,
)
EXPECTED = {200, 201, 303, 400, 403, 409, 413, 415, 422}
quick = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.usefixtures("thread")
@quick
@given(changes=st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_no_json_breaks_the_service(
    client: FlaskClient, changes: dict[str, Any]
) -> None:
    body = json.dumps(make_fields(**{"token": fetch_token(client), **changes}))

    answer = client.post(URL, data=body, content_type="application/json")

    assert answer.status_code in EXPECTED


@pytest.mark.usefixtures("thread")
@quick
@given(body=st.binary(max_size=200), kind=st.sampled_from(["json", "form", "parts"]))
def test_no_bytes_break_the_service(
    client: FlaskClient, body: bytes, kind: str
) -> None:
    types = {
        "json": "application/json",
        "form": "application/x-www-form-urlencoded",
        "parts": "multipart/form-data; boundary=x",
    }

    answer = client.post(URL, data=body, content_type=types[kind])

    assert answer.status_code in EXPECTED


@pytest.mark.usefixtures("thread")
@quick
@given(
    changes=st.dictionaries(
        st.sampled_from(FIELDS),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
        | st.sampled_from(["</textarea>", '"><b x="', "<script>", "' on='"]),
    )
)
def test_no_form_breaks_the_page(client: FlaskClient, changes: dict[str, str]) -> None:
    fields = {**make_fields(token=fetch_token(client)), **changes}

    answer = post_form(client, fields)

    assert answer.status_code in EXPECTED
    assert find_dangers(answer.text) == []


@pytest.mark.usefixtures("thread")
@quick
@given(query=st.dictionaries(st.sampled_from([*FIELDS, "reply", "posted"]), TEXT))
def test_no_query_breaks_the_page(client: FlaskClient, query: dict[str, str]) -> None:
    text = urlencode(query, errors="surrogatepass")

    answer = client.get(f"{PAGE.partition('?')[0]}?{text}")

    assert answer.status_code in {200, 422}
    assert find_dangers(answer.text) == []
