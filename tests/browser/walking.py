"""Goes through the pages as people do: with a pointer, or by keyboard alone."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from playwright.sync_api import Frame, Locator, Page, expect

MOST_STEPS = 120
QUEUE = "/moderate/"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A running demo; `cookies` are its moderator's once a test has logged in."""

    base_url: str
    email: str
    password: str
    cookies: list[Any] = field(default_factory=list)


def find_frame(page: Page) -> Frame:
    frame = next(frame for frame in page.frames if "/embed/" in frame.url)
    frame.wait_for_load_state()
    return frame


def log_in(page: Page, demo: Demo, path: str = QUEUE) -> None:
    """Open a page as the moderator; the login of an earlier test is good still."""
    if not demo.cookies:
        fill_login(page, demo)
        demo.cookies[:] = page.context.cookies()
        if path == QUEUE:
            return
    page.context.add_cookies(demo.cookies)
    page.goto(path)


def fill_login(page: Page, demo: Demo) -> None:
    """Log in as people do, which ends in the queue."""
    page.goto("/login")
    page.get_by_label(re.compile("^E-?mail", re.IGNORECASE)).fill(demo.email)
    page.get_by_label(re.compile("^Password")).fill(demo.password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(rf"{QUEUE}$"))


def enter(page: Page, base_url: str = "", *, email: str, password: str) -> None:
    """Log in without a page to fill in, which takes ten times as long."""
    ask, url = page.context.request, f"{base_url}/login"
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', ask.get(url).text())
    assert token is not None
    fields = {"csrf_token": token[1], "email": email, "password": password}
    answer = ask.post(url, form=fields, max_redirects=0)
    assert answer.status == HTTPStatus.FOUND, answer.text()


def find_card(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, and can be seen to have it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            outline = target.evaluate("element => getComputedStyle(element).outline")
            assert "none" not in outline, f"No focus is shown: {outline}"
            return
    raise AssertionError(f"{target} can't be reached within {MOST_STEPS} steps.")


def step_to(page: Page, card: Locator) -> None:
    """Go from comment to comment until `card` has the focus."""
    for _ in range(MOST_STEPS):
        if card.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("j")
    raise AssertionError(f"{card} can't be reached within {MOST_STEPS} steps.")


def type_into(page: Page, target: Locator, text: str) -> None:
    tab_to(page, target)
    page.keyboard.type(text)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)
