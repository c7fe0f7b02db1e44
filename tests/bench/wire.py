"""Sends hostile strings to a real service, in every field it takes, and keeps watch."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urlencode

from tests.web.embed.posts import find_dangers

ORIGIN = "https://blog.example"
ALLOWED_FAILURES = (503, 507)
FIRST_FAILURE = 500
THREAD_SIZE = 100
SITE, HELD_SITE = "blog", "held"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
HEADERS = (
    *("Origin", "Referer", "User-Agent", "X-Forwarded-For", "Accept-Language"),
    *("Cookie", "Accept", "If-None-Match", "Authorization", "Content-Type"),
    *("Idempotency-Key", "If-Match", "X-Request-ID", "Forwarded"),
)
PAGES = ("", "/comments", "/counts", "/thread.html", "/feed.atom", "/feed.json")
PARAMETERS = ("thread", "url", "title", "lang", "reply", "posted", "after", "limit")
COMMENT = ("name", "email", "website", "comment", "title", "url", "thread", "parent")
AKISMET = (
    *("comment_author", "comment_author_email", "comment_author_url"),
    *("comment_content", "user_ip", "user_agent", "permalink", "comment_type"),
    *("comment_date_gmt", "blog", "referrer", "api_key"),
)
WORDPRESS = ("author", "email", "url", "comment", "comment_post_ID", "comment_parent")
API = ("site", "thread", "url", "title", "name", "email", "website", "ip", "body")
PATHS = (
    *("/embed/{}", "/embed/{}/comments", "/embed/blog/own/{}", "/embed.{}.js"),
    *("/m/act/{}", "/login/reset/{}", "/login/invitation/{}", "/api/v1/comments/{}"),
    *("/k/{}/1.1/verify-key", "/static/{}", "/embed/words.{}.json", "/moderate/{}"),
    *("/embed/blog/confirm/{}", "/embed/blog/unsubscribe/{}", "/{}"),
)


Send = Callable[["Wire"], object]


@dataclass(kw_only=True)
class Watch:
    """What was answered, how slowly at worst, and what must not have been."""

    answers: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def note(self, target: str, status: int, seconds: float, text: str) -> None:
        self.answers[status] += 1
        self.slowest = max(self.slowest, (seconds, target))
        if status >= FIRST_FAILURE and status not in ALLOWED_FAILURES:
            self.findings.append(f"{status} from {target}")
        if text:
            self.findings += [f"{found!r} on {target}" for found in find_dangers(text)]


@dataclass(kw_only=True)
class Wire:
    """A connection to the service; `secret` is an API token with every scope."""

    port: int
    secret: str
    watch: Watch = field(default_factory=Watch)
    number: int = 0

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30
        )

    def send(
        self,
        target: str,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> tuple[int, str]:
        """Ask, note what came of it, and return the status and the text."""
        began = time.perf_counter()
        try:
            self._connection.request(
                method, path, body=body, headers=dict(headers or {})
            )
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (ValueError, http.client.InvalidURL):
            # No client sends this; tests/cli/test_malformed.py does.
            self._connection.close()
            return 0, ""
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.watch.findings.append(f"{type(error).__name__} from {target}")
            return 0, ""
        seconds = time.perf_counter() - began
        is_page = (answer.headers.get_content_type()) == "text/html"
        shown = text if is_page and path.startswith(("/embed/", "/wp-")) else ""
        self.watch.note(target, answer.status, seconds, shown)
        return answer.status, text

    @property
    def own_origin(self) -> str:
        """The origin of the service's own pages."""
        return f"http://127.0.0.1:{self.port}"

    def find_token(self, site: str, thread: str) -> str:
        query = urlencode({"thread": thread})
        _, text = self.send("token", "GET", f"/embed/{site}/comments?{query}")
        return str(json.loads(text)["token"])


def list_sends(text: str) -> Iterator[tuple[str, Send]]:
    """Yield what sends `text`, once for each place that takes something; by name."""
    for name in (*COMMENT, "token", "remark", "author_token", "subscribe", "seconds"):
        yield f"form {name}", partial(post_form, changes={name: text})
        yield f"json {name}", partial(post_json, changes={name: text})
    for name in WORDPRESS:
        yield f"wordpress {name}", partial(post_wordpress, name=name, text=text)
    for name in AKISMET:
        yield f"akismet {name}", partial(post_akismet, name=name, text=text)
    yield from _list_api(text)
    yield "preview", partial(post_preview, text=text)
    yield from _list_gets(text)


def _list_api(text: str) -> Iterator[tuple[str, Send]]:
    for name in API:
        changes = {name: text}
        yield f"api {name}", partial(post_api, kind="comments", changes=changes)
        if name not in {"url", "title"}:
            asked = partial(post_api, kind="judgements", changes=changes)
            yield f"judgement {name}", asked
    values: dict[str, object] = dict.fromkeys(("url", "preset", "template"), text)
    values |= {"headers": {"X-A": text, text: "a"}, "types": [text], "sites": [text]}
    for name, value in values.items():
        yield f"endpoint {name}", partial(post_endpoint, name=name, value=value)


def _list_gets(text: str) -> Iterator[tuple[str, Send]]:
    for page in PAGES:
        for name in PARAMETERS:
            path = f"/embed/blog{page}?{_quote({'thread': 'a', name: text})}"
            yield f"query {page} {name}", partial(get, path=path)
    for name in ("site", "status", "thread", "q", "cursor", "limit", "sort", "since"):
        path = f"/api/v1/comments?{_quote({name: text})}"
        yield f"api query {name}", partial(_ask_api, path=path)
    for pattern in PATHS:
        path = pattern.format(quote(text.encode("utf-8", "surrogatepass"), safe=""))
        yield f"path {pattern}", partial(get, path=path)
    yield "next", partial(get, path=f"/login?{_quote({'next': text})}")
    value = text.encode("utf-8", "surrogatepass")
    for name in HEADERS:
        path = "/embed/blog?thread=a"
        yield f"header {name}", partial(get, path=path, headers={name: value})


def get(wire: Wire, path: str, headers: Mapping[str, bytes] | None = None) -> int:
    return wire.send(path, "GET", path, headers=headers)[0]


def make_comment(wire: Wire, changes: Mapping[str, str]) -> dict[str, str]:
    wire.number += 1
    return {
        "thread": f"attacks-{wire.number // THREAD_SIZE}",
        "name": "Ada",
        "email": "ada@example.org",
        "comment": f"Word number {wire.number} about notebooks.",
        "url": f"{ORIGIN}/{wire.number // THREAD_SIZE}/",
        **changes,
    }


def post_form(wire: Wire, changes: Mapping[str, str], *, site: str = SITE) -> int:
    """Post as a form of our own page does."""
    fields = make_comment(wire, changes)
    token = changes.get("token") or TOKENS.find(wire, site, fields["thread"])
    headers = {**FORM, "Accept": "text/html", "Origin": wire.own_origin}
    body = _quote({**fields, "remark": changes.get("remark", ""), "token": token})
    target = f"form {list(changes)}"
    return wire.send(target, "POST", f"/embed/{site}/comments", body, headers)[0]


def post_json(wire: Wire, changes: Mapping[str, str], *, site: str = SITE) -> int:
    """Post as a script on the blog's page does."""
    fields = make_comment(wire, changes)
    token = changes.get("token") or TOKENS.find(wire, site, fields["thread"])
    body = json.dumps({**fields, "token": token})
    headers = {**JSON, "Origin": ORIGIN}
    target = f"json {list(changes)}"
    return wire.send(target, "POST", f"/embed/{site}/comments", body, headers)[0]


class Tokens:
    """The token of the last thread asked for: it is good for every post to it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """Forget all: they are of another service."""
        self._kept.clear()

    def find(self, wire: Wire, site: str, thread: str) -> str:
        """Return a good token; for a hostile thread one of another: it is refused."""
        key = (site, thread if thread.startswith("attacks-") else "attacks-0")
        if key not in self._kept:
            self._kept[key] = wire.find_token(*key)
        return self._kept[key]


TOKENS = Tokens()


def post_wordpress(wire: Wire, name: str, text: str) -> int:
    fields = {
        "author": "Ada", "email": "ada@example.org", "comment": "Words of WordPress.",
        "comment_post_ID": "7", "comment_parent": "0", name: text,
    }  # fmt: skip
    headers = {**FORM, "Accept": "text/html", "Origin": ORIGIN}
    path = f"/wp-comments-post.php?site={SITE}"
    return wire.send(f"wordpress {name}", "POST", path, _quote(fields), headers)[0]


def post_akismet(wire: Wire, name: str, text: str) -> int:
    fields = {
        "api_key": wire.secret, "blog": ORIGIN, "user_ip": "192.0.2.1",
        "comment_content": "Words.", "is_test": "1", name: text,
    }  # fmt: skip
    body = _quote(fields)
    return wire.send(f"akismet {name}", "POST", "/1.1/comment-check", body, FORM)[0]


def post_api(wire: Wire, kind: str, changes: Mapping[str, object]) -> int:
    fields = {"site": SITE, "body": "Words for the API.", "thread": "api"}
    if kind == "comments":
        fields |= {"name": "Ada", "email": "ada@example.org"}
    return _send_api(wire, kind, {**fields, **changes})


def post_endpoint(wire: Wire, name: str, value: object) -> int:
    return _send_api(wire, "endpoints", {"url": "https://hooks.example/", name: value})


def post_preview(wire: Wire, text: str) -> int:
    headers = {**FORM, "Origin": ORIGIN, "Accept": "application/json"}
    body = _quote({"comment": text})
    return wire.send("preview", "POST", f"/embed/{SITE}/preview", body, headers)[0]


def post_bytes(wire: Wire, body: bytes) -> None:
    """Send a body as it is, to all that takes JSON."""
    headers = {**JSON, "Origin": ORIGIN}
    wire.send("body of a comment", "POST", f"/embed/{SITE}/comments", body, headers)
    for kind in ("comments", "judgements", "comments:batch", "endpoints"):
        wire.send(f"body of {kind}", "POST", f"/api/v1/{kind}", body, _bear(wire))


def _ask_api(wire: Wire, path: str) -> int:
    return wire.send(path, "GET", path, headers=_bear(wire))[0]


def _send_api(wire: Wire, kind: str, fields: Mapping[str, object]) -> int:
    body = json.dumps(fields)
    return wire.send(f"api {kind}", "POST", f"/api/v1/{kind}", body, _bear(wire))[0]


def _bear(wire: Wire) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {wire.secret}"}


def _quote(fields: Mapping[str, str]) -> str:
    return urlencode(fields, errors="surrogatepass")
