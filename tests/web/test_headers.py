"""Holds the headers of every route, and of every refusal, against one table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.config import Settings
from moderation.domain.roles import Role
from moderation.services.element import make_element_script
from moderation.services.samples import add_samples
from moderation.storage.session import Database
from moderation.web.accounts.sessions import ID_CHARACTERS
from moderation.web.akismet import KEYED, POSTED, READ
from moderation.web.api import OPERATIONS
from moderation.web.context import DATABASE
from tests.conftest import Lend
from tests.factories import ORIGIN, make_comment, make_site, make_thread
from tests.web.visiting import PASSWORD, Visitor, add_account, read_token

HOSTS = {"http": "http://localhost", "https": "https://comments.example.org"}
EMAIL = "alice@example.org"
SELF = ["default-src", "script-src", "style-src", "img-src", "connect-src"]
JSON = {"Accept": "application/json", "Origin": ORIGIN}
FORM = {"Accept": "text/html"}
TOKEN = "t" * 40
UNUSED = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)
REQUEST_ID = re.compile("[0-9a-f]{24}")
LARGE = b"a" * 1_100_000


def broken() -> str:
    """Stand for a mistake of ours."""
    raise RuntimeError("a detail that nobody may see")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request, what it is answered with, and for whom that is meant.

    `route` is "" for what has none. `audience` is `own` (our pages: nobody frames or
    keeps them), `embed` (framed by the blog), `script` (read by the blog's scripts)
    `file` (for everybody), `shared` (a file that scripts of any page load) or
    `anybody` (a refusal that is no site's, and that any script may read).
    """

    route: str
    path: str
    status: int
    audience: str = "own"
    method: str = "GET"
    kept: str = "no-store"
    referrer: str = "same-origin"
    headers: dict[str, str] = field(default_factory=dict)
    given: Any = None

    @property
    def name(self) -> str:
        """Return what tells it from the others."""
        return f"{self.method} {self.path} {self.status}"


def get(route: str, path: str, status: int = 200, **more: Any) -> Ask:  # noqa: ANN401 as Ask's fields
    return Ask(route=route, path=path, status=status, **more)


def post(route: str, status: int = 200, **more: Any) -> Ask:  # noqa: ANN401 as Ask's fields
    path = more.pop("path", route)
    return Ask(route=route, path=path, status=status, method="POST", **more)


EMBED, COMMENTS = "/embed/<site_key>", "/embed/<site_key>/comments"
OWN = "/embed/<site_key>/own/<token>"
CONFIRM = "/embed/<site_key>/confirm/<token>"
UNSUBSCRIBE = "/embed/<site_key>/unsubscribe/<token>"
THREAD = "?thread=post-1"
PAGE, POSTS = f"/embed/blog{THREAD}", "/embed/blog/comments"
COMMENT = "/moderate/comments/<int(max=9223372036854775807):comment_id>"
CAMPAIGN = "/moderate/campaigns/<int(max=9223372036854775807):campaign_id>"
SITE, BLOG = "/moderate/sites/<site_key>", "/moderate/sites/blog"
UPLOAD = f"{SITE}/import/<int(max=9223372036854775807):upload_id>"
SITE_THREAD = f"{SITE}/threads/<int(max=9223372036854775807):thread_id>"
SITE_RULE = f"{SITE}/rules/<int(max=9223372036854775807):rule_id>"
RULE = {"action": "hold", "kind": "word", "scope": "any", "value": "casino"}

HOOK = "/moderate/webhooks/<int(max=9223372036854775807):endpoint_id>"
PASSKEY = "/moderate/account/passkeys/<int(max=9223372036854775807):passkey_id>/remove"
RESET, INVITATION = "/login/reset/<token>", "/login/invitation/<token>"
AN_HOUR = "public, max-age=3600"
# Of a page that a secret link leads to, nobody is told the address.
SECRET: dict[str, Any] = {"status": 404, "referrer": "no-referrer"}

IDS = re.compile(r"\{([a-z]+_id)\}")
ID = rf"<int(min=1, max={2**63 - 1}):\1>"
API = [
    Ask(
        route=IDS.sub(ID, f"/api/v1{operation.path}"),
        path=IDS.sub("1", f"/api/v1{operation.path}"),
        status=401,
        method=operation.method,
    )
    for operation in OPERATIONS
]
# Akismet's clients know no status for a wrong key.
AKISMET = [
    Ask(
        route=before + path,
        path=before.replace("<path_key>", "x") + path,
        status=200,
        method=method,
    )
    for before in ("", KEYED)
    for paths, methods in ((POSTED, ["POST"]), (READ, ["GET", "POST"]))
    for path in paths
    for method in methods
]

ASKS = [
    # What each route answers when all is well.
    get("/", "/", 302),
    get("/login", "/login", 302),
    post("/login", 302),
    get("/moderate/", "/moderate/"),
    get(COMMENT, "/moderate/comments/1"),
    post("/moderate/decisions", 303, given={"action": "approve", "comment": "1:1"}),
    post("/moderate/undo", 404, given={"batch": "none"}),
    get("/moderate/campaigns", "/moderate/campaigns"),
    get(CAMPAIGN, "/moderate/campaigns/999999", 404),
    post(
        f"{CAMPAIGN}/decisions",
        404,
        path="/moderate/campaigns/999999/decisions",
        given={"action": "spam", "comment": "1:1"},
    ),
    post("/moderate/campaigns/undo", 404, given={"batch": "none"}),
    # Somebody's data, and how the service runs.
    get("/moderate/person", "/moderate/person"),
    post("/moderate/person", given={"email": "a@b.example"}),
    post("/moderate/person", 422),
    post("/moderate/person/export", given={"email": "a@b.example"}),
    post("/moderate/person/erase", 422, given={"email": "a@b.example"}),
    get("/moderate/operations", "/moderate/operations"),
    post("/moderate/operations", 303, given={"job": "retention"}),
    # Settings of sites.
    get("/moderate/sites/", "/moderate/sites/"),
    get(f"{SITE}/rules", f"{BLOG}/rules"),
    post(f"{SITE}/rules/preview", 200, path=f"{BLOG}/rules/preview", given=RULE),
    post(f"{SITE}/rules/preview", 422, path=f"{BLOG}/rules/preview"),
    post(f"{SITE}/rules", 303, path=f"{BLOG}/rules", given=RULE),
    post(SITE_RULE, 404, path=f"{BLOG}/rules/99", given={"change": "off"}),
    get(f"{SITE}/filter", f"{BLOG}/filter"),
    post(f"{SITE}/filter/preview", 422, path=f"{BLOG}/filter/preview"),
    post(f"{SITE}/filter", 422, path=f"{BLOG}/filter"),
    get(f"{SITE}/accuracy", f"{BLOG}/accuracy"),
    get(f"{SITE}/accuracy", "/moderate/sites/none/accuracy", 404),
    get(f"{SITE}/opinion", f"{BLOG}/opinion"),
    post(f"{SITE}/opinion", 422, path=f"{BLOG}/opinion"),
    post(f"{SITE}/opinion/secret", 404, path=f"{BLOG}/opinion/secret"),
    # Moving comments in and out.
    get(f"{SITE}/import", f"{BLOG}/import"),
    post(f"{SITE}/import", 422, path=f"{BLOG}/import"),
    get(f"{UPLOAD}/progress", f"{BLOG}/import/9/progress", 404),
    post(f"{UPLOAD}/piece", 404, path=f"{BLOG}/import/9/piece?at=0"),
    post(f"{UPLOAD}/accept", 404, path=f"{BLOG}/import/9/accept"),
    post(f"{UPLOAD}/cancel", 404, path=f"{BLOG}/import/9/cancel"),
    post(f"{SITE}/export", path=f"{BLOG}/export", given={"format": "csv"}),
    # Statistics, and setting up.
    get("/moderate/statistics", "/moderate/statistics"),
    get(f"{SITE}/statistics", f"{BLOG}/statistics"),
    get("/moderate/sites/new", "/moderate/sites/new"),
    post("/moderate/sites/new", 422),
    get(f"{SITE}/setup", f"{BLOG}/setup"),
    post(f"{SITE}/setup", 422, path=f"{BLOG}/setup"),
    post(f"{SITE}/consent", 303, path=f"{BLOG}/consent"),
    post(f"{SITE}/origins", 422, path=f"{BLOG}/origins"),
    get(f"{SITE}/embed", f"{BLOG}/embed"),
    get(f"{SITE}/threads", f"{BLOG}/threads"),
    post(SITE_THREAD, 422, path=f"{BLOG}/threads/1"),
    get(f"{SITE}/care", f"{BLOG}/care"),
    post(f"{SITE}/care", 412, path=f"{BLOG}/care"),
    # Accounts and people.
    get("/login/code", "/login/code", 302),
    post("/login/code", 302),
    post("/login/passkey", 422),
    get("/login/reset", "/login/reset"),
    post("/login/reset", 303, given={"email": "nobody@example.org"}),
    get(RESET, "/login/reset/none", **SECRET),
    post(RESET, path="/login/reset/none", **SECRET),
    get(INVITATION, "/login/invitation/none", **SECRET),
    post(INVITATION, path="/login/invitation/none", **SECRET),
    get("/login/setup", "/login/setup", 404),
    post("/login/setup", 404),
    get("/moderate/account", "/moderate/account"),
    post("/moderate/account/name", 303, given={"name": "Alice"}),
    post("/moderate/account/password", 422),
    get("/moderate/account/confirm", "/moderate/account/confirm"),
    post("/moderate/account/confirm", 422),
    get("/moderate/account/app", "/moderate/account/app"),
    post("/moderate/account/app", 422),
    post("/moderate/account/app/remove", 303),
    post("/moderate/account/codes", 302),
    get("/moderate/account/passkeys", "/moderate/account/passkeys"),
    post("/moderate/account/passkeys", 422),
    post(PASSKEY, 404, path="/moderate/account/passkeys/1/remove"),
    post("/moderate/account/sessions/end", 303, given={"session": "00"}),
    get("/moderate/account/notices", "/moderate/account/notices"),
    post("/moderate/account/notices", 422, given={"site": "blog"}),
    # What links in mails lead to.
    get("/m/act/<token>", "/m/act/none", **SECRET),
    post("/m/act/<token>", path="/m/act/none", **SECRET),
    get("/m/stop/<token>", "/m/stop/none", **SECRET),
    post("/m/stop/<token>", path="/m/stop/none", **SECRET),
    get(CONFIRM, "/embed/blog/confirm/none", **SECRET),
    post(CONFIRM, path="/embed/blog/confirm/none", **SECRET),
    get(UNSUBSCRIBE, "/embed/blog/unsubscribe/none", **SECRET),
    post(UNSUBSCRIBE, path="/embed/blog/unsubscribe/none", **SECRET),
    post(f"{SITE}/replies", 422, path=f"{BLOG}/replies"),
    get("/moderate/people", "/moderate/people"),
    post("/moderate/people/role", 404, given={"moderator": "9", "role": "owner"}),
    post("/moderate/people/remove", 404, given={"moderator": "9"}),
    post("/moderate/people/invite", 422, given={"role": "owner"}),
    post("/moderate/people/withdraw", 404, given={"invitation": "9"}),
    get("/moderate/webhooks", "/moderate/webhooks"),
    get("/moderate/webhooks/verifying", "/moderate/webhooks/verifying"),
    post("/moderate/webhooks", 422, given={"url": "none"}),
    get(HOOK, "/moderate/webhooks/9", 404),
    get(f"{HOOK}/change", "/moderate/webhooks/9/change", 404),
    post(f"{HOOK}/change", 404, path="/moderate/webhooks/9/change"),
    post(
        f"{HOOK}/<any(ping, disable, enable):action>",
        404,
        path="/moderate/webhooks/9/ping",
    ),
    post(f"{HOOK}/rotate", 404, path="/moderate/webhooks/9/rotate"),
    post(f"{HOOK}/replay", 422, path="/moderate/webhooks/9/replay"),
    get("/moderate/tokens", "/moderate/tokens"),
    post("/moderate/tokens", 422, given={"name": ""}),
    post("/moderate/tokens/revoke", 404, given={"token": "9"}),
    get("/moderate/news", "/moderate/news"),
    get("/moderate/find", "/moderate/find?q=word"),
    get(f"{SITE}/log", f"{BLOG}/log"),
    get("/moderate/authors/<seal>", "/moderate/authors/none", 404),
    get(f"{COMMENT}/rule", "/moderate/comments/1/rule"),
    post(f"{COMMENT}/rule", 422, path="/moderate/comments/1/rule"),
    post("/moderate/preview", 200, given={"action": "spam", "comment": "1:2"}),
    post(
        f"{COMMENT}/note",
        303,
        path="/moderate/comments/1/note",
        given={"note": "A regular."},
    ),
    post(
        f"{COMMENT}/reply",
        303,
        path="/moderate/comments/1/reply",
        given={"seen": "2", "name": "Al", "reply": "Thank you."},
    ),
    get("/demo/", "/demo/"),
    get("/healthz", "/healthz"),
    get("/readyz", "/readyz", 503),
    get("/readyz", "/readyz?exclude=worker"),
    get("/metrics", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}),
    get("/metrics", "/metrics", 401),
    get(
        "/static/<path:filename>", "/static/embed.css", audience="file", kept="no-cache"
    ),
    get(EMBED, PAGE, audience="embed"),
    get(COMMENTS, POSTS + THREAD, audience="script", kept="no-cache", headers=JSON),
    get(
        "/embed/<site_key>/counts",
        "/embed/blog/counts" + THREAD,
        audience="script",
        kept="no-cache",
        headers=JSON,
    ),
    get(
        "/embed/<site_key>/thread.html",
        "/embed/blog/thread.html" + THREAD,
        audience="script",
        kept="no-cache",
        headers=JSON,
    ),
    get(
        "/embed/<site_key>/feed.atom",
        "/embed/blog/feed.atom",
        audience="script",
        kept="no-cache",
        headers=JSON,
    ),
    get(
        "/embed/<site_key>/feed.json",
        "/embed/blog/feed.json",
        audience="script",
        kept="no-cache",
        headers=JSON,
    ),
    post("/wp-comments-post.php", 404, audience="anybody", given={"author": "Bob"}),
    post(
        "/wp-comments-post.php",
        422,
        path="/wp-comments-post.php?site=blog",
        audience="embed",
        given={"author": "Bob"},
    ),
    get(OWN, "/embed/blog/own/none", **SECRET, audience="embed"),
    post(OWN, path="/embed/blog/own/none", **SECRET, audience="embed"),
    post(
        "/embed/<site_key>/preview",
        200,
        path="/embed/blog/preview",
        audience="script",
        headers=JSON,
        given=b'{"comment": "Hello"}',
    ),
    get("/embed.js", "/embed.js", audience="shared", kept=AN_HOUR),
    get("/embed-frame.js", "/embed-frame.js", audience="shared", kept=AN_HOUR),
    get(
        "/embed/words.<tag>.json",
        "/embed/words.de.json",
        audience="shared",
        kept=AN_HOUR,
    ),
    get(
        "/embed.<version>.js",
        f"/embed.{make_element_script().version}.js",
        audience="shared",
        kept="public, max-age=31536000, immutable",
    ),
    get("/embed.<version>.js", "/embed.none.js", 404),
    get("/embed/words.<tag>.json", "/embed/words.none.json", 404),
    # Programs, without a token; with one, it is tests/web/api that look.
    get("/api/v1/openapi.json", "/api/v1/openapi.json"),
    get("/api/docs", "/api/docs"),
    *API,
    *AKISMET,
    # Refusals, in each form they have.
    post(COMMENTS, 400, path=POSTS, audience="script", headers=JSON, given=b"{"),
    post(COMMENTS, 422, path=POSTS, audience="embed", headers=FORM, given={"name": ""}),
    post(COMMENTS, 415, path=POSTS, audience="embed", headers=FORM, given=b"none"),
    post(COMMENTS, 413, path=POSTS, audience="embed", headers=FORM, given=LARGE),
    post(
        COMMENTS,
        404,
        path="/embed/none/comments",
        audience="anybody",
        headers=JSON,
        given=b"{}",
    ),
    get(EMBED, "/embed/blog", 422, audience="embed"),
    get(EMBED, "/embed/none" + THREAD, 404, audience="anybody"),
    get("", "/none", 404),
    get("", "/static/none.css", 404),
    get("", "/moderate/none", 404),
    get(COMMENT, "/moderate/comments/999", 404),
    get("/moderate/", "/moderate/?status=none", 422),
    post("/moderate/decisions", 400, given={"csrf_token": "none"}),
    Ask(route="", path="/healthz", status=405, method="DELETE"),
    Ask(route="", path=PAGE, status=405, method="PUT"),
    Ask(route="", path="/static/embed.css", status=405, method="POST", audience="own"),
    get("", "/broken", 500),
    # Last, since it ends the login that all others were sent with.
    post("/logout", 302),
]
ROWS = [pytest.param(ask, id=ask.name) for ask in ASKS]


@pytest.fixture(scope="module", params=["http", "https"])
def base_url(request: pytest.FixtureRequest) -> str:
    return HOSTS[request.param]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, lend_database: Lend, base_url: str
) -> Iterator[Flask]:
    """Return the demo's app, which has every route, and a blog besides.

    One for all tests of a scheme, which only look at what it once answered.
    """
    folder = tmp_path_factory.mktemp("served")
    with lend_database(folder) as url:
        settings = Settings(
            data_dir=folder,
            database_url=url,
            secret_key="k" * 48,
            base_url=base_url,
            limits_enabled=False,
            is_demo=True,
            metrics_token=TOKEN,
        )
        app = create_app(settings)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.add_url_rule("/broken", view_func=broken)
        database: Database = app.extensions[DATABASE]
        with database.write() as session:
            make_comment(session, make_thread(session, make_site(session)))
            add_samples(session, base_url=base_url, password_hash="")
        with Session(database.engine) as session:
            add_account(app, session, email=EMAIL, role=Role.OWNER)
        yield app
        database.close()


@pytest.fixture(scope="module")
def answers(served: Flask, base_url: str) -> dict[str, TestResponse]:
    """Return what somebody who has logged in is answered, by the request's name."""
    client = served.test_client()
    login = send(client, base_url, log_in(client, base_url))
    answers = {ask.name: send(client, base_url, ask) for ask in ASKS}
    return {**answers, "login": login}


def log_in(client: FlaskClient, base_url: str) -> Ask:
    token = read_token(client.get("/login", base_url=base_url))
    given = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    return post("/login", 302, given=given)


def send(client: FlaskClient, base_url: str, ask: Ask) -> TestResponse:
    given, headers = ask.given, dict(ask.headers)
    if ask.path.startswith(("/moderate", "/login", "/logout")) and ask.method == "POST":
        headers["Referer"] = f"{base_url}/moderate/"
        if not given or "csrf_token" not in given:
            page = client.get("/moderate/webhooks/verifying", base_url=base_url)
            given = {"csrf_token": read_token(page), **(given or {})}
    kind = "application/json" if ask.headers == JSON and given else None
    if given is LARGE:
        kind = "application/x-www-form-urlencoded"
    answer = client.open(
        ask.path,
        method=ask.method,
        base_url=base_url,
        headers=headers,
        data=given,
        content_type=kind,
    )
    # Read now: a file would stay open.
    answer.get_data()
    answer.close()
    return answer


def read_policy(answer: TestResponse) -> dict[str, str]:
    """Return the directives of the one Content-Security-Policy."""
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.parametrize("ask", ROWS)
def test_every_answer_is_guarded(
    answers: dict[str, TestResponse], base_url: str, ask: Ask
) -> None:
    answer = answers[ask.name]

    headers, policy = answer.headers, read_policy(answer)
    assert answer.status_code == ask.status
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"].endswith("; charset=utf-8")
    assert headers["Referrer-Policy"] == ask.referrer
    assert headers["Permissions-Policy"] == UNUSED
    assert REQUEST_ID.fullmatch(headers["X-Request-ID"])
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert ("Strict-Transport-Security" in headers) is base_url.startswith("https")
    assert "Server" not in headers
    assert {name: policy[name] for name in SELF} == {
        **dict.fromkeys(SELF, "'self'"),
        "default-src": "'none'",
    }
    assert policy["base-uri"] == "'none'"
    assert headers["Cache-Control"] == ask.kept
    assert "a detail" not in answer.text


@pytest.mark.parametrize("ask", ROWS)
def test_only_who_needs_it_may_frame_or_read_an_answer(
    answers: dict[str, TestResponse], ask: Ask
) -> None:
    answer = answers[ask.name]

    headers, policy = answer.headers, read_policy(answer)
    is_for_blog = ask.audience in {"embed", "script"}
    origins = f"'self' {ORIGIN}" if is_for_blog else "'none'"
    assert policy["frame-ancestors"] == origins
    assert policy["form-action"] == (origins if is_for_blog else "'self'")
    assert headers.get("X-Frame-Options") == (None if is_for_blog else "DENY")
    reach = "cross-origin" if ask.audience in {"file", "shared"} else "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == reach
    readers = {"script": ORIGIN, "shared": "*", "anybody": "*"}
    allowed = headers.get("Access-Control-Allow-Origin")
    assert allowed == readers.get(ask.audience)
    assert "Origin" in headers.get("Vary", "") or ask.audience != "script"
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("ask", ROWS)
def test_strangers_get_a_cookie_from_the_login_page_alone(
    served: Flask, base_url: str, ask: Ask
) -> None:
    answer = served.test_client().open(
        ask.path, method=ask.method, base_url=base_url, headers=ask.headers
    )

    answer.close()
    has_form = ask.path == "/login" and ask.method == "GET"
    assert ("Set-Cookie" in answer.headers) is has_form


def test_every_route_is_in_the_table(served: Flask) -> None:
    routes = {
        (rule.rule, method)
        for rule in served.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    asked = {(ask.route, ask.method) for ask in ASKS}

    assert routes - {("/broken", "GET")} <= asked


@pytest.mark.parametrize(
    "path", [PAGE, POSTS, "/login", "/moderate/", "/static/embed.css"]
)
def test_asking_what_is_allowed_is_guarded_as_well(
    served: Flask, base_url: str, path: str
) -> None:
    answer = served.test_client().options(path, base_url=base_url)

    assert answer.status_code < 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_cookie_of_a_login_is_out_of_everybodys_reach(
    answers: dict[str, TestResponse], base_url: str
) -> None:
    answer = answers["login"]

    # The first tells a browser somebody has logged in from: it opens nothing.
    _, cookie = answer.headers.getlist("Set-Cookie")
    name, *attributes = re.split("=|; ?", cookie)
    is_secure = base_url.startswith("https")
    assert name == ("__Host-moderation" if is_secure else "moderation")
    assert {"HttpOnly", "SameSite", "Lax", "Path"} <= set(attributes)
    assert "Domain" not in attributes
    assert ("Secure" in attributes) is is_secure


@pytest.mark.sqlite(reason="trouble is a table that is missing")
@pytest.mark.parametrize("path", [PAGE, POSTS + THREAD, "/moderate/"])
def test_trouble_with_the_database_is_guarded_as_well(
    app: Flask, database: Database, path: str
) -> None:
    client = app.test_client()
    client.set_cookie("moderation", "x" * ID_CHARACTERS)
    with database.alter() as connection:
        connection.execute(text("ALTER TABLE sites RENAME TO elsewhere"))
        connection.execute(text("ALTER TABLE login_sessions RENAME TO elsewhere_too"))

    answer = client.get(path)

    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert read_policy(answer)["frame-ancestors"] == "'none'"


def test_flooding_is_guarded_as_well(settings: Settings) -> None:
    limited = replace(settings, limits_enabled=True, login_limit="1 per hour")
    app = create_app(limited)
    visitor = Visitor(app.test_client(), EMAIL)

    _, answer = visitor.log_in(), visitor.log_in()

    app.extensions[DATABASE].close()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
