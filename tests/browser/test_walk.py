"""The main job, in a browser: written, judged, queued, decided, published, undone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walking import Demo, find_card, find_frame, log_in

pytestmark = pytest.mark.browser

CLEAN = "My first month was much like yours. The notebook helped me too, thank you."
CASINO = (
    "Best casino bonus http://casino-one.top/a and http://casino-two.xyz/b and "
    "http://casino-three.top/c"
)


def write_reply(page: Page, *, name: str, text: str) -> None:
    page.goto("/demo/")
    frame = find_frame(page)
    frame.get_by_label(re.compile("^Name")).fill(name)
    frame.get_by_label(re.compile("^Email")).fill(f"{name.lower()}@example.org")
    frame.get_by_label(re.compile("^Comment")).fill(text)
    frame.get_by_role("button", name="Post Comment").click()
    expect(frame.get_by_role("status")).to_contain_text(re.compile("held|wait|moderat"))


def test_a_reply_goes_all_the_way_and_back(page: Page, demo: Demo) -> None:
    write_reply(page, name="Clara", text=CLEAN)
    write_reply(page, name="Rex", text=CASINO)
    page.goto("/demo/")
    expect(find_frame(page).get_by_text(CLEAN)).to_have_count(0)

    log_in(page, demo)
    honest = find_card(page, CLEAN)
    casino = find_card(page, "Best casino bonus")
    expect(honest).to_contain_text("The text has no link.")
    expect(casino.locator("mark").first).to_be_visible()
    expect(casino).to_contain_text(re.compile("link", re.IGNORECASE))

    with page.expect_response("**/decisions"):
        honest.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("Approved")
    reader = page.context.new_page()
    reader.goto("/demo/")
    expect(find_frame(reader).get_by_text(CLEAN)).to_be_visible()
    expect(find_frame(reader).get_by_text("Best casino")).to_have_count(0)

    with page.expect_response("**/undo"):
        page.get_by_role("button", name="Undo").click()
    expect(find_card(page, CLEAN)).to_be_visible()
    reader.goto("/demo/")
    expect(find_frame(reader).get_by_text(CLEAN)).to_have_count(0)
