"""Finding by keyboard, without script, and free of barriers, light and dark."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import find_barriers, find_too_wide, leave_few_cards
from tests.browser.walking import Demo, log_in

pytestmark = pytest.mark.browser


def test_comments_are_found_decided_on_and_undone_by_keyboard(
    page: Page, demo: Demo
) -> None:
    log_in(page, demo)
    # The keys are listened to once all of the page is there.
    page.wait_for_load_state()

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("fantastic is:held")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/moderate/find\?q=fantastic"))
    page.wait_for_load_state()
    before = page.get_by_role("article").count()
    assert before
    with page.expect_response("**/decisions"):
        page.keyboard.press("s")
    expect(page.get_by_role("article")).to_have_count(before - 1)
    with page.expect_response("**/undo"):
        page.keyboard.press("u")

    expect(page.get_by_role("article")).to_have_count(before)


def test_filters_work_without_script(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(base_url=demo.base_url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, demo)

    page.goto("/moderate/find")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Status").select_option("spam")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**status=spam**")
    found = page.get_by_role("article").count()
    page.get_by_role("link", name="Status spam").click()

    expect(page.get_by_role("article").nth(found)).to_be_visible()
    context.close()


def test_pages_of_finding_are_free_of_barriers(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.goto("/moderate/find?status=held")
    author = page.locator("a.known").first.get_attribute("href") or ""
    comment = page.locator("a.open").first.get_attribute("href") or ""

    for path in (
        "/moderate/find?q=the&most=90&status=held",
        "/moderate/find?since=none",
        author,
        f"{comment}/rule",
        "/moderate/sites/demo/log",
    ):
        page.goto(path)
        too_wide = find_too_wide(page, (1280, 768, 360, 320))
        leave_few_cards(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        barriers = find_barriers(page)
        page.set_viewport_size({"width": 360, "height": 800})
        on_phone = find_barriers(page)
        assert (path, barriers, on_phone, too_wide) == (path, [], [], [])
