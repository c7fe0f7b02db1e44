"""Owns what the tests of the API share: tokens, and clients that send them."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.orm import Session

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
