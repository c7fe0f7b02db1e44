import pytest
from flask.testing import FlaskClient


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
