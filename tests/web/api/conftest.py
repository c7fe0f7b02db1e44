"""Owns what the tests of the API share: tokens, and clients that send them."""

from collections.abc import Callable, Sequence
from urllib.request import Request

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.client import Client, Reply
from moderation.services.access import OPERATOR
from moderation.services.tokens import TokenWish, add_token
from moderation.storage.models import Scope

Headers = dict[str, str]
MakeToken = Callable[..., Headers]


@pytest.fixture
def make_headers(session: Session) -> MakeToken:
    """Return what makes a token of some scopes, committed, and its headers."""

    def make(*scopes: Scope, sites: Sequence[str] = ("blog",)) -> Headers:
        wish = TokenWish(name="A bot", site_keys=sites, scopes=scopes)
        _, secret = add_token(session, OPERATOR, wish)
        session.commit()
        return {"Authorization": f"Bearer {secret}"}

    return make


MakeClient = Callable[..., Client]


@pytest.fixture
def make_client(client: FlaskClient, make_headers: MakeToken) -> MakeClient:
    """Return what makes the package's own client, which asks the app at once."""

    def make(*scopes: Scope, sites: Sequence[str] = ("blog",)) -> Client:
        token = make_headers(*scopes, sites=sites)["Authorization"].split()[1]
        return Client("http://localhost", token, send=send)

    def send(request: Request) -> Reply:
        answer = client.open(
            request.full_url,
            method=request.get_method(),
            data=request.data,
            headers=dict(request.header_items()),
        )
        return Reply(
            status=answer.status_code,
            headers=dict(answer.headers),
            body=answer.get_data(),
        )

    return make
