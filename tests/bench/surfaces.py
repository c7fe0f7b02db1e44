"""Looks at whatever was stored, in Chromium, on each surface that shows it."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, sync_playwright
from playwright.sync_api import Error as BrowserError

from moderation.delivery.templating import render_mail
from tests.browser.blog import Blog
from tests.browser.conftest import ARGUMENTS, CHROMIUM

TIMEOUT_MS = 20_000
MARK = "__ran"
# Runs in every frame before anything else. What the attacks call says so, and what a
# policy had to stop is told as well: nothing should get as far as a policy.
DETECTOR = """
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = (...given) => { console.log('__ran', name, location.pathname); };
document.addEventListener('securitypolicyviolation', (stopped) => console.log(
  '__ran against', stopped.violatedDirective, stopped.blockedURI, location.pathname));
"""
# What a hand on the page would set off: pointers, keys and what comes into view.
POKE = """
() => {
  const roots = [document, ...[...document.querySelectorAll('*')]
    .map((one) => one.shadowRoot).filter(Boolean)];
  let seen = 0;
  for (const root of roots) for (const one of root.querySelectorAll('*')) {
    seen += 1;
    for (const kind of ['mouseover', 'mouseenter', 'focus', 'error', 'load', 'toggle',
      'pointerover', 'animationend', 'wheel', 'keydown', 'copy'])
      one.dispatchEvent(new Event(kind, {bubbles: false}));
    for (const name of one.getAttributeNames())
      if (/^on|^style$|^srcdoc$|^formaction$/.test(name)) console.log('__ran', name);
    for (const name of ['href', 'src', 'action', 'xlink:href'])
      if (/^\\s*(javascript|data|vbscript):/i.test(one.getAttribute(name) ?? ''))
        console.log('__ran', name, one.getAttribute(name));
  }
  return seen;
}
"""


@dataclass(kw_only=True)
class Eye:
    """A page of a browser, what was looked at with it, and what was found there."""

    page: Page
    hosts: frozenset[str]
    looked: int = 0
    elements: int = 0
    findings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(TIMEOUT_MS)
        self.page.add_init_script(DETECTOR)
        self.page.on("dialog", lambda dialog: self._find("dialog", dialog.message))
        self.page.on("console", lambda said: self._listen(said.text))
        self.page.on("request", self._check)

    def look(self, url: str, *, wait_for: str = "", is_ours: bool = True) -> None:
        """Open a page; set off on it whatever might be, if its elements are ours."""
        try:
            self.page.goto(url, wait_until="load")
            if wait_for:
                self.page.wait_for_selector(wait_for, state="attached")
        except BrowserError as error:
            self._find("not shown", str(error).splitlines()[0])
            return
        self.looked += 1
        for frame in self.page.frames if is_ours else ():
            try:
                self.elements += int(frame.evaluate(POKE))
            except BrowserError as error:
                self._find("not shown", str(error).splitlines()[0])

    def show(self, blog: Blog, html: str) -> None:
        """Put HTML into a page of the blog, as it is."""
        self.look(blog.show(html))

    def _listen(self, text: str) -> None:
        if text.startswith(MARK):
            self._find("console", text)

    def _check(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.hostname not in self.hosts:
            self._find("request", request.url)

    def _find(self, kind: str, text: str) -> None:
        self.findings.append(f"{kind}: {text[:200]} (on {self.page.url[:120]})")


@contextmanager
def open_eye(hosts: Sequence[str]) -> Iterator[Eye]:
    """Yield an eye on a browser of its own; only `hosts` may be asked for anything."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ARGUMENTS)
        )
        yield Eye(page=browser.new_page(), hosts=frozenset(hosts))
        browser.close()


def look_as_reader(eye: Eye, blog: Blog, thread: str) -> None:
    """Look at a thread on each surface that a blog's readers have."""
    query = f"thread={thread}"
    service = f"{blog.service}/embed/blog"
    eye.look(f"{service}?{query}")
    eye.look(
        blog.show(
            f'<leave-a-reply site="blog" thread="{thread}"></leave-a-reply>',
            head=f'<script type="module" src="{blog.service}/embed.js"></script>',
        ),
        wait_for="leave-a-reply form",
    )
    eye.look(blog.show(f'<iframe src="{service}?{query}" title="Comments"></iframe>'))
    # As a blog that includes them when it is built: without any policy.
    eye.show(blog, fetch(f"{service}/thread.html?{query}"))
    items = json.loads(fetch(f"{service}/feed.json?{query}"))["items"]
    eye.show(blog, "".join(item["content_html"] for item in items))
    # Chromium shows it as a tree of its own making, with styles of its own.
    eye.look(f"{service}/feed.atom?{query}", is_ours=False)


def look_at_previews(eye: Eye, blog: Blog, texts: Sequence[tuple[str, str]]) -> None:
    """Send (field, text) by a blog's plain form, and look at what is shown of it."""
    for name, text in texts:
        fields = {"name": "Ada", "email": "ada@example.org", "comment": "Words."}
        fields |= {"thread": "preview", name: text}
        eye.look(blog.show(f'<form method="post" action="{blog.service}/embed/blog/'
                           'comments"><button>Post</button></form>'))  # fmt: skip
        eye.page.evaluate(
            """fields => {
                const form = document.querySelector('form');
                for (const [name, value] of Object.entries(fields)) {
                    const input = document.createElement('textarea');
                    Object.assign(input, {name, value});
                    form.append(input);
                }
            }""",
            fields,
        )
        try:
            with eye.page.expect_navigation():
                eye.page.get_by_role("button", name="Post").first.click()
            eye.elements += int(eye.page.evaluate(POKE))
        except BrowserError as error:
            eye.findings.append(f"not shown: {error}"[:200])
        eye.looked += 1


def look_at_mails(eye: Eye, blog: Blog, texts: Sequence[str]) -> None:
    """Look at the mails that quote a comment, a text wherever somebody's stands."""
    link = f"{blog.service}/moderate/"
    for text in texts:
        item = {
            **dict.fromkeys(("name", "page", "body", "why"), text),
            **dict.fromkeys(("approve", "reject", "spam", "open"), link),
            "score": 0.5,
            "against": [text],
            "in_favour": [text],
        }
        values = {
            **dict.fromkeys(("subject", "heading", "site", "page", "name"), text),
            **dict.fromkeys(("link", "queue", "settings", "stop", "unsubscribe"), link),
            "body": text,
            "items": [item],
            "gatherings": [(text, link)],
            "longest": 4_000,
            "is_single": False,
            "confirm": link,
            "needs_care": True,
            "unlisted": 1,
            "spam": 1,
        }
        for name in ("held", "reply", "ask"):
            eye.show(blog, render_mail(name, values)[1])


def look_as_moderator(
    eye: Eye, blog: Blog, login: tuple[str, str], *, pages: int
) -> None:
    """Look at the queue and at all that it leads to."""
    page = eye.page
    page.goto(f"{blog.service}/login")
    page.get_by_label("E-mail").fill(login[0])
    page.get_by_label("Password").fill(login[1])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/moderate/")
    seen: set[str] = set()
    waiting = [
        f"{blog.service}/moderate/{path}"
        for path in (
            *("", "?status=approved", "find?q=the", "find?q=the&status=held"),
            *("campaigns", "sites/held/log", "sites/blog/threads", "statistics"),
            *("webhooks", "person", "sites/blog/rules", "sites/held/statistics"),
        )
    ]
    while waiting and len(seen) < pages:
        url = waiting.pop(0)
        eye.look(url)
        seen.add(url)
        for found in find_links(page, blog.service):
            if found not in seen and found not in waiting:
                waiting.append(found)


def find_links(page: Page, service: str) -> list[str]:
    """Return where a page of the moderators leads, a few of each kind."""
    found: list[str] = page.evaluate("[...document.links].map((one) => one.href)")
    kinds: dict[str, list[str]] = {}
    for url in dict.fromkeys(found):
        path = url.removeprefix(f"{service}/moderate/")
        if path == url or "#" in path:
            continue
        kinds.setdefault(path.split("/")[0].split("?")[0], []).append(url)
    return [url for urls in kinds.values() for url in urls[:8]]


def fetch(url: str) -> str:
    """Return what a page of the service's own says."""
    port = urlsplit(url).port
    parts = urlsplit(url)
    asked = f"http://127.0.0.1:{port}{parts.path}?{parts.query}"
    with urllib.request.urlopen(asked, timeout=30) as answer:
        text: str = answer.read().decode()
        return text
