"""Goes through the pages as people do: with a pointer, or by keyboard alone."""

import re

from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import Demo

MOST_STEPS = 120


def find_frame(page: Page) -> Frame:
    frame = next(frame for frame in page.frames if "/embed/" in frame.url)
    frame.wait_for_load_state()
    return frame


def log_in(page: Page, demo: Demo) -> None:
    """Open the queue, logged in; the login of an earlier test is good still."""
    if demo.cookies:
        page.context.add_cookies(demo.cookies)
        page.goto("/moderate/")
        if page.url.endswith("/moderate/"):
            return
    page.goto("/login")
    page.get_by_label(re.compile("^E-?mail", re.IGNORECASE)).fill(demo.email)
    page.get_by_label(re.compile("^Password")).fill(demo.password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/moderate/$"))
    demo.cookies[:] = page.context.cookies()


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
