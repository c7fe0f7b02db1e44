"""The walk by keyboard alone, on a phone's width, and without any script."""

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.walking import (
    Demo,
    find_card,
    find_frame,
    log_in,
    press,
    step_to,
    type_into,
)

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)
TEXT = "I wrote this without touching a mouse, and it took me two tries."


def test_the_whole_walk_needs_no_pointer(page: Page, demo: Demo) -> None:
    page.set_viewport_size(PHONE)

    page.goto("/demo/")
    frame = find_frame(page)
    type_into(page, frame.get_by_label(re.compile("^Comment")), TEXT)
    type_into(page, frame.get_by_label(re.compile("^Name")), "Kay")
    type_into(page, frame.get_by_label(re.compile("^Email")), "kay@example.org")
    press(page, frame.get_by_role("button", name="Post Comment"))
    expect(frame.get_by_role("status")).to_contain_text("awaits moderation")

    page.goto("/login")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(demo.email)
    type_into(page, page.get_by_label("Password"), demo.password)
    press(page, page.get_by_role("button", name="Log in"))
    expect(page).to_have_url(re.compile(r"/moderate/$"))

    with page.expect_response("**/decisions"):
        step_to(page, find_card(page, TEXT))
        page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved: Kay")

    page.goto("/demo/")
    expect(find_frame(page).get_by_text(TEXT)).to_be_visible()


def test_a_selection_is_decided_on_and_undone_by_keyboard(
    page: Page, demo: Demo
) -> None:
    log_in(page, demo)
    before = page.get_by_role("article").count()

    for box in page.get_by_role("checkbox").all()[:2]:
        press(page, box, "Space")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Spam 2 comments")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Marked as spam 2 comments")
    expect(page.get_by_role("article")).to_have_count(before - 2)

    press(page, page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("article")).to_have_count(before)


def test_enter_on_a_checkbox_decides_nothing(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    before = page.get_by_role("article").count()

    page.get_by_role("checkbox").first.check()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose what to do")).to_be_visible()
    page.get_by_role("link", name="Open the queue").click()

    expect(page.get_by_role("article")).to_have_count(before)


def test_the_walk_needs_no_script(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(
        base_url=demo.base_url, viewport=PHONE, java_script_enabled=False
    )
    page = context.new_page()

    page.goto("/embed/demo?thread=first-weeks")
    page.get_by_role("link", name="Reply to Ines").click()
    page.get_by_label(re.compile("^Comment")).fill("No script ran for this reply.")
    page.get_by_label(re.compile("^Name")).fill("Plain")
    page.get_by_label(re.compile("^Email")).fill("plain@example.org")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("status")).to_contain_text("awaits moderation")

    log_in(page, demo)
    page.get_by_role("link", name="Select all on this page").click()
    page.locator("#bulk").get_by_role("button", name="Approve").click()
    page.get_by_role("button", name=re.compile("^Approve .* comments")).click()
    expect(page.get_by_role("status")).to_contain_text("Approved")
    page.goto("/embed/demo?thread=first-weeks")
    reply = find_card(page, "No script ran for this reply.")
    expect(reply).to_contain_text("in reply to Ines")

    context.close()
