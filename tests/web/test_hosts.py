import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_site


@pytest.mark.parametrize("path", ["/embed/blog?thread=a", "/moderate/", "/login", "/x"])
@pytest.mark.parametrize(
    "host",
    [
        # No label between two dots.
        "a..example",
        # A label may have 63 characters.
        "a" * 64 + ".example",
    ],
    ids=["empty label", "long label"],
)
def test_a_host_that_can_be_none_is_refused(
    client: FlaskClient, path: str, host: str
) -> None:
    answer = client.get(path, headers={"Host": host, "Accept": "text/html"})

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-Server": "evil.example", "X-Original-Host": "evil.example"},
    ],
    ids=["host", "forwarded host", "forwarded", "others"],
)
@pytest.mark.parametrize(
    "path",
    ["/", "/login", "/moderate/", "/embed/blog?thread=a", "/embed/blog/feed.atom"],
)
def test_no_answer_leads_to_a_host_that_a_client_named(
    client: FlaskClient, session: Session, path: str, headers: dict[str, str]
) -> None:
    make_site(session)
    session.commit()

    answer = client.get(path, headers=headers)

    assert "evil.example" not in answer.text
    assert "evil.example" not in answer.headers.get("Location", "")
