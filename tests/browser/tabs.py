"""Lends a tab of Chromium to test after test, as new for each.

A new one, with a process of its own, takes longer than what most tests do in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

VIEWPORT = ViewportSize(width=1280, height=900)
PATIENCE_MILLISECONDS = 10_000


@contextmanager
def open_tab(browser: Browser, **options: Any) -> Iterator[Page]:  # noqa: ANN401
    """Yield the one tab of a new context, with options of Playwright's."""
    context = browser.new_context(viewport=VIEWPORT, **options)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


@contextmanager
def lending(tab: Page) -> Iterator[Page]:
    """Yield a tab, and let it forget afterwards what a test did in it.

    What can't be forgotten is for a tab of the test's own: scripts that every page
    begins with, another clock, another authenticator.
    """
    yield tab
    for page in tab.context.pages:
        if page is not tab:
            page.close()
    tab.unroute_all(behavior="ignoreErrors")
    tab.goto("about:blank")
    client = tab.context.new_cdp_session(tab)
    client.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    client.detach()
    tab.context.clear_cookies()
    tab.set_viewport_size(VIEWPORT)
    tab.emulate_media(color_scheme="light", reduced_motion="no-preference")
