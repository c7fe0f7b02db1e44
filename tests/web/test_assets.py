import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

FOREVER = "public, max-age=31536000, immutable"


def test_an_asset_is_kept_for_good_under_its_own_version(
    app: Flask, client: FlaskClient
) -> None:
    with app.test_request_context():
        url = render_template_string("{{ asset_url('embed.css') }}")

    with client.get(url) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOREVER


@pytest.mark.parametrize(
    "query",
    [
        # No version named: what comes may change.
        "",
        # The version of other content.
        "?v=000000000000",
    ],
)
def test_an_asset_is_asked_for_again_under_any_other_address(
    client: FlaskClient, query: str
) -> None:
    with client.get(f"/static/embed.css{query}") as answer:
        assert answer.status_code == 200
        assert "no-cache" in answer.headers["Cache-Control"]


def test_a_missing_asset_is_never_kept(client: FlaskClient) -> None:
    answer = client.get("/static/none.css?v=000000000000")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_sandboxed_frame_may_load_assets(client: FlaskClient) -> None:
    with client.get("/static/embed.css") as answer:
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
