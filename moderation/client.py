"""Owns the client of the API: typed, and the standard library only.

client = Client("https://comments.example.org", "lr_…")
for comment in client.list_comments(status="held"):
    client.decide(comment, "approved")
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

PREFIX = "/api/v1"
SECONDS = 15.0
JSON = "application/json"


class ApiError(Exception):
    """A refusal: `status`, what happened and what to do, and messages by field."""

    def __init__(
        self, status: int, detail: str, errors: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.errors = errors


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Send = Callable[[Request], Reply]


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One piece of evidence; `weight` in log-odds."""

    name: str
    weight: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment as it was read. `email` and `ip` are None without their scope.

    `raw` is all that was answered. `tag` is what a change is made under, "" for one
    of a list: read it alone to change its note.
    """

    id: int
    version: int
    status: str
    site: str
    thread: str
    name: str
    body: str
    html: str
    score: float
    email: str | None
    ip: str | None
    note: str
    signals: Sequence[Signal]
    tag: str
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of many: ids that changed, and those that others changed first."""

    batch: str
    decided: Sequence[int]
    stale: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a site's filter makes of a comment."""

    score: float
    verdict: str
    signals: Sequence[Signal]


class Client:
    """Asks a service at `base_url` in the name of a token.

    Every method raises `ApiError` for a refusal. What changes something carries an
    Idempotency-Key: to send it again after a failure of the network is safe if you
    give the same `key`.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        seconds: float = SECONDS,
        send: Send | None = None,
    ) -> None:
        """Ask `base_url`, waiting `seconds` for each answer."""
        self._base = base_url.rstrip("/") + PREFIX
        self._token = token
        self._send = send or _make_sender(seconds)

    def list_comments(self, **filters: str | int) -> Iterator[Comment]:
        """Yield comments, newest first: by `site`, `status`, `thread`, `text`."""
        for one in self._page("/comments", "comments", filters):
            yield _make_comment(one)

    def get_comment(self, comment_id: int) -> Comment:
        """Return a comment."""
        return self._ask_comment("GET", comment_id)

    def decide(
        self, comment: Comment, status: str, *, why: str = "", key: str = ""
    ) -> Comment:
        """Give a comment a status, if it is as it was read, and return it."""
        body = {"status": status, **({"why": why} if why else {})}
        return self._change(comment, body, key)

    def write_note(self, comment: Comment, text: str, *, key: str = "") -> Comment:
        """Replace the note of a comment, if it is as it was read, and return it."""
        return self._change(comment, {"note": text}, key)

    def decide_many(
        self, comments: Sequence[Comment], status: str, *, why: str = "", key: str = ""
    ) -> Outcome:
        """Give many comments a status; those that others changed are left alone."""
        seen = [{"id": one.id, "version": one.version} for one in comments]
        body = {"status": status, "comments": seen, "why": why}
        answer, _ = self._ask("POST", "/comments:batch", body=body, key=key)
        stale = [one["id"] for one in answer["stale"]]
        return Outcome(batch=answer["batch"], decided=answer["decided"], stale=stale)

    def submit(self, *, key: str = "", **fields: str | int) -> Mapping[str, Any]:
        """Post a comment for a visitor, as `site`, `thread`, `name`, `email`, `body`.

        Return its id, version, status and html.
        """
        answer, _ = self._ask("POST", "/comments", body=fields, key=key)
        return answer

    def judge(self, **fields: str | bool) -> Judgement:
        """Return what a `site` makes of a comment with a `body`; nothing is stored."""
        answer, _ = self._ask("POST", "/judgements", body=fields)
        return Judgement(
            score=answer["score"],
            verdict=answer["verdict"],
            signals=[_make_signal(one) for one in answer["signals"]],
        )

    def list_sites(self) -> Sequence[Mapping[str, Any]]:
        """Return the sites of the token."""
        answer, _ = self._ask("GET", "/sites")
        found: Sequence[Mapping[str, Any]] = answer["sites"]
        return found

    def list_threads(self, site: str) -> Iterator[Mapping[str, Any]]:
        """Yield the threads of a site, newest first."""
        return self._page("/threads", "threads", {"site": site})

    def list_events(self, site: str, *, after: int = 0) -> Iterator[Mapping[str, Any]]:
        """Yield what happened on a site behind a sequence number, in order."""
        given: dict[str, str | int] = {"site": site, "after": after}
        return self._page("/events", "events", given)

    def list_campaigns(self) -> Iterator[Mapping[str, Any]]:
        """Yield campaigns in which comments wait, the largest first."""
        return self._page("/campaigns", "campaigns", {})

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Return what any other operation answers, as `/endpoints/1/ping`."""
        answer, _ = self._ask(method, path, body=body)
        return answer

    def _change(self, comment: Comment, body: Mapping[str, Any], key: str) -> Comment:
        tag = comment.tag or self.get_comment(comment.id).tag
        if not comment.tag and tag.split(".")[0] != f'"{comment.version}':
            raise ApiError(412, "This has changed since you read it.", {})
        return self._ask_comment("PATCH", comment.id, body=body, tag=tag, key=key)

    def _ask_comment(self, method: str, comment_id: int, **more: Any) -> Comment:  # noqa: ANN401 as _ask's
        answer, headers = self._ask(method, f"/comments/{comment_id}", **more)
        return _make_comment(answer, tag=headers.get("etag", ""))

    def _page(
        self, path: str, name: str, filters: Mapping[str, str | int]
    ) -> Iterator[Mapping[str, Any]]:
        query = dict(filters)
        while True:
            answer, _ = self._ask("GET", f"{path}?{urlencode(query)}")
            yield from answer[name]
            if answer["next"] is None:
                return
            query["after"] = answer["next"]

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        tag: str = "",
        key: str = "",
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": JSON}
        if method != "GET":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if tag:
            headers["If-Match"] = tag
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = JSON
        address = self._base + quote(path, safe="/:?&=%+")
        reply = self._send(
            Request(address, data=data, headers=headers, method=method)  # noqa: S310 http(s): see _make_sender
        )
        answer = _decode(reply)
        if reply.status >= 400:  # noqa: PLR2004 where refusals begin
            detail = str(answer.get("detail", "The service did not say why."))
            raise ApiError(reply.status, detail, answer.get("errors", {}))
        # Their names have whatever capitals a server gives them.
        return answer, {name.lower(): value for name, value in reply.headers.items()}


def _make_comment(raw: Mapping[str, Any], *, tag: str = "") -> Comment:
    return Comment(
        id=raw["id"],
        version=raw["version"],
        status=raw["status"],
        site=raw["site"],
        thread=raw["thread"],
        name=raw["name"],
        body=raw["body"],
        html=raw["html"],
        score=raw["score"],
        email=raw["email"],
        ip=raw["ip"],
        note=raw["note"]["text"] if raw["note"] else "",
        signals=[_make_signal(one) for one in raw["signals"]],
        tag=tag,
        raw=raw,
    )


def _make_signal(raw: Mapping[str, Any]) -> Signal:
    return Signal(name=raw["name"], weight=raw["weight"], reason=raw["reason"])


def _decode(reply: Reply) -> Mapping[str, Any]:
    try:
        found = json.loads(reply.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class _NoRedirects(HTTPRedirectHandler):
    """Follows nothing: the token is for this service alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 as urllib's
        """Return nothing: a redirect is a refusal."""


def _make_sender(seconds: float) -> Send:
    """Return what sends requests by urllib, which speaks http(s) alone here."""
    opener = build_opener(_NoRedirects)

    def send(request: Request) -> Reply:
        if request.type not in {"http", "https"}:
            raise ValueError("Give the service's address, with https://.")
        try:
            with opener.open(request, timeout=seconds) as answer:
                headers = dict(answer.headers.items())
                return Reply(status=answer.status, headers=headers, body=answer.read())
        except HTTPError as error:
            with error:
                headers = dict(error.headers.items())
                return Reply(status=error.code, headers=headers, body=error.read())

    return send
