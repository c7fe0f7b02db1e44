"""Owns a headless Chromium and the demo it looks at, as a newcomer starts it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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
STOP_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A running demo, as its own output describes it.

    `cookies` are those of its moderator once a test has logged in: ten logins a minute
    is all that one address gets.
    """

    base_url: str
    email: str
    password: str
    cookies: list[Any] = field(default_factory=list)


# One for each file of tests: a demo takes six posts a minute.
@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Start `moderation demo` on a free port and read what it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moderation", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        yield read_demo(process.stdout)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)
        process.stdout.close()


def read_demo(lines: Iterator[str]) -> Demo:
    """Return the demo whose addresses and login stand in the printed lines."""
    found: dict[str, str] = {}
    patterns = {
        "base_url": r"(http://\S+?)/demo/",
        "email": r"(\S+@example\.org)",
        "password": r"[Pp]assword:?\s+(\S+)",
    }
    for line in lines:
        for name, pattern in patterns.items():
            if match := re.search(pattern, line):
                found.setdefault(name, match[1])
        if len(found) == len(patterns):
            return Demo(
                base_url=found["base_url"],
                email=found["email"],
                password=found["password"],
            )
    pytest.fail(f"moderation demo ended before it said where to go: {found}")


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


@pytest.fixture
def context(browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=demo.base_url, viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
