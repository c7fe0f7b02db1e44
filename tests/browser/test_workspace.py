"""The moderators' queue: at once, safe to take back, and clear when it fails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Route,
    expect,
)

from moderation.domain.statuses import Action, Status
from moderation.storage.session import Database
from tests.browser.desk import BOB, Desk, open_desk
from tests.browser.tabs import lending, open_tab

pytestmark = pytest.mark.browser

MOST_KEYS = 40


@pytest.fixture
def desk(app: Flask, database: Database) -> Iterator[Desk]:
    with open_desk(app, database) as desk:
        yield desk


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    with open_tab(browser) as tab:
        yield tab


@pytest.fixture
def page(tab: Page, desk: Desk) -> Iterator[Page]:
    del desk  # It ends after the page, which still may ask it for news.
    with lending(tab) as page, without_problems(page):
        yield page


@contextmanager
def without_problems(page: Page) -> Iterator[None]:
    """Fail if a script breaks, or the policy has to stop the browser from anything."""
    problems: list[str] = []

    def note_error(error: Error) -> None:
        problems.append(str(error))

    def note_said(said: ConsoleMessage) -> None:
        problems.append(said.text)

    page.on("pageerror", note_error)
    page.on("console", note_said)
    yield
    page.remove_listener("pageerror", note_error)
    page.remove_listener("console", note_said)
    assert [text for text in problems if "Failed to load resource" not in text] == []


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"Comment by {name}", exact=True)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def wait_for_keys(page: Page) -> None:
    """Wait until a page that was just opened listens."""
    expect(page.locator("html.has-keys")).to_be_attached()


def answer(page: Page, *keys: str, path: str = "decisions") -> None:
    """Press keys and wait until the service has answered."""
    with page.expect_response(f"**/{path}"):
        press(page, *keys)


def test_the_whole_walk_needs_nothing_but_single_keys(page: Page, desk: Desk) -> None:
    ids = desk.add("Ada", "Ben", "Cleo", "Dan", "Eva")
    desk.log_in(page)

    expect(card(page, "Ada")).to_have_attribute("aria-current", "true")
    answer(page, "a")
    expect(card(page, "Ada")).to_be_hidden()
    expect(card(page, "Ben")).to_be_focused()
    press(page, "j")
    expect(card(page, "Cleo")).to_be_focused()
    answer(page, "s")
    expect(card(page, "Dan")).to_be_focused()
    press(page, "k")
    expect(card(page, "Ben")).to_be_focused()
    answer(page, "r")

    assert desk.read(*ids) == ["approved", "rejected", "spam", "held", "held"]
    expect(page.locator(".tabs [data-status=held]")).to_have_text("2")
    expect(page).to_have_title(re.compile(r"Held \(2\)"))
    press(page, "Enter")
    expect(page).to_have_url(re.compile(f"/comments/{ids[3]}$"))


def test_undo_takes_back_one_decision_after_the_other(page: Page, desk: Desk) -> None:
    ids = desk.add("Ada", "Ben", "Cleo")
    desk.log_in(page)
    answer(page, "s")
    answer(page, "a")
    expect(page.get_by_role("status")).to_contain_text("Approved: Ben")

    answer(page, "u", path="undo")
    expect(card(page, "Ben")).to_be_focused()
    expect(card(page, "Ada")).to_be_hidden()
    answer(page, "u", path="undo")
    expect(card(page, "Ada")).to_be_focused()

    assert desk.read(*ids) == ["held"] * 3
    # What came back is decided on like any other.
    answer(page, "a")
    assert desk.read(ids[0]) == ["approved"]


def test_all_reasons_are_told_on_demand(page: Page, desk: Desk) -> None:
    (id_,) = desk.add("Ada")
    desk.give_reasons(id_, 7)
    desk.log_in(page)
    expect(card(page, "Ada").locator(".reasons li")).to_have_count(3)

    card(page, "Ada").get_by_role("link", name="4 more reasons").click()

    expect(card(page, "Ada").locator(".reasons li")).to_have_count(7)
    expect(page).to_have_url(re.compile("/moderate/$"))


def test_the_last_card_leads_on(page: Page, desk: Desk) -> None:
    desk.add("Ada")
    desk.log_in(page)

    answer(page, "a")
    expect(page.get_by_role("link", name="Go on")).to_be_focused()
    press(page, "Enter")

    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


def test_a_double_click_decides_on_one_comment(page: Page, desk: Desk) -> None:
    ids = desk.add("Ada", "Ben")
    desk.log_in(page)
    place = card(page, "Ada").get_by_role("button", name="Spam").bounding_box()
    assert place is not None

    # The second click meets the button of the comment that took the place.
    with page.expect_response("**/decisions"):
        page.mouse.dblclick(place["x"] + 20, place["y"] + 10)
    page.wait_for_timeout(300)

    expect(card(page, "Ben")).to_be_visible()
    assert desk.read(*ids) == ["spam", "held"]


def fail_network(route: Route) -> None:
    route.abort()


def fail_service(route: Route) -> None:
    route.fulfill(
        status=503,
        content_type="application/problem+json",
        body='{"detail": "The service is busy right now."}',
    )


def fail_strangely(route: Route) -> None:
    route.fulfill(status=502, body="<h1>Bad gateway</h1>")


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        (fail_network, "No answer came"),
        (fail_service, "The service is busy right now."),
        (fail_strangely, "The service did not do it."),
    ],
)
def test_what_failed_comes_back_and_says_why(
    page: Page, desk: Desk, fail: object, words: str
) -> None:
    ids = desk.add("Ada", "Ben")
    desk.log_in(page)
    page.route("**/decisions", fail)  # type: ignore[arg-type]

    press(page, "s")

    expect(card(page, "Ada").get_by_role("alert")).to_contain_text(words)
    expect(card(page, "Ben")).to_be_focused()
    expect(page.locator(".tabs [data-status=held]")).to_have_text("2")
    assert desk.read(*ids) == ["held", "held"]
    page.unroute("**/decisions")
    press(page, "k")
    answer(page, "s")
    assert desk.read(*ids) == ["spam", "held"]


def test_of_two_moderators_the_second_is_told_who_decided(
    page: Page, desk: Desk
) -> None:
    ids = desk.add("Ada", "Ben")
    desk.log_in(page)
    desk.decide_as_bob(ids[0], Action.APPROVE)

    answer(page, "s")

    alert = card(page, "Ada").get_by_role("alert")
    expect(alert).to_contain_text(f"Already approved by {BOB}")
    assert desk.read(ids[0]) == ["approved"]
    alert.get_by_role("link", name="See what happened").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_a_typed_reply_survives_the_end_of_the_login(page: Page, desk: Desk) -> None:
    ids = desk.add("Ada", "Ben")
    desk.log_in(page)
    press(page, "Shift+R")
    page.keyboard.type("Thank you, that helped many.")
    press(page, "Tab")
    page.keyboard.type("Al")
    page.context.clear_cookies()

    answer(page, "Control+Enter", path="reply")
    alert = card(page, "Ada").get_by_role("alert")
    expect(alert).to_contain_text("Your login has ended")
    alert.get_by_role("link", name="Log in").click()
    desk.fill_login(page)
    press(page, "Shift+R")

    expect(page.get_by_label("Your reply")).to_have_value(
        "Thank you, that helped many."
    )
    page.get_by_label("Signed").fill("Al")
    answer(page, "Control+Enter", path="reply")
    assert desk.read(*ids) == ["approved", "held"]
    assert desk.count(Status.APPROVED) == 2


def test_a_note_is_written_in_place(page: Page, desk: Desk) -> None:
    desk.add("Ada", "Ben")
    desk.log_in(page)

    press(page, "n")
    # None of these letters does anything but being written.
    page.keyboard.type("As usual? (Ask her, r/s)")
    answer(page, "Control+Enter", path="note")

    expect(card(page, "Ada")).to_contain_text("Note As usual? (Ask her, r/s)")
    expect(card(page, "Ada")).to_be_focused()
    page.reload()
    expect(card(page, "Ada")).to_contain_text("As usual? (Ask her, r/s)")


def test_escape_closes_a_text_and_keeps_it(page: Page, desk: Desk) -> None:
    desk.add("Ada")
    desk.log_in(page)

    press(page, "n")
    page.keyboard.type("Half a thought")
    press(page, "Escape")
    expect(page.get_by_label("Note for")).to_have_count(0)
    press(page, "n")

    expect(page.get_by_label("Note for")).to_have_value("Half a thought")


def test_a_selection_is_previewed_decided_and_undone_as_one(
    page: Page, desk: Desk
) -> None:
    names = ["Ada", "Ben", "Cleo", "Dan", "Eva"]
    ids = desk.add(*names[:4], score=0.95) + desk.add("Eva", score=0.2)
    desk.log_in(page)

    press(page, "x", "j", "j", "Shift+X", "j", "j", "x")
    expect(page.get_by_text("4 selected:")).to_be_visible()
    press(page, "s")
    expect(page.get_by_text("4 comments from 3 networks")).to_be_visible()
    expect(page.get_by_text("1 looks honest")).to_be_visible()
    expect(page.get_by_role("button", name="Spam 4 comments")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("Marked as spam 4 comments.")
    assert desk.read(*ids) == ["spam", "spam", "spam", "held", "spam"]

    # The page listens.
    expect(page.locator('[aria-current="true"].card')).to_be_visible()
    press(page, "u")

    expect(page.get_by_role("status")).to_contain_text("Undone")
    assert desk.read(*ids) == ["held"] * 5


def test_a_comment_has_the_keys_of_the_queue_on_its_own_page(
    page: Page, desk: Desk
) -> None:
    ids = desk.add("Ada")
    desk.log_in(page)
    expect(page.locator('[aria-current="true"].card')).to_be_visible()
    press(page, "Enter")
    wait_for_keys(page)

    press(page, "n")
    page.keyboard.type("As usual")
    expect(page.get_by_label("Note for")).to_have_value("As usual")
    page.get_by_role("heading", name="History").click()
    press(page, "s")
    expect(page.get_by_role("status")).to_contain_text("Marked as spam 1 comment.")
    assert desk.read(*ids) == ["spam"]
    wait_for_keys(page)
    press(page, "u")

    expect(page.get_by_role("status")).to_contain_text("Undone")
    assert desk.read(*ids) == ["held"]


def test_all_that_is_held_takes_three_keys(page: Page, desk: Desk) -> None:
    ids = desk.add(*(f"Spam{number}" for number in range(90)), score=0.97)
    desk.log_in(page)
    expect(page.locator('[aria-current="true"].card')).to_be_visible()

    press(page, "w")
    expect(page.get_by_label("All 90 held, on all pages")).to_be_checked()
    press(page, "s")
    expect(page.get_by_text("90 comments from 3 networks")).to_be_visible()
    expect(page.get_by_role("button", name="Spam 90 comments")).to_be_focused()
    press(page, "Enter")

    expect(page.get_by_role("status")).to_contain_text("Marked as spam 90 comments.")
    assert set(desk.read(*ids)) == {"spam"}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Undone")
    assert set(desk.read(*ids)) == {"held"}


def test_shift_and_a_click_select_all_between(page: Page, desk: Desk) -> None:
    desk.add("Ada", "Ben", "Cleo", "Dan")
    desk.log_in(page)

    card(page, "Ada").get_by_role("checkbox").check()
    card(page, "Cleo").get_by_role("checkbox").click(modifiers=["Shift"])

    expect(page.get_by_text("3 selected:")).to_be_visible()
    expect(card(page, "Dan").get_by_role("checkbox")).not_to_be_checked()


@pytest.mark.parametrize("key", ["Control+a", "Alt+s", "Meta+r", "Control+s"])
def test_keys_with_modifiers_are_the_browsers(page: Page, desk: Desk, key: str) -> None:
    ids = desk.add("Ada")
    desk.log_in(page)

    press(page, key)
    page.wait_for_timeout(200)

    expect(card(page, "Ada")).to_be_visible()
    assert desk.read(*ids) == ["held"]


def test_single_keys_can_be_switched_off_for_good(page: Page, desk: Desk) -> None:
    ids = desk.add("Ada")
    desk.log_in(page)

    press(page, "?")
    page.get_by_label("Listen to single keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    press(page, "s")
    page.wait_for_timeout(200)

    expect(card(page, "Ada")).to_be_visible()
    expect(page.locator("html")).not_to_have_class("has-keys")
    assert desk.read(*ids) == ["held"]


def test_the_way_back_shows_what_is(page: Page, desk: Desk) -> None:
    desk.add("Ada", "Ben")
    desk.log_in(page)
    answer(page, "s")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="History")).to_be_visible()

    page.go_back()

    expect(card(page, "Ben")).to_be_visible()
    expect(card(page, "Ada")).to_have_count(0)


def test_new_arrivals_announce_themselves_and_move_nothing(
    browser: Browser, desk: Desk
) -> None:
    # The clock stays in a tab.
    with open_tab(browser) as page, without_problems(page):
        page.clock.install()
        show_new_arrivals(page, desk)


def show_new_arrivals(page: Page, desk: Desk) -> None:
    desk.add("Ada")
    desk.log_in(page)
    place = card(page, "Ada").bounding_box()
    desk.add("Ben", "Cleo")

    with page.expect_response("**/news?*"):
        page.clock.run_for(21_000)
    news = page.get_by_role("link", name="2 new comments: show")
    expect(news).to_be_visible()
    assert card(page, "Ada").bounding_box() == place
    with page.expect_response("**/news?*") as again:
        page.clock.run_for(21_000)
    assert again.value.status == 304
    expect(news).to_be_visible()

    news.click()
    expect(card(page, "Cleo")).to_be_visible()


def test_three_hundred_comments_take_few_keys(page: Page, desk: Desk) -> None:
    for number in range(5):
        desk.add_campaign(f"shop{number}.example", 20, score=0.97)
    honest = desk.add(*(f"Kind{number}" for number in range(200)), score=0.05)
    desk.log_in(page)
    keys = ["c"]
    press(page, "c")

    # The largest campaign stands first, and has the focus.
    for left in range(4, -1, -1):
        expect(page.locator(".heap a").first).to_be_focused()
        press(page, "Enter")
        expect(page.get_by_role("heading", name="20 comments")).to_be_visible()
        wait_for_keys(page)
        press(page, "s")
        expect(page.get_by_role("status")).to_contain_text("spam 20 comments")
        expect(page.locator(".heap")).to_have_count(left)
        wait_for_keys(page)
        keys += ["Enter", "s"]
    press(page, "q")
    keys += ["q"]
    expect(page).to_have_url(re.compile("/moderate/$"))
    page.wait_for_load_state()
    while page.get_by_role("article").count():
        # The page listens.
        expect(page.locator('[aria-current="true"].card')).to_be_visible()
        press(page, "*", "a")
        expect(page.get_by_role("button", name="40 comments")).to_be_focused()
        press(page, "Enter")
        expect(page.get_by_role("status")).to_contain_text("40 comments")
        keys += ["*", "a", "Enter"]

    assert len(keys) <= MOST_KEYS
    assert (desk.count(Status.SPAM), desk.count(Status.APPROVED)) == (100, 200)
    assert set(desk.read(*honest)) == {"approved"}


def test_a_campaign_is_undone_with_a_key(page: Page, desk: Desk) -> None:
    ids = desk.add_campaign("shop.example", 3, score=0.97)
    desk.log_in(page)

    press(page, "c")
    expect(page.locator(".heap a").first).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="3 comments")).to_be_visible()
    wait_for_keys(page)
    press(page, "s")
    expect(page.get_by_role("status")).to_contain_text("Marked as spam 3 comments.")
    assert desk.read(*ids) == ["spam"] * 3
    wait_for_keys(page)
    press(page, "u")

    expect(page.get_by_role("status")).to_contain_text("Undone")
    assert desk.read(*ids) == ["held"] * 3
