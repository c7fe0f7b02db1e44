"""Hostile strings in every field and every route: refused or taken, never a breakdown.

python -m tests.bench.attack does the same with whole collections, and a browser.
"""

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from moderation.services.access import OPERATOR
from moderation.services.tokens import TokenWish, add_token
from moderation.storage.models import Scope
from tests.bench.wire import TOKENS, Wire, list_sends
from tests.factories import make_site

HOSTILE = [
    # Nothing; what databases and codecs end a text at; half a character.
    "",
    "a\x00b",
    "\ud800",
    # Lines of their own in headers and mails; up the folders, and elsewhere.
    "a\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>",
    "//evil.example/\\@127.0.0.1/../../../etc/passwd",
    # Out of an attribute, an element, a string, a template and a query.
    "\"><script>alert(1)</script>'onmouseover='alert(1) {{7*7}}%s%n' OR 1=1; --",
    # No number that there is; turned around, and piled up.
    "9" * 400,
    "\u202egnp.exe\u2066\U000e0041" + "\u0301" * 500,
]


class NearWire(Wire):
    """A wire to an app in this process."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        super().__init__(port=80, secret=secret)
        self._client = client

    @property
    def own_origin(self) -> str:
        return "http://localhost"

    def send(
        self,
        target: str,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> tuple[int, str]:
        # A server hands headers over as Latin-1, and none with the end of a line.
        shown = {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in (headers or {}).items()
        }
        if any({"\r", "\n"} & set(value) for value in shown.values()):
            return 0, ""
        answer = self._client.open(path, method=method, data=body, headers=shown)
        is_page = answer.mimetype == "text/html" and path.startswith("/embed/")
        self.watch.note(target, answer.status_code, 0.0, answer.text if is_page else "")
        return answer.status_code, answer.text


@pytest.fixture
def wire(app: Flask, session: Session) -> NearWire:
    make_site(session)
    wish = TokenWish(name="All", site_keys=("blog",), scopes=tuple(Scope))
    _, secret = add_token(session, OPERATOR, wish)
    session.commit()
    TOKENS.forget()
    return NearWire(app.test_client(), secret)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_string_breaks_any_route(wire: NearWire, text: str) -> None:
    for _, send in list_sends(text):
        send(wire)

    assert wire.watch.findings == []
    # Not because nothing got as far as the fields.
    assert wire.watch.answers[200] > 20
    assert wire.watch.answers[201] > 3
