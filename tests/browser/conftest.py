"""Owns a headless Chromium and the demo it looks at."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from moderation.app import create_app
from moderation.cli.demo import fill_site, make_settings
from moderation.cli.listening import describe_address
from moderation.services.samples import MODERATOR
from moderation.web.context import DATABASE
from tests.apps import QUICK_HASHES
from tests.browser.serving import open_listener, serving
from tests.browser.tabs import lending, open_tab
from tests.browser.walking import Demo

CHROMIUM = shutil.which("chromium") or ""
# As root in a container Chromium has no sandbox; the rest keeps it off the network.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "a calm reading room"


# One for each file of tests: they decide on its comments.
@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Serve what `moderation demo` does, without limits, and to this process alone."""
    with open_listener() as listener:
        base_url = describe_address(listener)
        settings = make_settings(tmp_path_factory.mktemp("demo"), base_url)
        settings = replace(settings, limits_enabled=False)
        app = create_app(settings)
        app.extensions["security"].pwd_context.update(**QUICK_HASHES)
        fill_site(app, settings, PASSWORD)
        with serving(app, listener):
            yield Demo(base_url=base_url, email=MODERATOR, password=PASSWORD)
        app.extensions[DATABASE].close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Debian's chromium is missing; apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(browser: Browser, demo: Demo) -> Iterator[Page]:
    with open_tab(browser, base_url=demo.base_url) as tab:
        yield tab


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """Return a page as new, of which one is used for all tests of a file."""
    with lending(tab) as page:
        yield page
